import { expect, jest, test } from 'bun:test'
import { createMetrics } from '../../../src/core/metrics.ts'
import type { PushChange } from '../../../src/merge/push.ts'
import { createPushDesk, gaugePushes } from '../../../src/push/desk.ts'
import type { FromSender, ToSender } from '../../../src/push/sending.ts'

/** A sender that is played by the test. */
type Played = {
  readonly got: ToSender[]
  readonly say: (message: FromSender) => void
  readonly die: (why: string) => void
  isEnded: boolean
}

function play(write: (change: PushChange) => Promise<boolean> = async () => true) {
  const senders: Played[] = []
  const lines: string[] = []
  const desk = createPushDesk({
    hire: (say, die) => {
      const played: Played = { got: [], say, die, isEnded: false }
      senders.push(played)
      return { post: (message) => void played.got.push(message), end: () => void (played.isEnded = true) }
    },
    write,
    log: (level, event) => void lines.push(`${level} ${event}`),
  })
  const last = (): Played => {
    const sender = senders.at(-1)
    if (sender === undefined) throw new Error('Nobody was hired')
    return sender
  }
  return { desk, senders, lines, last }
}

const change = { id: 'a', state: 'sent', attempts: 1, dueAt: 0, detail: null, remoteId: null } as const

test('what the sender tells is written by the thread that keeps, and it hears whether it was', async () => {
  const written: PushChange[] = []
  const answers = [true, false]
  const { last } = play(async (told) => (written.push(told), answers.shift() === true))
  last().say({ kind: 'record', number: 1, change })
  last().say({ kind: 'record', number: 2, change })
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  expect(written).toEqual([change, change])
  expect(last().got).toEqual([
    { kind: 'recorded', number: 1, isKept: true },
    { kind: 'recorded', number: 2, isKept: false },
  ])
})

test('however much is kept, the sender is woken five times a second', () => {
  jest.useFakeTimers()
  try {
    const { desk, last } = play()
    for (let turn = 0; turn < 100; turn++) {
      desk.wake()
      jest.advanceTimersByTime(10)
    }
    expect(last().got.length).toBeWithin(4, 6)
  } finally {
    jest.useRealTimers()
  }
})

test('a sender that dies is hired anew, each time later, and one that was replaced is not heard', () => {
  jest.useFakeTimers()
  try {
    const { desk, senders, lines, last } = play()
    const [old] = senders
    for (const waitMs of [100, 200, 400]) {
      const count = senders.length
      last().die('test')
      jest.advanceTimersByTime(waitMs - 1)
      expect(senders).toHaveLength(count)
      jest.advanceTimersByTime(1)
      expect(senders).toHaveLength(count + 1)
    }
    old?.say({ kind: 'log', level: 'info', event: 'late', fields: {} })
    old?.die('again')
    expect(lines).toEqual(['error sender-died', 'error sender-died', 'error sender-died'])
    last().say({ kind: 'record', number: 1, change })
    last().die('test')
    jest.advanceTimersByTime(100)
    expect(senders).toHaveLength(5)
    expect(desk.sums()).toEqual([])
  } finally {
    jest.useRealTimers()
  }
})

test('it stops when the sender says so, or is dead already', async () => {
  const { desk, last } = play()
  const stopped = desk.stop()
  expect(last().got).toEqual([{ kind: 'stop' }])
  last().say({ kind: 'stopped' })
  await stopped
  expect(last().isEnded).toBe(true)
  const dead = play()
  dead.last().die('test')
  await dead.desk.stop()
  expect(dead.senders).toHaveLength(1)
})

test('metrics add up the projects; the oldest is the oldest of them all', () => {
  const metrics = createMetrics()
  const of = { entries: 1, bytes: 10, sent: 2, refused: 3, dropped: 4 }
  const sums = [
    { project: 'a', ...of, oldestAt: 5000 },
    { project: 'b', ...of, oldestAt: null },
  ]
  gaugePushes(
    metrics,
    () => sums,
    () => 65_000,
  )
  const values = metrics
    .print()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  expect(values).toEqual([
    'weir_push_waiting_traces 2',
    'weir_push_waiting_bytes 20',
    'weir_push_sent_traces 4',
    'weir_push_refused_traces 6',
    'weir_push_dropped_traces 8',
    'weir_push_oldest_seconds 60',
  ])
})
