import type { UsageDetails } from '../conversation/usage.ts'
import { toSummary, unpackCost } from '../ledger/stored.ts'
import type { PushState } from '../merge/push.ts'
import type { TraceRow } from './row.ts'
import type { Digest, TraceHead } from './trace.ts'

/** The head of a trace, as lists tell it, from its row. */

/** The queue knows of some. */
export const withPush = '(SELECT state FROM push WHERE push.seq = traces.seq) AS push'
export type PushedRow = TraceRow & { readonly push: PushState | null }

export function headOf(row: PushedRow): TraceHead {
  return {
    id: row.id,
    origin: row.origin,
    startedAt: row.started_at,
    project: row.project,
    client: row.client,
    provider: row.provider,
    dialect: row.dialect,
    model: row.model,
    stream: row.stream === 1,
    method: row.method,
    path: row.path,
    status: row.status,
    outcome: row.outcome,
    detail: row.detail,
    timing: {
      calledMs: row.called_ms,
      answeredMs: row.answered_ms,
      firstByteMs: row.first_byte_ms,
      endedMs: row.ended_ms,
    },
    usage: usageOf(row),
    cost: summaryOf(row),
    sizes: {
      requestReceived: digestOf(row.request_received_bytes, row.request_received_sha256),
      requestSent: digestOf(row.request_sent_bytes, row.request_sent_sha256),
      replyReceived: digestOf(row.reply_received_bytes, row.reply_received_sha256),
      replySent: digestOf(row.reply_sent_bytes, row.reply_sent_sha256),
    },
    attempts: row.attempts,
    dropped: { request: row.dropped_request, reply: row.dropped_reply },
    verdict: row.verdict,
    session: row.session,
    parent: row.parent,
    push: row.push,
  }
}

export function usageOf(row: TraceRow): TraceHead['usage'] {
  const counts = {
    input: row.usage_input,
    cachedInput: row.usage_cached_input,
    cacheWrite: row.usage_cache_write,
    output: row.usage_output,
    reasoning: row.usage_reasoning,
  }
  if (row.usage_details !== null) {
    const details: UsageDetails = JSON.parse(row.usage_details)
    return { ...counts, details }
  }
  return Object.values(counts).every((tokens) => tokens === null) ? null : counts
}

function summaryOf({ cost, cost_lines }: TraceRow): TraceHead['cost'] {
  if (cost === null) return null
  const stored = unpackCost(cost, cost_lines)
  return stored === null ? null : toSummary(stored.cost)
}

function digestOf(bytes: number, sha256: Uint8Array | null): Digest {
  return { bytes, sha256: sha256 === null ? null : Buffer.from(sha256).toHex() }
}
