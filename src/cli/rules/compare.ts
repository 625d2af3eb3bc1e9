import { isObject, readJson } from '../../conversation/json.ts'
import type { Result } from '../../guard/judge.ts'
import type { Span } from '../../guard/trace/address.ts'
import type { Violation } from '../../guard/violation.ts'
import type { Expected, ExpectedViolation } from './cases.ts'

/** What rules found against what was expected of them. */
export type Difference = {
  readonly missing: readonly ExpectedViolation[]
  readonly unexpected: readonly Violation[]
  /** Rules that could not be judged, unless that was expected. */
  readonly errors: readonly string[]
  /** The error that was expected and did not come. */
  readonly missingError: string | null
}

export function compare(expected: Expected, result: Result, messages: readonly unknown[]): Difference {
  const errors = result.errors.map(({ line, message }) => `line ${line}: ${message}`)
  const wanted = expected.kind === 'error' ? [] : expected.violations
  const { missing, unexpected } = match(wanted, result.violations, messages)
  if (expected.kind !== 'error') return { missing, unexpected, errors, missingError: null }
  const others = errors.filter((error) => !error.includes(expected.text))
  const missingError = others.length === errors.length ? expected.text : null
  return { missing, unexpected, errors: others, missingError }
}

export function isSame({ missing, unexpected, errors, missingError }: Difference): boolean {
  return missing.length + unexpected.length + errors.length === 0 && missingError === null
}

/** Those that say most choose first: what says little fits many. */
function match(
  wanted: readonly ExpectedViolation[],
  found: readonly Violation[],
  messages: readonly unknown[],
): Pick<Difference, 'missing' | 'unexpected'> {
  const left = new Set(found)
  const missing: ExpectedViolation[] = []
  for (const each of wanted.toSorted((a, b) => saysOf(b) - saysOf(a))) {
    const fitting = [...left].find((violation) => fits(each, violation, messages))
    if (fitting === undefined) missing.push(each)
    else left.delete(fitting)
  }
  return { missing, unexpected: [...left] }
}

function saysOf({ message, ranges = [], marks = [] }: ExpectedViolation): number {
  return (message === undefined ? 0 : 1) + ranges.length + marks.length
}

function fits(expected: ExpectedViolation, violation: Violation, messages: readonly unknown[]): boolean {
  const { message, ranges = [], marks = [] } = expected
  if (message !== undefined && message !== messageOf(violation)) return false
  if (!ranges.every((range) => violation.ranges.includes(range))) return false
  const marked = marks.length === 0 ? [] : marksOf(violation, messages)
  return marks.every((mark) => marked.includes(mark))
}

/** The first text that was raised, which is what people call its message. */
export function messageOf({ args }: Violation): string | null {
  return args.find((each) => typeof each === 'string') ?? null
}

/** The texts that a violation marks within longer ones. */
export function marksOf({ spans }: Violation, messages: readonly unknown[]): string[] {
  return spans.flatMap((span) => {
    const text = textAt(span, messages)
    return text === null ? [] : [text]
  })
}

function textAt({ message, path, part }: Span, messages: readonly unknown[]): string | null {
  if (part === null) return null
  let value = messages[message]
  for (const key of path) {
    // Arguments may stand there as the JSON that the model wrote.
    const within = typeof value === 'string' ? readJson(value) : value
    if (Array.isArray(within) && typeof key === 'number') value = within[key]
    else if (isObject(within)) value = within[key]
    else return null
  }
  return typeof value === 'string' ? value.slice(part.from, part.to) : null
}
