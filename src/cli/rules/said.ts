import { isObject } from '../../conversation/json.ts'
import { toInvariant, type InvariantMessage } from '../../conversation/invariant.ts'
import type { ArgumentTexts, DialectName } from '../../dialect/dialect.ts'
import { dialects } from '../../dialect/index.ts'
import { referenceLines } from '../../trace/reference.ts'

/** A recorded exchange in the form that rules read. */
export type Recorded = {
  readonly dialect: DialectName | null
  readonly request: unknown
  readonly reply: unknown
  readonly answer: { readonly argumentTexts?: ArgumentTexts } | null
}

export type Said = {
  readonly messages: readonly InvariantMessage[]
  /** Where the exchange's own begins: what was said since the model spoke last, and its answer. */
  readonly ownFrom: number
}

/** Null if it is of no dialect, or was not told as JSON. */
export function toMessages({ dialect, request, reply, answer }: Recorded): Said | null {
  if (dialect === null || !isTold(request)) return null
  const { readRequest, readAnswer } = dialects[dialect]
  const answered = isTold(reply) ? readAnswer(reply, answer?.argumentTexts) : undefined
  const { messages, sources } = toInvariant(readRequest(request), answered)
  const lastSpoken = messages.findLastIndex(
    ({ role }, index) => role === 'assistant' && sources[index]?.body === 'request',
  )
  return { messages, ownFrom: lastSpoken + 1 }
}

function isTold(body: unknown): boolean {
  return isObject(body) && referenceLines(body, String) === null
}
