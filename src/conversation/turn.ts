import type { Finish, Message, Part } from './conversation.ts'
import type { JsonObject } from './json.ts'
import { isEmpty } from './part.ts'

/**
 * What a model says in a row is one message, however many items or contents it was told as: an answer is read as one,
 * and clients send it back in as many pieces as it came in. What was said of each piece is kept by its pointer.
 */
export function joinTurns(pieces: readonly Message[]): Message[] {
  const messages: Message[] = []
  let said: Message[] = []
  const endTurn = (): void => {
    const [first] = said
    if (first !== undefined) messages.push(joined(first, said))
    said = []
  }
  for (const piece of pieces) {
    if (piece.role === 'assistant') {
      said.push(piece)
    } else {
      endTurn()
      messages.push(piece)
    }
  }
  endTurn()
  return messages
}

/** All pieces of an answer, whatever role each calls its own. */
export function joinAnswer(pieces: readonly Message[], at: string): Message {
  const [first] = pieces
  if (first === undefined) return silent(at)
  return { ...joined(first, pieces), role: 'assistant' }
}

/** A message of the model in which nothing was said. */
export function silent(at: string): Message {
  return { role: 'assistant', roleText: '', parts: [], isPlain: false, at, extra: {} }
}

function joined(first: Message, pieces: readonly Message[]): Message {
  const roleText = pieces.find((piece) => piece.roleText !== '')?.roleText ?? ''
  const extra: JsonObject = {}
  for (const piece of pieces) {
    const isOther = piece.roleText !== '' && piece.roleText !== roleText
    const left = isOther ? { ...piece.extra, role: piece.roleText } : piece.extra
    if (!isEmpty(left)) extra[piece.at] = left
  }
  return {
    role: first.role,
    roleText,
    parts: pieces.flatMap(({ parts }) => parts),
    isPlain: pieces.length === 1 && first.isPlain,
    at: first.at,
    extra,
  }
}

/**
 * Why the model stopped, by what it said as well: compatible servers call a turn with calls an ordinary end, or the
 * other way round, and a refusal is told as a part where it has no word of its own.
 */
export function finishOf(told: Finish | null, parts: readonly Part[]): Finish | null {
  if (told !== 'stop' && told !== 'calls') return told
  if (parts.some((part) => part.kind === 'call' && !part.isServers)) return 'calls'
  return parts.some((part) => part.kind === 'refusal') ? 'refusal' : 'stop'
}
