import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { readJson, type JsonObject } from '../conversation/json.ts'
import type { Detections } from './detections.ts'
import type { Detectors } from './detector.ts'
import { judge, type Result } from './judge.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { mend } from './mend.ts'
import type { Policies } from './policies.ts'
import type { Compiled } from './policy.ts'
import { tellProblem, tellUnusable } from './problem.ts'
import { readTrace, type ReadTrace } from './trace/read.ts'
import { createRoom, isOfPolicy, tellResult, tellTrouble } from './tell.ts'

/**
 * Rules for who judges elsewhere: what Invariant's hosted evaluator answered, from the bytes of a request. Its clients
 * read the beginnings of the texts that say what went wrong, so these are kept word for word.
 */
export type PolicyQuestion = {
  readonly kind: 'load' | 'check' | 'batch'
  readonly body: Uint8Array<ArrayBuffer>
}

export type PolicyAnswer =
  /** As a text: who only passes it on need not know what is in it. */
  | { readonly kind: 'told'; readonly json: string }
  /** `request`: it cannot be read, or its policy is none. `analysis`: a rule could not be judged to its end. */
  | { readonly kind: 'refused'; readonly why: 'request' | 'analysis'; readonly detail: string }

/** Answers in whatever thread; the signal ends the waiting for detectors. */
export type CheckPolicies = (question: PolicyQuestion, signal: AbortSignal) => Promise<PolicyAnswer>

export type ServiceOptions = {
  readonly policies: Policies
  readonly detectors?: Detectors
  readonly detections?: Detections
  readonly limits?: Limits
  /** For all policies of one request together; its callers wait 5 s. */
  readonly mostMs?: number
  readonly now?: () => number
}

const defaultMostMs = 4_000
const mostPolicies = 200

const Parameters = Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]))
const Load = Type.Object({ policy: Type.String() })
const Check = Type.Object({
  messages: Type.Array(Type.Unknown()),
  policy: Type.String(),
  parameters: Parameters,
})
const Batch = Type.Object({
  messages: Type.Array(Type.Unknown()),
  policies: Type.Array(Type.String(), { maxItems: mostPolicies }),
  parameters: Parameters,
})

type Judging = {
  readonly options: ServiceOptions
  readonly read: ReadTrace
  readonly input: JsonObject
  readonly signal: AbortSignal
  readonly until: number
}

export function createPolicyService(options: ServiceOptions): CheckPolicies {
  return async ({ kind, body }, signal) => {
    const asked = readJson(new TextDecoder().decode(body))
    switch (kind) {
      case 'load':
        return Value.Check(Load, asked) ? load(asked.policy, options) : wrong(Load, asked)
      case 'check':
        return Value.Check(Check, asked)
          ? checkOne(asked.policy, begin(asked, options, signal))
          : wrong(Check, asked)
      case 'batch':
        return Value.Check(Batch, asked)
          ? checkAll(asked.policies, begin(asked, options, signal))
          : wrong(Batch, asked)
    }
  }
}

type Asked = { readonly messages: readonly unknown[]; readonly parameters?: JsonObject | null }

function begin({ messages, parameters }: Asked, options: ServiceOptions, signal: AbortSignal): Judging {
  const { now = performance.now.bind(performance), mostMs = defaultMostMs } = options
  return { options, read: readTrace(mend(messages)), input: parameters ?? {}, signal, until: now() + mostMs }
}

function load(text: string, { policies }: ServiceOptions): PolicyAnswer {
  const compiled = policies.compile(text)
  if (compiled.kind === 'problems') return refused('request', problemsOf(compiled))
  const { rules, warnings } = compiled.policy
  const value = { success: true, rules: rules.length, warnings: warnings.map(tellProblem) }
  return { kind: 'told', json: JSON.stringify(value) }
}

/** One policy: what upstream throws is a status there. What was found is told even where another rule failed. */
async function checkOne(text: string, judging: Judging): Promise<PolicyAnswer> {
  const judged = await judgeText(text, judging)
  if (judged.kind === 'unjudged') return refused('request', judged.detail)
  const { violations, errors } = judged.result
  const [first] = errors
  if (first !== undefined && violations.length === 0) {
    const why = isOfPolicy(first) ? 'request' : 'analysis'
    return refused(why, errors.map(tellTrouble).join('\n'))
  }
  const { entry, failure } = tellResult(judged.result, createRoom())
  return {
    kind: 'told',
    json: `{"errors":[${entry}]${failure === null ? '' : `,"error_message":${failure}`}}`,
  }
}

/** Many policies: each has its own answer, in their order, whatever became of the others. */
async function checkAll(texts: readonly string[], judging: Judging): Promise<PolicyAnswer> {
  const all = await Promise.all(texts.map((text) => judgeText(text, judging)))
  const room = createRoom()
  const entries = all.map((judged) => {
    if (judged.kind === 'unjudged') return `{"errors":[],"error_message":${JSON.stringify(judged.detail)}}`
    const { entry, failure } = tellResult(judged.result, room)
    return `{"errors":[${entry}],"error_message":${failure ?? 'null'}}`
  })
  return { kind: 'told', json: `{"result":[${entries.join(',')}]}` }
}

type Judged =
  | { readonly kind: 'judged'; readonly result: Result }
  | { readonly kind: 'unjudged'; readonly detail: string }

async function judgeText(text: string, { options, read, input, signal, until }: Judging): Promise<Judged> {
  if (read.kind === 'refused') return { kind: 'unjudged', detail: read.message }
  const {
    policies,
    limits = defaultLimits,
    detectors,
    detections,
    now = performance.now.bind(performance),
  } = options
  const left = until - now()
  if (left <= 0) return { kind: 'unjudged', detail: 'Not judged: the time for this request is over' }
  const compiled = policies.compile(text)
  if (compiled.kind === 'problems') return { kind: 'unjudged', detail: problemsOf(compiled) }
  const result = await judge(compiled.policy, read.trace, {
    input,
    limits: { ...limits, milliseconds: Math.min(limits.milliseconds, left) },
    now,
    signal,
    ...(detectors !== undefined && { detectors }),
    ...(detections !== undefined && { detections }),
  })
  return { kind: 'judged', result }
}

function problemsOf({ problems }: Extract<Compiled, { kind: 'problems' }>): string {
  return tellUnusable(problems.map(tellProblem).join('\n'))
}

function wrong(schema: typeof Load | typeof Check | typeof Batch, asked: unknown): PolicyAnswer {
  if (asked === undefined) return refused('request', 'The body is no JSON')
  const first = Value.Errors(schema, asked).First()
  const place =
    first === undefined || first.path === '' ? 'the body' : first.path.slice(1).replaceAll('/', '.')
  return refused('request', `${place}: ${first?.message ?? 'not as expected'}`)
}

function refused(why: 'request' | 'analysis', detail: string): PolicyAnswer {
  return { kind: 'refused', why, detail }
}
