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
const parentNames = ['x-codex-parent-thread-id', 'x-codex-forked-from-thread-id'] as const

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

/** The client's own name for its session first, then those of the sessions it belongs to; mostly one or none. */
export function keysOf(headers: readonly Header[], settings: JsonObject): readonly string[] {
  const told = new Map<string, string>()
  for (const [name, value] of headers) told.set(name.toLowerCase(), value)
  const own = firstOf(headerNames.map((name) => told.get(name))) ?? keyIn(settings)
  const keys = [own, ...parentNames.map((name) => told.get(name))].filter(isKey)
  return [...new Set(keys)]
}

/** What the body says: the API's own conversation, Claude Code's user, what is written beside a prompt. */
function keyIn(settings: JsonObject): string | undefined {
  const metadata = objectAt(settings, 'metadata')
  const places = [settings, metadata, objectAt(settings, 'client_metadata'), objectAt(settings, 'request')]
  const user = ownAt(metadata ?? {}, 'user_id')
  return firstOf([
    conversationOf(settings),
    typeof user === 'string' ? sessionOfUser(user) : undefined,
    ...places.flatMap((place) => fieldNames.map((name) => ownAt(place ?? {}, name))),
    cacheKeyOf(settings),
  ])
}

/** The Responses API's conversation, which holds the history itself. */
export function conversationOf(settings: JsonObject): string | undefined {
  const conversation = ownAt(settings, 'conversation')
  const id = isObject(conversation) ? ownAt(conversation, 'id') : conversation
  return isKey(id) ? id : undefined
}

function sessionOfUser(user: string): string | undefined {
  if (user.startsWith('{')) return firstOf([ownAt(readObject(user) ?? {}, 'session_id')])
  return withinUser.exec(user)?.[1]
}

/** Names a session only where it is made for one: most applications have one key for all of their prompts. */
function cacheKeyOf(settings: JsonObject): string | undefined {
  const key = ownAt(settings, 'prompt_cache_key')
  return isKey(key) && uuid.test(key) ? key : undefined
}

function firstOf(values: readonly unknown[]): string | undefined {
  return values.find(isKey)
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && value.length <= mostKeyLength && bearable.test(value)
}
