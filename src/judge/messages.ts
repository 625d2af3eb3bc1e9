import type { DialectName } from '../dialect/dialect.ts'
import type { GivenMeans } from '../guard/means.ts'
import type { FromModels, ToModels } from '../guard/models.ts'
import type { Noted } from '../merge/judged.ts'
import type { Form } from './frames.ts'
import type { GivenOrder } from './given.ts'
import type { Remark } from './remarks.ts'

/**
 * What the main thread and the thread that judges say to each other. A case is one exchange: opened with its request,
 * told its answer bit by bit, closed at its end. Each `ask` is answered once; what takes long says nothing meanwhile.
 */
export type ToJudge =
  /** Other detectors, or other bounds; orders that were told before are forgotten with those that there were. */
  | ({ readonly kind: 'means' } & GivenMeans)
  | ToModels
  /** Told once for each list, and referred to by its key from then on. */
  | { readonly kind: 'orders'; readonly key: number; readonly list: readonly GivenOrder[] }
  | { readonly kind: 'forget' }
  | Posed
  /** Nobody waits for it any more. */
  | { readonly kind: 'drop'; readonly case: number }
  | { readonly kind: 'ping' }

export type Posed = { readonly ask: number; readonly case: number } & CaseQuestion

export type CaseQuestion =
  | { readonly kind: 'request'; readonly question: Question; readonly bytes: Uint8Array<ArrayBuffer> | null }
  /** `head` with the first of them. */
  | {
      readonly kind: 'answer'
      readonly head: AnswerHead | null
      readonly bytes: Uint8Array<ArrayBuffer> | null
      readonly end: 'complete' | 'cut' | null
    }
  | { readonly kind: 'tick' }
  /** The exchange is over: what holds nothing is judged now. */
  | { readonly kind: 'close' }

export type Question = {
  readonly orders: number
  /** Their version, with the project and the client: within it what was judged once is known. */
  readonly scope: string
  /** Null where the path is none of a dialect's own: then it is read as `near` would be. */
  readonly dialect: DialectName | null
  readonly near: DialectName
  /** How the answer is asked for, as far as the path and a short body say. */
  readonly form: Form
  readonly encoding: string
  readonly contentType: string
  readonly history: 'new' | 'all'
  /** Of the answer, inflated. */
  readonly mostHeldBytes: number
  /** What rules read as `input.metadata`. */
  readonly metadata: Readonly<Record<string, string | null>>
}

export type AnswerHead = { readonly contentType: string; readonly encoding: string }

/** What becomes of a request. */
export type Ruling =
  | { readonly kind: 'pass' }
  /** It goes on with this body, which is not compressed. */
  | { readonly kind: 'replace'; readonly body: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'block'; readonly finding: Noted }
  /** The client gets this answer. */
  | { readonly kind: 'steer'; readonly finding: Noted; readonly text: string; readonly contentType: string }
  /** The rules that it brought cannot be read. */
  | { readonly kind: 'faulty'; readonly message: string }

/** What becomes of the answer's bytes that were told and not moved yet, in their order. */
export type PlainMove =
  | { readonly kind: 'pass'; readonly bytes: number }
  | { readonly kind: 'replace'; readonly bytes: number; readonly by: Uint8Array<ArrayBuffer> }

export type PlainStop =
  | { readonly kind: 'block'; readonly finding: Noted }
  | { readonly kind: 'steer'; readonly finding: Noted; readonly closing: Uint8Array<ArrayBuffer> }

export type Said =
  | { readonly kind: 'ruled'; readonly ruling: Ruling; readonly findings: readonly Noted[] }
  | {
      readonly kind: 'stepped'
      /** What was compressed leaves as it is behind that. */
      readonly isInflated: boolean
      readonly moves: readonly PlainMove[]
      readonly stop: PlainStop | null
      readonly findings: readonly Noted[]
    }
  | { readonly kind: 'closed'; readonly findings: readonly Noted[] }
  /** A mistake of ours. */
  | { readonly kind: 'failed'; readonly why: string }

export type FromJudge =
  | { readonly kind: 'alive' }
  | FromModels
  | ({ readonly kind: 'remark' } & Remark)
  | { readonly kind: 'said'; readonly ask: number; readonly said: Said; readonly ms: number }
