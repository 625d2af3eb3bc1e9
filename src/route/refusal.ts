import type { Fault } from '../core/fault.ts'
import { dialects } from '../dialect/index.ts'
import { clientDialect, type Door } from './aim.ts'

/** Saying no in the client's dialect: which hop failed, why, and where the trace is. Never a cause. */
export type Refusal = { readonly text: string; readonly init: ResponseInit }

export function toRefusal(fault: Fault, door: Door, trace: string): Refusal {
  const { instead } = fault
  const contentType = instead?.contentType ?? 'application/json'
  const headers = new Headers({ 'content-type': contentType, 'x-weir-trace': trace })
  if (fault.retryAfterSeconds !== undefined) headers.set('retry-after', String(fault.retryAfterSeconds))
  const text = instead?.text ?? JSON.stringify(dialects[clientDialect(door)].refuse(fault, trace))
  return { text, init: { status: fault.status, headers } }
}
