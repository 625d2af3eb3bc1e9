import type { JsonObject } from '../../conversation/json.ts'
import { type Microseconds, readMoment, writeMoment } from './moment.ts'
import type { Messages } from './said.ts'

/**
 * Messages that come later, put where their time says. What was said at the same moment stays in the order it came in,
 * so that many who append at once lose nothing and keep each their own order.
 */
export type Joined = {
  readonly messages: Messages
  /** Where each of the messages that were there is now. */
  readonly moved: readonly number[]
}

/** `createdAt` stands for the time of what was told without one before, `now` of what comes now. */
export function joinMessages(
  present: Messages,
  coming: Messages,
  { createdAt, now }: { readonly createdAt: Microseconds; readonly now: Microseconds },
): Joined {
  const timed = coming.map((message) => timedOf(message, now))
  const sorted = timed.toSorted((one, other) => one.at - other.at)
  const messages: JsonObject[] = []
  const moved: number[] = []
  let next = 0
  for (const message of present) {
    const at = timeOf(message, createdAt)
    for (let first = sorted[next]; first !== undefined && first.at < at; first = sorted[next]) {
      messages.push(first.message)
      next++
    }
    moved.push(messages.length)
    messages.push(message)
  }
  for (const { message } of sorted.slice(next)) messages.push(message)
  return { messages, moved }
}

function timedOf(message: JsonObject, now: Microseconds) {
  const { timestamp } = message
  const at = timestamp === undefined || timestamp === null ? now : readMoment(timestamp)
  return { at, message: { ...message, timestamp: writeMoment(at) } }
}

/** What is stored may have come with a push, which says of times nothing: one that is none counts as not told. */
function timeOf({ timestamp }: JsonObject, createdAt: Microseconds): Microseconds {
  if (typeof timestamp !== 'string') return createdAt
  try {
    return readMoment(timestamp)
  } catch {
    return createdAt
  }
}
