import type { Answer, Conversation, Message } from '../../conversation/conversation.ts'
import { type JsonObject, ownAt } from '../../conversation/json.ts'
import type { Header } from '../../merge/report.ts'
import { chainOf, hashOf, linkOf } from './chain.ts'
import { conversationOf, keysOf } from './key.ts'
import { titleOf } from './title.ts'

/**
 * What stitching has to know of one exchange: hashes and counts, made once from its request and completed by its
 * answer. Touches no database, and holds no text but a title.
 */
export type History = {
  readonly seed: string
  /** What the client calls its session: hashes, its own first, and its own as it wrote it. */
  readonly keys: readonly string[]
  readonly key: string | null
  readonly hashes: readonly string[]
  readonly isAnswer: readonly boolean[]
  /**
   * Whether the body tells all of the history. Otherwise it goes on where an earlier answer ended (its hash is then
   * the first one), or where the newest exchange of its session did.
   */
  readonly begins: 'here' | 'at-answer' | 'in-session'
  readonly title: string | null
}

/** What can be found again by later exchanges: hashes of history and answer together. */
export type Tips = {
  readonly tips: readonly string[]
  /** How many messages the answer is: none, or one whatever the number of its choices. */
  readonly answers: 0 | 1
}

/** Histories longer than that are joined by their keys alone: 5 µs a message. */
export const mostMessages = 10_000
const mostChoices = 8

export function historyOf(
  project: string,
  headers: readonly Header[],
  conversation: Conversation | null,
): History {
  const settings = conversation?.settings ?? {}
  const told = keysOf(headers, settings)
  const keys = told.map((key) => hashOf('key', project, key))
  const seed = hashOf('history', project, keys[0] ?? '')
  const base = { seed, keys, key: told[0] ?? null, title: conversation && titleOf(conversation.messages) }
  const messages = conversation?.messages ?? []
  if (messages.length > mostMessages) return { ...base, hashes: [], isAnswer: [], begins: 'here' }
  const previous = previousOf(settings)
  if (previous !== null) {
    const first = answerHash(seed, previous)
    const { hashes, isAnswer } = chainOf(first, messages)
    return { ...base, hashes: [first, ...hashes], isAnswer: [true, ...isAnswer], begins: 'at-answer' }
  }
  const begins = conversationOf(settings) === undefined ? 'here' : 'in-session'
  return { ...base, ...chainOf(seed, messages), begins }
}

export function tipsOf({ seed, hashes }: History, answer: Answer | null): Tips {
  const said = (answer?.choices ?? []).map(({ message }) => message).filter(hasContent)
  const before = hashes.at(-1) ?? seed
  const tips = said.slice(0, mostChoices).map((message) => linkOf(before, message))
  const id = answer?.id ?? null
  if (said.length > 0 && id !== null) tips.push(answerHash(seed, id))
  return { tips: tips.length < 2 ? tips : [...new Set(tips)], answers: said.length > 0 ? 1 : 0 }
}

/** An answer by its id, for a request that names it instead of telling the history. */
function answerHash(seed: string, id: string): string {
  return hashOf('answer', seed, id)
}

function previousOf(settings: JsonObject): string | null {
  const id = ownAt(settings, 'previous_response_id')
  return typeof id === 'string' && id !== '' ? id : null
}

function hasContent({ parts }: Message): boolean {
  return parts.length > 0
}
