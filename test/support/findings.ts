import type { SdkAnnotation } from './invariant-sdk.ts'
import { at, listAt } from './json.ts'

/** What Invariant's gateway made of an evaluator's answer, and the remarks that it pushed for it. */
export type Guardrail = {
  readonly id: string
  readonly name: string
  readonly content: string
  readonly action: string
}

export type Finding = {
  readonly args: readonly unknown[]
  readonly ranges: readonly string[]
  readonly guardrail?: Guardrail
}

/** Pairs answers and rules by their order; a rule that could not be judged stands in the place of all that was found. */
export function findingsIn(json: unknown, rules: readonly Guardrail[]): Finding[] {
  const all: Finding[] = []
  for (const [place, guardrail] of rules.entries()) {
    const result = at(json, 'result', place)
    if (result === undefined) break
    for (const error of listAt(result, 'errors'))
      all.push({ args: listAt(error, 'args'), ranges: listAt(error, 'ranges').map(String), guardrail })
    const message = at(result, 'error_message')
    if (typeof message === 'string' && message !== '') return [{ args: [message], ranges: [] }]
  }
  return all
}

/** One for each range that is the beginning of no other, even of another message; none without a range. */
export function annotationsOf(findings: readonly Finding[]): SdkAnnotation[] {
  const all = findings.flatMap(({ args, ranges, guardrail }) =>
    ranges
      .toSorted((one, other) => one.length - other.length)
      .filter((range) => !ranges.some((other) => other !== range && other.startsWith(range)))
      .map((address) => ({
        content: String(args[0]),
        address,
        extra_metadata: { source: 'guardrails-error', ...(guardrail !== undefined && { guardrail }) },
      })),
  )
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()]
}
