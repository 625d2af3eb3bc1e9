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
}

export type Choice = {
  readonly message: Message
  readonly finish: Finish | null
  /** The dialect's own word for it. */
  readonly finishReason: string | null
}

export type Finish = 'stop' | 'length' | 'calls' | 'filter' | 'refusal' | 'pause' | 'error' | 'other'

export type Message = {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  /** The dialect's own word for the role (`developer`, `model`, `function`). */
  readonly roleText: string
  readonly parts: readonly Part[]
  /** Whether its content came as one bare text, and not as a list of parts. */
  readonly isPlain: boolean
  /** Where it stands in the body it was read from, as a JSON pointer (`/messages/3`). */
  readonly at: string
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
  | (Place & { readonly kind: 'thinking'; readonly text: string; readonly signature: string | null })
  | (Place & { readonly kind: 'image' | 'audio' | 'document'; readonly media: Media })
  | (Place & ToolCall)
  | (Place & ToolResult)
  | (Place & { readonly kind: 'other'; readonly type: string; readonly original: unknown })

export type ToolCall = {
  readonly kind: 'call'
  readonly id: string | null
  readonly name: string
  /** Byte for byte as the model wrote them; `arguments` is undefined where that is no JSON. */
  readonly argumentsText: string
  readonly arguments: unknown
  /** Whether the provider runs it itself (web search, code execution). */
  readonly isServers: boolean
}

export type ToolResult = {
  readonly kind: 'result'
  readonly callId: string | null
  readonly name: string | null
  readonly isError: boolean
  readonly parts: readonly Part[]
  readonly isPlain: boolean
}

export type Media =
  | { readonly kind: 'data'; readonly mediaType: string | null; readonly base64: string }
  | { readonly kind: 'url'; readonly mediaType: string | null; readonly url: string }
  | { readonly kind: 'file'; readonly mediaType: string | null; readonly id: string }

export type Tool = {
  readonly name: string
  readonly description: string | null
  /** A JSON schema; null for a tool of the provider's own. */
  readonly parameters: unknown
  readonly at: string
  readonly extra: JsonObject
}
