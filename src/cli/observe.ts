import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { Exchange } from '../gateway.ts'
import type { Pool } from '../merge/pool.ts'

/** What operators see of the exchanges: counts and times by provider, model and outcome, and a line each. */
export function observe({ recording, aim, request }: Exchange, metrics: Metrics, log: Log): void {
  const { end, id } = recording
  if (end === null) return
  const { outcome, timing, status } = end
  const provider = aim?.provider.name ?? 'none'
  const model = aim?.model ?? 'unknown'
  const labels = { provider, model, outcome }
  metrics.count('weir_requests_total', labels)
  metrics.count('weir_request_bytes_total', { provider }, end.requestBytes)
  metrics.count('weir_reply_bytes_total', { provider }, end.replyBytes)
  metrics.observe('weir_duration_seconds', { provider, model }, timing.endedMs / 1000)
  if (timing.firstByteMs !== null) {
    metrics.observe('weir_first_byte_seconds', { provider, model }, timing.firstByteMs / 1000)
  }
  const ms = Math.round(timing.endedMs)
  log('info', 'exchange', { trace: id, method: request.method, provider, model, status, outcome, ms })
}

export type Observed = {
  readonly pool: Pool
  readonly load: { readonly running: ReadonlySet<unknown> }
}

export function describeMetrics(metrics: Metrics, { pool, load }: Observed): void {
  metrics.describe('weir_requests_total', 'counter', 'Exchanges that have ended')
  metrics.describe('weir_request_bytes_total', 'counter', 'Bytes of request bodies from clients')
  metrics.describe('weir_reply_bytes_total', 'counter', 'Bytes of answers from providers')
  metrics.describe('weir_first_byte_seconds', 'histogram', "Until the first byte of the provider's answer")
  metrics.describe('weir_duration_seconds', 'histogram', 'Until the end of the exchange')
  metrics.gauge('weir_open_exchanges', 'Exchanges that run now', () => load.running.size)
  metrics.gauge('weir_inbox_bytes', 'Bytes gathered that are not on disk yet', () => pool.state().inboxBytes)
  metrics.gauge('weir_inbox_reports', 'Reports that are not on disk yet', () => pool.state().inboxReports)
  metrics.gauge(
    'weir_dropped_payloads',
    'Reports whose bytes were dropped',
    () => pool.state().droppedPayloads,
  )
  metrics.gauge('weir_dropped_reports', 'Reports that were dropped', () => pool.state().droppedReports)
  metrics.gauge('weir_lost_reports', 'Reports that could not be stored', () => pool.state().lostReports)
  metrics.gauge('weir_worker_restarts', 'Times the worker had to be replaced', () => pool.state().restarts)
  metrics.gauge(
    'weir_store_lag_seconds',
    'Age of the oldest batch not on disk',
    () => pool.state().lagMs / 1000,
  )
  metrics.gauge('weir_resident_bytes', 'Memory of the process', () => process.memoryUsage.rss())
}
