import type { Fault } from '../core/fault.ts'
import type { Answer, Conversation } from '../conversation/conversation.ts'
import type { Usage } from '../conversation/usage.ts'
import type { Grows } from '../wire/sse-run.ts'
import type { SseEvent } from '../wire/sse.ts'

/**
 * The contract of a dialect: which paths are its own, how its stream adds up, how a fault sounds in it.
 * Pure: no I/O, no clock, no configuration, no log. A dialect never imports another.
 */
export const dialectNames = ['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const
export type DialectName = (typeof dialectNames)[number]

/** An answer rebuilt from its stream, or read whole. */
export type Reply = {
  /**
   * In the shape the provider's answer has without streaming; null if nothing of it had come, undefined if nobody knows
   * how to put it together, so that its bytes say it best.
   */
  readonly body: unknown
  /** complete: it has its own end mark. error: the provider said so in the answer. cut: neither. */
  readonly ending: 'complete' | 'error' | 'cut'
  readonly model: string | null
  readonly usage: Usage | null
  /** The provider's own error object as it came, for `ending: 'error'`. */
  readonly error: unknown
  /**
   * Tool arguments byte for byte as they were told, where the body holds them parsed: by JSON pointer into the body
   * (`/content/1/input`). Absent where there are none.
   */
  readonly argumentTexts?: ArgumentTexts
  /** Types of events that this dialect did not know and therefore kept apart from the body, with counts. */
  readonly unknownEvents: Readonly<Record<string, number>>
}

export type ArgumentTexts = Readonly<Record<string, string>>

/** A reducer over the events of one stream. Never throws on anything a provider can send. */
export type Merge = {
  /** `told`: its data as JSON, from who had to look into it before; it is the merge's from then on. */
  readonly add: (event: SseEvent, told?: unknown) => void
  /** `torn`: the stream is known to have stopped in the middle, so only a real end mark makes it complete. */
  readonly finish: (stop?: 'torn') => Reply
}

export type Dialect = {
  readonly name: DialectName
  /** Whether this path (no query) asks for an answer of this dialect, e.g. `/v1/messages`. */
  readonly owns: (path: string) => boolean
  readonly merge: () => Merge
  /** Which events of its stream do nothing but let a text grow: runs of them come to the merge as one. */
  readonly grows: Grows
  /** An answer that came whole: its JSON, parsed, and as it was written. It stays the reply's body, as it is. */
  readonly whole: (body: unknown, text?: string) => Reply
  /** The body of a request, in the neutral form. Never throws; what it does not know it keeps. */
  readonly readRequest: (body: unknown) => Conversation
  /** The body of a reply, as `merge` or `whole` tell it, in the neutral form. Never throws. */
  readonly readAnswer: (body: unknown, argumentTexts?: ArgumentTexts) => Answer
  /** Its requests may name an earlier answer by its id instead of telling it again (`previous_response_id`). */
  readonly goesOnById?: true
  /** The body of an HTTP error, shaped so that this dialect's SDKs classify it. `trace`, if any, leads to the record. */
  readonly refuse: (fault: Fault, trace: string | null) => unknown
  /** The event that tells a reader of a running stream that it failed, as text ready to be sent. */
  readonly refuseEvent: (fault: Fault, trace: string | null) => string
  /** Texts in the raw stream after which its answer counts as told whole (a durable trace is committed first). */
  readonly endMarks: readonly string[]
  /** Texts one of which stands in every answer: a stream without any is none of this dialect's, whatever its path. */
  readonly beginMarks: readonly string[]
  /** Texts one of which stands in every answer that came to an end, also in one that failed: without any it was cut. */
  readonly mayEndAfter: readonly string[]
  /** Whether this dialect's SDKs bear a comment between events. */
  readonly bearsComments: boolean
}
