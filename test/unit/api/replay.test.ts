import { expect, test } from 'bun:test'
import type { RawPart, RawReply } from '../../../src/api/reader.ts'
import { replay } from '../../../src/api/replay.ts'
import { timelineOf } from '../../../src/api/timeline.ts'
import type { Outcome } from '../../../src/merge/report.ts'
import { fakeTime, settled } from '../../support/time.ts'
import { storedTrace, toHead } from '../../support/heads.ts'

const text = 'a😀bc'
const bytes = new TextEncoder().encode(text)
// The cut after the second byte is within the 4-byte character.
const parts: RawPart[] = [
  { bytes: bytes.subarray(0, 5), reads: [30_000, 2, 50_000, 3] },
  { bytes: bytes.subarray(5), reads: [90_000, 2] },
]

function rawOf(
  change: {
    outcome?: Outcome
    status?: number | null
    parts?: readonly RawPart[]
    endedMs?: number | null
  } = {},
): RawReply {
  const { parts: given = parts, endedMs = 100, ...rest } = change
  const head = toHead(
    storedTrace({ timing: { calledMs: 1, answeredMs: 20, firstByteMs: 30, endedMs }, ...rest }).record,
  )
  return { head, headers: [['content-type', 'text/event-stream']], parts: each(given) }
}

async function* each(given: readonly RawPart[]): AsyncGenerator<RawPart> {
  yield* given
}

/** Plays to the end and tells what came when, in milliseconds after the start. */
async function play(raw: RawReply, speed: number) {
  const time = fakeTime()
  const startedAt = time.now()
  const log: [number, string][] = []
  const signal = new AbortController().signal
  const run = async () => {
    const response = await replay(raw, { speed, now: time.now, wait: time.wait, signal })
    log.push([time.now() - startedAt, `head ${response.status}`])
    for await (const chunk of response.body ?? []) log.push([time.now() - startedAt, chunk.toHex()])
    log.push([time.now() - startedAt, 'end'])
    return response
  }
  const done = run()
  done.catch(() => log.push([time.now() - startedAt, 'reset']))
  await time.advance(10_000)
  await settled()
  return log
}

test('an answer comes again read by read, at the moments it came', async () => {
  expect(await play(rawOf(), 1)).toEqual([
    [20, 'head 200'],
    [30, '61f0'],
    [50, '9f9880'],
    [90, '6263'],
    [100, 'end'],
  ])
})

test('at double speed everything comes in half the time', async () => {
  expect((await play(rawOf(), 2)).map(([ms]) => ms)).toEqual([10, 15, 25, 45, 50])
})

test('at most speed nothing is waited for', async () => {
  expect((await play(rawOf(), Number.POSITIVE_INFINITY)).map(([ms]) => ms)).toEqual([0, 0, 0, 0, 0])
})

test.each(['provider-cut', 'timed-out', 'client-left', 'interrupted'] as const)(
  'what ended as %s is reset again where it was',
  async (outcome) => {
    expect((await play(rawOf({ outcome }), 1)).at(-1)).toEqual([110, 'reset'])
  },
)

test('an answer that failed as a whole ends properly', async () => {
  const log = await play(rawOf({ outcome: 'failed', status: 429 }), 1)
  expect([log[0], log.at(-1)]).toEqual([
    [20, 'head 429'],
    [100, 'end'],
  ])
})

test('bytes without reads come with the last one, and reads without bytes are nothing', async () => {
  const uneven = [
    { bytes, reads: [40_000, 1] },
    { bytes: bytes.subarray(0, 1), reads: [60_000, 1, 70_000, 5] },
  ]
  expect((await play(rawOf({ parts: uneven }), 1)).slice(1, -1)).toEqual([
    [40, '61'],
    [40, 'f09f98806263'],
    [60, '61'],
  ])
})

test.each([null, 0, 101])('what has the status %p cannot be served again', async (status) => {
  const { now, wait } = fakeTime()
  const signal = new AbortController().signal
  await expect(replay(rawOf({ status }), { speed: 1, now, wait, signal })).rejects.toThrow('has no answer')
})

test.each([204, 205, 304])('the status %i has no body', async (status) => {
  const response = await replay(rawOf({ status }), {
    speed: Number.POSITIVE_INFINITY,
    ...fakeTime(),
    signal: new AbortController().signal,
  })
  expect([response.status, response.body]).toEqual([status, null])
})

test('a client that leaves stops it: no further part is read', async () => {
  const time = fakeTime()
  const read: number[] = []
  let returned = false
  async function* watched(): AsyncGenerator<RawPart> {
    try {
      for (const [at, part] of parts.entries()) {
        read.push(at)
        yield part
      }
    } finally {
      returned = true
    }
  }
  const abort = new AbortController()
  const response = await replay(
    { ...rawOf(), parts: watched() },
    { speed: 1000, ...time, signal: abort.signal },
  )
  const reader = response.body?.getReader()
  const first = reader?.read()
  await time.advance(100)
  await first
  expect(read).toEqual([0])
  await reader?.cancel()
  await settled()
  expect([read, returned]).toEqual([[0], true])
})

test('the timeline has every byte in the slot of its read', async () => {
  const { reads, fromMs, slotMs, slots } = await timelineOf(rawOf())
  expect([reads, fromMs]).toEqual([3, 30])
  expect(slots.reduce((sum, slot) => sum + slot, 0)).toBe(bytes.length)
  expect(slots[0]).toBe(2)
  expect(slots[Math.floor((50 - fromMs) / slotMs)]).toBe(3)
})

test('reads outside of the recorded time count to its edges', async () => {
  const odd = [{ bytes, reads: [0, 2, 999_000_000, 5] }]
  const { slots } = await timelineOf(rawOf({ parts: odd }))
  expect([slots[0], slots.at(-1)]).toEqual([2, 5])
})

test('where nobody saw the end, the time that is drawn ends with the last read', async () => {
  const { fromMs, slotMs, slots } = await timelineOf(rawOf({ endedMs: null }))
  expect(fromMs + slotMs * slots.length).toBeCloseTo(90)
  expect([slots[0], slots.at(-1)]).toEqual([2, 2])
})

test('a time without an end and without reads has slots all the same', async () => {
  const { slotMs, slots } = await timelineOf(rawOf({ endedMs: null, parts: [] }))
  expect(slotMs).toBeGreaterThan(0)
  expect(slots.every((slot) => slot === 0)).toBe(true)
})
