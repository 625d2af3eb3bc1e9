import { type JsonObject, isObject, objectAt, ownAt, readObject } from '../../conversation/json.ts'
import type { Header } from '../../merge/report.ts'

/**
 * What a client calls its session, in the headers and fields that agents and SDKs use for it. Only what names a
 * session counts: a user, an account, a device or a cache key shared by all of an application would join what has
 * nothing to do with each other, and joining too much is worse than too little.
 */
const headerNames = [
  'x-weir-session',
  // Claude Code; its sub-agents send the same.
  'x-claude-code-session-id',
  // Codex: one for the session, older ones for the conversation.
  'session-id',
  'session_id',
  'conversation-id',
  'conversation_id',
  'thread-id',
  'thread_id',
  // OpenRouter and what follows its example; opencode; other gateways and chat clients.
  'x-session-id',
  'x-conversation-id',
  'x-thread-id',
  'x-opencode-session',
  'x-session-affinity',
  'x-qwen-code-session-id',
  'x-openwebui-chat-id',
  'x-litellm-session-id',
  'helicone-session-id',
] as const

/** A sub-agent of Codex has a conversation of its own, and tells whose it is. */
const parentPrefix = 'x-codex-'
const parentNames: ReadonlySet<string> = new Set([
  'x-codex-parent-thread-id',
  'x-codex-forked-from-thread-id',
])

const fieldNames = [
  'session_id',
  'sessionId',
  'conversation_id',
  'conversationId',
  'thread_id',
  'threadId',
  'chat_id',
] as const

const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/i
/** `user_<hash>_account_<uuid>_session_<uuid>`, as Claude Code writes its user. */
const withinUser = /_session_([\w-]{8,})$/
const bearable = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/
export const mostKeyLength = 256

/** By their place: the first of them that is there counts. */
const rankOf: ReadonlyMap<string, number> = new Map(headerNames.map((name, rank) => [name, rank]))

/** The client's own name for its session first, then those of the sessions it belongs to; mostly one or none. */
export function keysOf(headers: readonly Header[], settings: JsonObject): readonly string[] {
  const parents: string[] = []
  let own: string | undefined
  let best: number = headerNames.length
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    const rank = rankOf.get(lower)
    if (rank !== undefined && rank < best && isKey(value)) {
      best = rank
      own = value
    }
    if (lower.startsWith(parentPrefix) && parentNames.has(lower) && isKey(value)) parents.push(value)
  }
  own ??= keyIn(settings)
  if (own === undefined && parents.length === 0) return none
  return [...new Set(own === undefined ? parents : [own, ...parents])]
}

const none: readonly string[] = []

/** What the body says: the API's own conversation, Claude Code's user, what is written beside a prompt. */
function keyIn(settings: JsonObject): string | undefined {
  const metadata = objectAt(settings, 'metadata')
  return (
    conversationOf(settings) ??
    (metadata === undefined ? undefined : sessionOfUser(ownAt(metadata, 'user_id'))) ??
    fieldIn(settings) ??
    fieldIn(metadata) ??
    fieldIn(objectAt(settings, 'client_metadata')) ??
    fieldIn(objectAt(settings, 'request')) ??
    cacheKeyOf(settings)
  )
}

function fieldIn(place: JsonObject | undefined): string | undefined {
  if (place === undefined) return undefined
  for (const name of fieldNames) {
    const value = ownAt(place, name)
    if (isKey(value)) return value
  }
  return undefined
}

/** The Responses API's conversation, which holds the history itself. */
export function conversationOf(settings: JsonObject): string | undefined {
  const conversation = ownAt(settings, 'conversation')
  const id = isObject(conversation) ? ownAt(conversation, 'id') : conversation
  return isKey(id) ? id : undefined
}

function sessionOfUser(user: unknown): string | undefined {
  if (typeof user !== 'string') return undefined
  const told = user.startsWith('{') ? ownAt(readObject(user) ?? {}, 'session_id') : withinUser.exec(user)?.[1]
  return isKey(told) ? told : undefined
}

/** Names a session only where it is made for one: most applications have one key for all of their prompts. */
function cacheKeyOf(settings: JsonObject): string | undefined {
  const key = ownAt(settings, 'prompt_cache_key')
  return isKey(key) && uuid.test(key) ? key : undefined
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && value.length <= mostKeyLength && bearable.test(value)
}
