import { isObject, type JsonObject } from '../conversation/json.ts'
import { createFits, type Fit, mostSpecific } from '../trace/home/address.ts'

/**
 * What rules found as annotations of a trace: one for each place, the most specific ones, and for what points nowhere one
 * of the whole trace, which Invariant's gateway left out. An address without a place there is none either: a remote may
 * refuse the trace for it. Read as data: a trace may be of a Weir that judged differently.
 */
export function annotationsOf(verdicts: readonly unknown[], messages: readonly unknown[]): JsonObject[] {
  const found = verdicts.filter(isObject)
  const isBlocking = (finding: JsonObject): boolean => finding['action'] === 'block'
  const ordered = [...found.filter(isBlocking), ...found.filter((finding) => !isBlocking(finding))]
  const fits = createFits(messages)
  const annotations = ordered.flatMap((finding) => annotationsIn(finding, fits))
  const seen = new Set<string>()
  return annotations.filter((annotation) => {
    const text = JSON.stringify(annotation)
    return !seen.has(text) && seen.add(text)
  })
}

function annotationsIn(finding: JsonObject, fits: (address: string) => Fit): JsonObject[] {
  const { ranges, order, action } = finding
  const texts = (Array.isArray(ranges) ? ranges : []).filter(
    (range) => typeof range === 'string' && fits(range) === 'fits',
  )
  const addresses: readonly string[] = texts.length === 0 ? [whole] : mostSpecific(texts)
  const name = typeof order === 'string' ? order : null
  const extra = {
    source: 'guardrails-error',
    ...(name !== null && { guardrail: { id: name, name, action: action ?? 'log' } }),
  }
  return addresses.map((address) => ({ content: contentOf(finding), address, extra_metadata: extra }))
}

function contentOf({ args, message }: JsonObject): string {
  const [first]: readonly unknown[] = Array.isArray(args) ? args : []
  if (typeof first === 'string') return first
  if (typeof message === 'string') return message
  return first === undefined ? 'A rule was broken' : JSON.stringify(first)
}

/** How Invariant's page says that it means the trace as a whole. */
const whole = '<root>'
