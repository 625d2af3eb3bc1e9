import type { Fault } from '../core/fault.ts'
import type { Dialect, DialectName } from '../dialect/dialect.ts'
import { dialects } from '../dialect/index.ts'
import { likeInvariant } from '../dialect/like-invariant.ts'
import { asksForEvents, clientDialect, type Door } from './door.ts'

/** Saying no in the client's dialect: which hop failed, why, and where the trace is. Never a cause. */
export type Refusal = {
  readonly text: string
  readonly init: { readonly status: number; readonly headers: Headers }
}

/** The dialects as they are spoken at this door. */
export function dialectsAt(door: Door): Readonly<Record<DialectName, Dialect>> {
  return door.kind === 'provider' && door.style === 'invariant' ? likeInvariant : dialects
}

/** `stream`: whether one was asked for; Invariant's clients are then told of a rule by an event. */
export function toRefusal(fault: Fault, door: Door, told: { trace: string; stream: boolean }): Refusal {
  const { instead, broken } = fault
  const { trace, stream } = told
  const dialect = dialectsAt(door)[clientDialect(door)]
  const headers = new Headers({ 'content-type': 'application/json', 'x-weir-trace': trace })
  if (fault.retryAfterSeconds !== undefined) headers.set('retry-after', String(fault.retryAfterSeconds))
  if (instead !== undefined) {
    headers.set('content-type', instead.contentType)
    return { text: instead.text, init: { status: fault.status, headers } }
  }
  const whole = JSON.stringify(dialect.refuse(fault, trace))
  if (!stream || broken === undefined || dialects[dialect.name] === dialect)
    return { text: whole, init: { status: fault.status, headers } }
  if (dialect.name === 'gemini' && !asksForEvents(door.path))
    return { text: `[${whole}]`, init: { status: 200, headers } }
  headers.set('content-type', 'text/event-stream')
  return { text: dialect.refuseEvent(fault, trace), init: { status: 200, headers } }
}
