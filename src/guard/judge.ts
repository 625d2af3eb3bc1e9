import { ask, createQuestions, type Questions } from './ask.ts'
import { createDetections, type Detections } from './detections.ts'
import type { Detectors } from './detector.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { CompiledRule, Policy } from './policy.ts'
import { solve } from './run/body.ts'
import { createRun } from './run/context.ts'
import { waiting, type Run } from './run/frame.ts'
import type { Trace } from './trace/read.ts'
import { fromJson } from './value/lazy.ts'
import { typeName, type Dict, type Value } from './value/value.ts'
import { toTrouble, type Trouble } from './value/trouble.ts'
import { isNewFrom, toViolation, type Violation } from './violation.ts'

/**
 * A policy on a trace. Rules are judged one by one and fail one by one. Where nothing has to be waited for the result
 * is there at once; where detectors must be asked, everything that a round could not know is asked together, and the
 * rules that asked are judged again.
 */
export type Judgement = {
  readonly input?: Readonly<Record<string, unknown>>
  readonly limits?: Limits
  readonly detectors?: Detectors
  readonly detections?: Detections
  /** Only what has to do with this message or a later one. */
  readonly from?: number
  readonly print?: (line: string) => void
  readonly now?: () => number
  readonly signal?: AbortSignal
}

export type Result = {
  readonly violations: readonly Violation[]
  /** Rules that could not be judged to their end; what the policy's `on_error` says decides. */
  readonly errors: readonly RuleError[]
  /** What kept rules silent and looks like a mistake in them. */
  readonly warnings: readonly { readonly rule: number; readonly message: string }[]
}

export type RuleError = Trouble & { readonly rule: number; readonly line: number }

type Judging = {
  readonly policy: Policy
  readonly trace: Trace
  readonly given: Judgement
  readonly run: Run
  readonly questions: Questions
  readonly fromEvent: number | undefined
  /** Violations of the rules that are judged. */
  told: number
}

type Verdict =
  | {
      readonly kind: 'judged'
      readonly violations: readonly Violation[]
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'failed'; readonly trouble: Trouble }
  | { readonly kind: 'waiting' }

const nothing: Verdict = { kind: 'judged', violations: [], warnings: [] }

export function judge(policy: Policy, trace: Trace, given: Judgement = {}): Result | Promise<Result> {
  const { input = {} } = given
  if (Object.hasOwn(input, 'data')) {
    const message = '"data" is no name for a parameter: it is what upstream calls the trace'
    return {
      violations: [],
      warnings: [],
      errors: policy.rules.map(({ index, line }) => ({ rule: index, line, kind: 'value', message })),
    }
  }
  const judging = begin(policy, trace, given, input)
  const verdicts = policy.rules.map((rule) => judgeRule(judging, rule))
  const isWaiting = verdicts.some(({ kind }) => kind === 'waiting')
  return isWaiting ? finish(judging, verdicts) : toResult(judging, verdicts)
}

function begin(
  policy: Policy,
  trace: Trace,
  given: Judgement,
  input: Readonly<Record<string, unknown>>,
): Judging {
  const limits = given.limits ?? defaultLimits
  const questions = createQuestions(given.detectors ?? new Map(), given.detections ?? createDetections())
  const run = createRun({
    trace,
    limits,
    questions,
    input: toDict(input),
    print: given.print ?? (() => {}),
    now: given.now ?? (() => performance.now()),
  })
  const from = given.from
  const event = from === undefined ? undefined : trace.inputs.findIndex((index) => index >= from)
  return {
    policy,
    trace,
    given,
    run,
    questions,
    fromEvent: event === -1 ? trace.events.length : event,
    told: 0,
  }
}

function toDict(input: Readonly<Record<string, unknown>>): Dict {
  const value = fromJson(input, null)
  const isDict = typeof value === 'object' && value !== null && value.kind === 'dict'
  return isDict ? value : { kind: 'dict', entries: new Map(), place: null }
}

/** Asks and judges again until nothing is waited for. Time spent waiting is not the rules'. */
async function finish(judging: Judging, first: Verdict[]): Promise<Result> {
  const { policy, run, questions, given } = judging
  const verdicts = first
  for (let round = 0; verdicts.some(({ kind }) => kind === 'waiting'); round++) {
    if (round >= run.meter.limits.rounds) {
      const trouble = { kind: 'limit', message: 'the policy asks its detectors too many times' } as const
      verdicts.forEach(({ kind }, at) => kind === 'waiting' && (verdicts[at] = { kind: 'failed', trouble }))
      break
    }
    const before = run.meter.now()
    await ask(questions, given.signal ?? new AbortController().signal)
    run.meter.end += run.meter.now() - before
    for (const rule of policy.rules) {
      if (verdicts[rule.index]?.kind === 'waiting') verdicts[rule.index] = judgeRule(judging, rule)
    }
  }
  return toResult(judging, verdicts)
}

function toResult({ policy }: Judging, verdicts: readonly Verdict[]): Result {
  const violations: Violation[] = []
  const errors: RuleError[] = []
  const warnings: { rule: number; message: string }[] = []
  for (const { index, line } of policy.rules) {
    const verdict = verdicts[index]
    if (verdict?.kind === 'failed') errors.push({ ...verdict.trouble, rule: index, line })
    if (verdict?.kind !== 'judged') continue
    violations.push(...verdict.violations)
    warnings.push(...verdict.warnings.map((message) => ({ rule: index, message })))
  }
  return { violations, errors, warnings }
}

function judgeRule(judging: Judging, rule: CompiledRule): Verdict {
  if (rule.isDead) return nothing
  const { run, fromEvent, trace } = judging
  const { violations: most } = run.meter.limits
  const slots = new Array(rule.size).fill(null)
  const frame = { run, slots }
  const violations: Violation[] = []
  const warnings = new Set<string>()
  const { kept } = run.meter
  run.marks.length = 0
  run.missed = 0
  run.meter.made = 0
  const onModel = (): boolean => {
    const isTold = fromEvent === undefined || isNewFrom(frame, rule, fromEvent)
    if (!isTold) return false
    if (judging.told + violations.length >= most) return true
    try {
      violations.push(toViolation(rule, frame, trace))
    } catch (error) {
      if (error !== waiting) throw error
    }
    return false
  }
  const onNeither = (value: Value): void => {
    if (value !== null) warnings.add(`a condition came to a ${typeName(value)}, neither true nor false`)
  }
  const search = { onModel, onNeither, ...(rule.isLocal && fromEvent !== undefined ? { fromEvent } : {}) }
  try {
    const isCut = solve(rule.body, frame, search)
    if (run.missed > 0) {
      run.meter.kept = kept
      return { kind: 'waiting' }
    }
    judging.told += violations.length
    if (isCut) warnings.add(`more than ${most} violations: the others are not told`)
    return violations.length === 0 && warnings.size === 0
      ? nothing
      : { kind: 'judged', violations, warnings: [...warnings] }
  } catch (error) {
    return { kind: 'failed', trouble: toTrouble(error) }
  }
}
