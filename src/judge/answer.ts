import type { Answer, Conversation } from '../conversation/conversation.ts'
import type { DialectName } from '../dialect/dialect.ts'
import type { Detections } from '../guard/detections.ts'
import type { Detectors } from '../guard/detector.ts'
import type { RuleError } from '../guard/judge.ts'
import type { Limits } from '../guard/limits.ts'
import type { Policy } from '../guard/policy.ts'
import type { Violation } from '../guard/violation.ts'
import type { Bytes } from '../wire/body.ts'
import type { Observer } from './remarks.ts'

/**
 * What judges an answer on its way, and what it says of the bytes it is given: these may leave, these leave otherwise,
 * no more leaves. A state machine without thread, clock and socket.
 */
export type AnswerJudge = {
  /** Whether bytes are told as they are behind `content-encoding`: the header must then not be handed on. */
  readonly isInflated: boolean
  /** Bytes as they came from the provider, in any cuts. */
  readonly take: (bytes: Bytes) => Step | Promise<Step>
  /** No more comes. What is held then leaves, or is stopped. */
  readonly end: (how: 'complete' | 'cut') => Step | Promise<Step>
  /** A while has gone by in which nothing could leave: what there is is judged, as far as it stands on its own. */
  readonly tick: () => Step | Promise<Step>
  /** What the orders find that hold nothing: to be asked for once the end has left. */
  readonly after: () => readonly Finding[] | Promise<readonly Finding[]>
  /** What was said in it, once it has ended. */
  readonly answer: () => Answer
}

export type Step = {
  /** In order, over the bytes that were taken and not moved yet. */
  readonly moves: readonly Move[]
  /** New ones, also those that hold nothing up. */
  readonly findings: readonly Finding[]
  readonly stop: Stop | null
}

/** `bytes` counts what was taken. Where `isInflated` nothing is passed: everything leaves as `by`. */
export type Move =
  | { readonly kind: 'pass'; readonly bytes: number }
  | { readonly kind: 'replace'; readonly bytes: number; readonly by: Bytes }

/** Nothing more leaves. `closing`: what ends the stream well, in the client's dialect, with the message as its text. */
export type Stop =
  | { readonly kind: 'block'; readonly finding: Finding }
  | { readonly kind: 'steer'; readonly finding: Finding; readonly closing: Bytes }

export type Action = 'block' | 'log' | 'mask' | 'steer' | 'flag'
export type Mode = 'hold' | 'tail' | 'watch'

/** A policy with how it is applied. */
export type Order = {
  readonly name: string
  readonly policy: Policy
  readonly action: Action
  readonly mode: Mode
  /** What a rule means that could not be judged. */
  readonly onError: 'block' | 'allow'
  readonly input: Readonly<Record<string, unknown>>
}

export type Finding = FindingOf &
  (
    | { readonly kind: 'violation'; readonly violation: Violation }
    /** A rule could not be judged to its end, or the answer not be read; stands for what was not found. */
    | { readonly kind: 'error'; readonly error: RuleError | null }
  )

type FindingOf = {
  readonly order: string
  readonly action: Action
  readonly mode: Mode
  /** What the rule says, or why it says nothing. */
  readonly message: string
  /** How many bytes had left for the client, as they came, when it was found. */
  readonly leftBytes: number
}

export type AnswerOf = {
  readonly dialect: DialectName
  /** The answer's `content-encoding`; empty if it has none. */
  readonly encoding: string
  /** Whether its content type says that it comes as events. Anything else shows in its first byte. */
  readonly isStream: boolean
  readonly orders: readonly Order[]
  /** What was asked: rules judge the answer in its light. Null where it could not be read. */
  readonly request: Conversation | null
  readonly detectors?: Detectors
  readonly detections?: Detections
  readonly limits?: Limits
  /** Told what kept rules silent. */
  readonly observe?: Observer
  /** `sentence`: text leaves by the sentence. `message`: by the block, or the whole of what one choice says. */
  readonly granularity?: Granularity
  /** So many bytes may wait, inflated: what is longer cannot be judged, and each order's `onError` decides. */
  readonly mostBytes?: number
  readonly signal?: AbortSignal
  readonly now?: () => number
}

export type Granularity = 'sentence' | 'message'
