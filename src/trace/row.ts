import type { DialectName } from '../dialect/dialect.ts'
import type { Verdict } from '../merge/judged.ts'
import type { Outcome } from '../merge/report.ts'
import type { Origin } from './trace.ts'

/** A row of `traces`. The names are the columns, in the order they are written. */
export type TraceRow = {
  id: string
  started_at: number
  project: string
  provider: string | null
  dialect: DialectName | null
  model: string | null
  stream: number
  method: string
  path: string
  status: number | null
  outcome: Outcome
  detail: string | null
  called_ms: number | null
  answered_ms: number | null
  first_byte_ms: number | null
  ended_ms: number | null
  usage_input: number | null
  usage_cached_input: number | null
  usage_cache_write: number | null
  usage_output: number | null
  usage_reasoning: number | null
  request_received_bytes: number
  request_received_sha256: Uint8Array | null
  request_sent_bytes: number
  request_sent_sha256: Uint8Array | null
  reply_received_bytes: number
  reply_received_sha256: Uint8Array | null
  reply_sent_bytes: number
  reply_sent_sha256: Uint8Array | null
  attempts: number
  dropped_request: number
  dropped_reply: number
  client: string | null
  /** JSON of what was told beside the counts. */
  usage_details: string | null
  /** In picodollars; null where it is not known. */
  cost: number | null
  cost_lines: string | null
  /** Null where no rule had to do with it. */
  verdict: Verdict | null
  session: string | null
  parent: string | null
  /** Messages of its history, how many of them its parent has, and of these how many its body leaves out. */
  messages: number
  shared: number
  carried: number
  /** Whether it was answered, as a number of messages. */
  answers: number
  /** By what later exchanges find it. */
  links: Uint8Array | null
  origin: Origin
  /** Which one it is in its project. */
  number: number | null
}

/** Its place among others is known when it is written. */
export const unplaced = {
  session: null,
  parent: null,
  messages: 0,
  shared: 0,
  carried: 0,
  answers: 0,
  links: null,
  origin: 'recorded',
  number: null,
} as const satisfies Partial<TraceRow>

const columns = [
  'id',
  'started_at',
  'project',
  'provider',
  'dialect',
  'model',
  'stream',
  'method',
  'path',
  'status',
  'outcome',
  'detail',
  'called_ms',
  'answered_ms',
  'first_byte_ms',
  'ended_ms',
  'usage_input',
  'usage_cached_input',
  'usage_cache_write',
  'usage_output',
  'usage_reasoning',
  'request_received_bytes',
  'request_received_sha256',
  'request_sent_bytes',
  'request_sent_sha256',
  'reply_received_bytes',
  'reply_received_sha256',
  'reply_sent_bytes',
  'reply_sent_sha256',
  'attempts',
  'dropped_request',
  'dropped_reply',
  'client',
  'usage_details',
  'cost',
  'cost_lines',
  'verdict',
  'session',
  'parent',
  'messages',
  'shared',
  'carried',
  'answers',
  'links',
  'origin',
  'number',
] as const satisfies readonly (keyof TraceRow)[]

export const insertTrace =
  `INSERT INTO traces (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ` +
  'ON CONFLICT (id) DO NOTHING'

export function valuesOf(row: TraceRow): (string | number | Uint8Array | null)[] {
  return columns.map((column) => row[column])
}
