import type { Bytes } from '../wire/body.ts'
import { createInflater, type Inflater } from '../wire/inflate-stream.ts'
import type { AnswerJudge, AnswerOf, Step } from './answer.ts'
import { isGating } from './court.ts'
import { createHall } from './hall.ts'
import type { Maybe } from './maybe.ts'
import { createPackedWay, createPlainWay, type Way } from './way.ts'

/**
 * Which bytes of an answer may leave, and when (docs/decisions/0018). Bytes become frames; what the frames say is put
 * together; where it stands on its own all of it so far is judged, and the frames up to there leave. One call at a
 * time: the next when the one before has answered.
 */
export function createAnswerJudge(of: AnswerOf): AnswerJudge {
  const encoding = of.encoding.trim().toLowerCase()
  const isPacked = encoding !== '' && encoding !== 'identity'
  // What is to say something else cannot stay compressed as it came.
  const changes = of.orders.some((order) => isGating(order) && order.action !== 'block')
  let opened: Opened | undefined

  function open(first: number | undefined): Opened {
    // Some relays leave the header out that says so: the first of the two bytes that gzip starts with.
    const name = isPacked ? encoding : first === 0x1f ? 'gzip' : null
    const way = name === null ? createPlainWay() : createPackedWay(changes)
    const hall = createHall(of, way, name !== null && changes)
    const inflater = name === null ? null : createInflater(name, mostInflatedBytes)
    if (name !== null && inflater === null) hall.giveUp(`nobody knows the encoding ${name.slice(0, 40)}`)
    return { way, hall, inflater }
  }
  function take(bytes: Bytes): Maybe<Step> {
    opened ??= open(bytes[0])
    const { way, hall, inflater } = opened
    if (inflater === null) {
      way.taken(bytes.length, bytes.length)
      return hall.take(bytes)
    }
    return inflater.feed(bytes).then((read) => {
      way.taken(bytes.length, read?.length ?? 0)
      if (read === null) hall.giveUp('what is compressed cannot be read')
      return hall.take(read ?? new Uint8Array(0))
    })
  }
  return {
    isInflated: isPacked && changes,
    take,
    tick: () => (opened ??= open(undefined)).hall.tick(),
    end: (how) => {
      opened ??= open(undefined)
      opened.inflater?.close()
      return opened.hall.end(how)
    },
    after: () => (opened ??= open(undefined)).hall.after(),
    answer: () => (opened ??= open(undefined)).hall.answer(),
  }
}

type Opened = {
  readonly way: Way
  readonly hall: ReturnType<typeof createHall>
  readonly inflater: Inflater | null
}

// A stream that was inflated to so much is a bomb; what waits of it has a bound of its own.
const mostInflatedBytes = 1 << 30
