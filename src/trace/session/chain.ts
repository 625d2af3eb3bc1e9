import type { Message } from '../../conversation/conversation.ts'
import { fingerprint } from '../../conversation/fingerprint.ts'

/**
 * A history as a chain of hashes: each stands for its message and all before it, so that two histories share what
 * comes before a hash that both have, and no texts are ever compared. 16 bytes a message, of sha-256: a quick hash
 * could be made to collide and would show one conversation as the end of another.
 *
 * System messages are not links of it: agents write the date, the weather and their todo lists into them, and change
 * them from turn to turn.
 */
export type Chain = {
  /** One for each message, in order. */
  readonly hashes: readonly string[]
  /** Whether it is a model's: only what a model has said can tell one conversation from all that begin alike. */
  readonly isAnswer: readonly boolean[]
}

const hexDigits = 32

/** `seed`: the hash before the first message, which keeps apart what must never meet. */
export function chainOf(seed: string, messages: readonly Message[]): Chain {
  const told = messages.filter(isLink)
  const hashes: string[] = []
  for (const message of told) hashes.push(linkOf(hashes.at(-1) ?? seed, message))
  return { hashes, isAnswer: told.map(({ role }) => role === 'assistant') }
}

export function isLink(message: Message): boolean {
  return message.role !== 'system'
}

export function linkOf(before: string, message: Message): string {
  // Both of a fixed length: nothing has to tell where one ends.
  return Bun.SHA256.hash(before + fingerprint(message), 'hex').slice(0, hexDigits)
}

/** Each text with its length, so that no two lists of texts are the same bytes. One call: 0.2 µs, and 1 with a hasher. */
export function hashOf(...texts: readonly string[]): string {
  let joined = ''
  for (const text of texts) joined += `${text.length}:${text}`
  return Bun.SHA256.hash(joined, 'hex').slice(0, hexDigits)
}
