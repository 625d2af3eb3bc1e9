import { isObject, type JsonObject } from '../../conversation/json.ts'
import { guardrailOf } from '../../merge/guardrail.ts'
import { mostSpecific } from './address.ts'

/** What a rule found at one place, as an annotation; null is the whole trace. */
export type Found = {
  readonly content: string
  readonly address: string | null
  readonly metadata: JsonObject
}

/** Where annotations that rules made come from, in Invariant's words. */
export const foundSource = 'guardrails-error'

/**
 * What rules found as annotations of a trace, in the form in which Invariant's gateway told it: what blocks first, one for
 * each place, the most specific ones, and for what points nowhere one of the whole trace, which Invariant's gateway left
 * out. Read as data: a trace may be of a Weir that judged differently.
 */
export function foundIn(findings: readonly unknown[], isPlace: (address: string) => boolean): Found[] {
  const all = findings.filter(isObject)
  const isBlocking = (finding: JsonObject): boolean => finding['action'] === 'block'
  const ordered = [...all.filter(isBlocking), ...all.filter((finding) => !isBlocking(finding))]
  const seen = new Set<string>()
  return ordered
    .flatMap((finding) => atPlaces(finding, isPlace))
    .filter((found) => {
      const text = JSON.stringify(found)
      return !seen.has(text) && seen.add(text)
    })
}

function atPlaces(finding: JsonObject, isPlace: (address: string) => boolean): Found[] {
  const { ranges, order, action } = finding
  const places = (Array.isArray(ranges) ? ranges : []).filter(
    (range) => typeof range === 'string' && isPlace(range),
  )
  const content = contentOf(finding)
  const metadata = {
    source: foundSource,
    ...(typeof order === 'string' && {
      guardrail: guardrailOf(order, typeof action === 'string' ? action : 'log'),
    }),
  }
  return (places.length === 0 ? [null] : mostSpecific(places)).map((address) => ({
    content,
    address,
    metadata,
  }))
}

function contentOf({ args, message }: JsonObject): string {
  const [first]: readonly unknown[] = Array.isArray(args) ? args : []
  if (typeof first === 'string') return first
  if (typeof message === 'string') return message
  return first === undefined ? 'A rule was broken' : JSON.stringify(first)
}
