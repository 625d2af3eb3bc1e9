import type { Log } from '../core/log.ts'
import type { Counter, Histogram, Metrics } from '../core/metrics.ts'
import type { Exchange } from '../exchange.ts'
import type { Pool } from '../merge/pool.ts'
import type { Outcome } from '../merge/report.ts'

/** What operators see of the exchanges: counts and times by provider, model and outcome, and a line each. */
export type Observe = (exchange: Exchange) => void

type Lines = {
  readonly requests: Counter
  readonly requestBytes: Counter
  readonly replyBytes: Counter
  readonly firstByte: Histogram
  readonly duration: Histogram
}

// Names of models come from clients: so many are remembered, and past them the lines are looked up anew.
const mostRemembered = 1000

export function createObserve(metrics: Metrics, log: Log): Observe {
  // What only the rebuilt answer shows is known when all of this has been counted, and a count is never taken back.
  const requests = metrics.counter(
    'weir_requests_total',
    'Exchanges that have ended, by the outcome that their bytes and status show. The trace of an answered one says ' +
      'more: failed if its stream ended with an error, provider-cut if it ended without its end mark',
  )
  const requestBytes = metrics.counter('weir_request_bytes_total', 'Bytes of request bodies from clients')
  const replyBytes = metrics.counter('weir_reply_bytes_total', 'Bytes of answers from providers')
  const firstByte = metrics.histogram(
    'weir_first_byte_seconds',
    "Until the first byte of the provider's answer",
  )
  const duration = metrics.histogram('weir_duration_seconds', 'Until the end of the exchange')
  const remembered = new Map<string, Lines>()

  function linesOf(provider: string, model: string, outcome: Outcome): Lines {
    const key = `${provider} ${model} ${outcome}`
    const known = remembered.get(key)
    if (known !== undefined) return known
    const lines = {
      requests: requests({ provider, model, outcome }),
      requestBytes: requestBytes({ provider, model }),
      replyBytes: replyBytes({ provider, model }),
      firstByte: firstByte({ provider, model }),
      duration: duration({ provider, model }),
    }
    if (remembered.size < mostRemembered) remembered.set(key, lines)
    return lines
  }

  return ({ recording: { begin, end, id } }) => {
    if (begin === null || end === null) return
    const { outcome, timing, status } = end
    const provider = begin.provider ?? 'none'
    const model = begin.model ?? 'unknown'
    // Names that lead nowhere are anybody's to make up: they would use up the room for those that do.
    const lines = linesOf(provider, begin.provider === null ? 'unknown' : model, outcome)
    lines.requests.add()
    lines.requestBytes.add(end.requestBytes)
    lines.replyBytes.add(end.replyBytes)
    lines.duration.observe(timing.endedMs / 1000)
    if (timing.firstByteMs !== null) lines.firstByte.observe(timing.firstByteMs / 1000)
    const ms = Math.round(timing.endedMs)
    log('info', 'exchange', { trace: id, method: begin.method, provider, model, status, outcome, ms })
  }
}

export function gaugeLoad(metrics: Metrics, pool: Pool, running: ReadonlySet<unknown>): void {
  const gauge = metrics.gauge
  gauge('weir_open_exchanges', 'Exchanges that run now', () => running.size)
  gauge('weir_inbox_bytes', 'Bytes gathered that are not on disk yet', () => pool.state().inboxBytes)
  gauge('weir_inbox_reports', 'Reports that are not on disk yet', () => pool.state().inboxReports)
  gauge('weir_dropped_payloads', 'Reports whose bytes were dropped', () => pool.state().droppedPayloads)
  gauge('weir_dropped_reports', 'Reports that were dropped', () => pool.state().droppedReports)
  gauge('weir_lost_reports', 'Reports that could not be stored', () => pool.state().lostReports)
  gauge('weir_worker_restarts', 'Times the worker had to be replaced', () => pool.state().restarts)
  gauge('weir_store_lag_seconds', 'Age of the oldest batch not on disk', () => pool.state().lagMs / 1000)
  gauge('weir_waiting_changes', 'Pushes and the like not stored yet', () => pool.state().waitingChanges)
  gauge(
    'weir_waiting_change_bytes',
    'Bytes of pushes and the like not stored yet',
    () => pool.state().waitingChangeBytes,
  )
  gauge('weir_resident_bytes', 'Memory of the process', () => process.memoryUsage.rss())
}
