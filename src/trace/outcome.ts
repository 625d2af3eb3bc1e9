import type { Reply } from '../dialect/dialect.ts'
import type { End, Outcome } from '../merge/report.ts'
import type { Exchange } from './exchange.ts'
import { headerOf } from './header.ts'

/**
 * The main thread sees bytes and statuses; only the rebuilt answer tells that a stream which ended cleanly was
 * never finished, or finished with an error. Without all the bytes it cannot tell, and the outcome stays.
 */
export function outcomeOf(
  exchange: Exchange,
  end: End,
  answer: Reply | null,
): { outcome: Outcome; detail: string | null } {
  const { begin, head, reply } = exchange
  const given = { outcome: end.outcome, detail: end.detail }
  if (isCutShort(end.outcome) && answer !== null && (end.status ?? 500) < 400) {
    if (end.sentBytes !== end.replyBytes || answer.ending === 'cut') return given
    return answer.ending === 'error' ? failedBy(answer) : { outcome: 'answered', detail: null }
  }
  if (end.outcome !== 'answered' || answer === null || begin.dialect === null) return given
  if (answer.ending === 'error') return failedBy(answer)
  const isStream =
    begin.stream || headerOf(head?.headers ?? [], 'content-type').startsWith('text/event-stream')
  const isAllHere = reply.seen === end.replyBytes && reply.kept === reply.seen
  if (answer.ending !== 'cut' || !isStream || !isAllHere || (end.status ?? 0) >= 400) return given
  // What looked like its end mark was quoted by the model.
  if (end.clientLeft) return { outcome: 'client-left', detail: 'The client left' }
  return { outcome: 'provider-cut', detail: 'The stream ended without its end mark' }
}

function failedBy({ error }: Reply): { outcome: Outcome; detail: string } {
  return { outcome: 'failed', detail: `The provider ended its answer with an error${kindOf(error)}` }
}

/** Nobody waited for the end of the body: if its end, good or bad, had been told by then, nothing is missing. */
function isCutShort(outcome: Outcome): boolean {
  return outcome === 'interrupted' || outcome === 'client-left'
}

/** Only its short type or code: the message may quote anything. */
function kindOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  for (const name of ['type', 'code', 'status'] as const) {
    const value = name in error ? Reflect.get(error, name) : undefined
    if (typeof value === 'string' && /^[\w.-]{1,64}$/.test(value)) return `: ${value}`
  }
  return ''
}
