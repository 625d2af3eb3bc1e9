import type { Message } from '../conversation/conversation.ts'
import { fingerprint } from '../conversation/fingerprint.ts'

/**
 * What of a conversation has been judged in an earlier turn. An agent sends its whole history again with every turn:
 * judged again each time, one message that was refused once would refuse everything that follows.
 *
 * A turn is known by all its messages, in their order, under the same rules and the same client: a message that was
 * harmless elsewhere is judged anew here. Asked for again as it was, it is judged again, and refused again. What could
 * not be judged was not: it is new with every turn until it is.
 */
export type History = {
  readonly turn: (scope: string, messages: readonly Message[]) => Turn
  /** A turn that goes on from `messages`: what was answered belongs to what was judged. */
  readonly answered: (scope: string, messages: readonly Message[], answer: Message) => void
}

export type Turn = {
  /** From which message on it is new. */
  readonly from: number
  /** It has been judged. */
  readonly judged: () => void
}

// A hundred bytes each.
const standardMost = 100_000

export function createHistory(most = standardMost): History {
  // By the hash of all messages up to a turn's end: where what was judged with it begins.
  const turns = new Map<string, number>()

  function remember(turn: string, from: number): void {
    turns.delete(turn)
    turns.set(turn, from)
    if (turns.size <= most) return
    for (const oldest of turns.keys()) {
      turns.delete(oldest)
      return
    }
  }

  function turn(scope: string, messages: readonly Message[]): Turn {
    const chain = createChain(scope)
    let from = 0
    let last = ''
    for (const [at, message] of messages.entries()) {
      last = chain(message)
      if (at + 1 < messages.length && turns.has(last)) from = at + 1
    }
    if (last === '') return { from: 0, judged: () => {} }
    // The same again: judged from where it was judged before.
    const begun = turns.get(last) ?? from
    return { from: begun, judged: () => remember(last, begun) }
  }

  function answered(scope: string, messages: readonly Message[], answer: Message): void {
    const chain = createChain(scope)
    for (const message of messages) chain(message)
    remember(chain(answer), messages.length)
  }

  return { turn, answered }
}

function createChain(scope: string): (message: Message) => string {
  const hasher = new Bun.CryptoHasher('sha256').update(`${scope.length}:${scope}`)
  return (message) => {
    hasher.update(fingerprint(message))
    return hasher.copy().digest('base64')
  }
}
