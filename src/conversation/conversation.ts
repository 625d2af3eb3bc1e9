import type { JsonObject } from './json.ts'
import type { Usage } from './usage.ts'

/**
 * The neutral form of requests and replies, which rules, sessions, the explorer and translation read. What a dialect
 * says and this form cannot is kept as it came (`extra`, `other`, `settings`): reading loses nothing.
 */
export type Conversation = {
  /** As asked for; null where the body does not name it. */
  readonly model: string | null
  /** In the order the model reads them, system messages first. */
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  /** Every other field of the request's body, as it came. */
  readonly settings: JsonObject
}

export type Answer = {
  readonly model: string | null
  readonly id: string | null
  /** One for each choice or candidate. */
  readonly choices: readonly Choice[]
  readonly usage: Usage | null
  /** Every other field of the reply's body, as it came. */
  readonly extra: JsonObject
}

export type Choice = {
  readonly message: Message
  readonly finish: Finish | null
  /** The dialect's own word for it. */
  readonly finishReason: string | null
  /** What is said of the choice beside its message (`logprobs`, `safetyRatings`), as it came. */
  readonly extra: JsonObject
}

export type Finish = 'stop' | 'length' | 'calls' | 'filter' | 'refusal' | 'pause' | 'error' | 'other'

export type Message = {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  /** The dialect's own word for the role (`developer`, `model`, `function`). */
  readonly roleText: string
  readonly parts: readonly Part[]
  /** Whether its content came as one bare text, and not as a list of parts. */
  readonly isPlain: boolean
  /**
   * Where it stands in the body it was read from, as a JSON pointer (`/messages/3`). What a model said in a row is
   * one message, also where the dialect tells it as several items (`/input/3`, `/input/4`): then it is the first.
   */
  readonly at: string
  /** Fields beside those that were read, as they came; of one told as several items, by the pointer of each. */
  readonly extra: JsonObject
}

type Place = {
  /** Where the part stands in the body; for what has one text of its own, where that text stands. */
  readonly at: string
  /** Fields beside those that were read (`cache_control`, `citations`), as they came. */
  readonly extra: JsonObject
}

export type Part =
  | (Place & { readonly kind: 'text' | 'refusal'; readonly text: string })
  | (Place & Thinking)
  | (Place & { readonly kind: 'image' | 'audio' | 'video' | 'document'; readonly media: Media })
  | (Place & ToolCall)
  | (Place & ToolResult)
  | (Place & { readonly kind: 'other'; readonly type: string; readonly original: unknown })

export type Thinking = {
  readonly kind: 'thinking'
  readonly text: string
  /**
   * What only the provider can read: its proof of the text, or thinking that it keeps to itself (`redacted_thinking`,
   * `encrypted_content`), mostly beside an empty text.
   */
  readonly signature: string | null
}

export type ToolCall = {
  readonly kind: 'call'
  readonly id: string | null
  readonly name: string
  /** Byte for byte as the model wrote them; `arguments` is undefined where that is no JSON. */
  readonly argumentsText: string
  readonly arguments: unknown
  /** Where they stand in the body, as a text or as a value; `at` is where the whole call stands. */
  readonly argumentsAt: string
  /** Whether they are text of any form (a patch, code) and no JSON, even if they look like it. */
  readonly isFreeform: boolean
  /** Whether the provider runs it itself (web search, code execution). */
  readonly isServers: boolean
}

export type ToolResult = {
  readonly kind: 'result'
  readonly callId: string | null
  readonly name: string | null
  readonly isError: boolean
  /** Whether the provider ran the tool itself. */
  readonly isServers: boolean
  readonly parts: readonly Part[]
  readonly isPlain: boolean
}

export type Media =
  | { readonly kind: 'data'; readonly mediaType: string | null; readonly base64: string }
  | { readonly kind: 'url'; readonly mediaType: string | null; readonly url: string }
  | { readonly kind: 'file'; readonly mediaType: string | null; readonly id: string }
  /** A document that was told as text, or as blocks of it. */
  | { readonly kind: 'parts'; readonly mediaType: string | null; readonly parts: readonly Part[] }

export type Tool = {
  readonly name: string
  readonly description: string | null
  /** A JSON schema; null for a tool of the provider's own. */
  readonly parameters: unknown
  readonly at: string
  readonly extra: JsonObject
}
