import { expect, test } from 'bun:test'
import type { PushChange } from '../../../src/merge/push.ts'
import type { Asked } from '../../../src/push/ask.ts'
import { createLane, type Way } from '../../../src/push/lane.ts'
import type { Sent } from '../../../src/push/remote.ts'

/** A lane in a time of its own: what is due when, what was sent and asked, and a disk that keeps changes. */
type Entry = { state: PushChange['state']; attempts: number; dueAt: number; detail: string | null }

function world(
  ids: readonly string[],
  script: { send?: (id: string, turn: number) => Sent | Promise<Sent>; ask?: () => Asked },
) {
  let time = 0
  const entries = new Map<string, Entry>(
    ids.map((id) => [id, { state: 'waiting', attempts: 0, dueAt: 0, detail: null }]),
  )
  const timers = new Set<{ at: number; act: () => void }>()
  const sent: { id: string; at: number }[] = []
  const asked: string[] = []
  const lines: string[] = []
  let looks = 0
  let canWrite = true
  let open = 0
  let mostOpen = 0
  const queued = () => [...entries].filter(([, { state }]) => state === 'waiting' || state === 'sending')
  const way: Way = {
    project: 'default',
    due: (now, limit) => {
      looks++
      return queued()
        .filter(([, { dueAt }]) => dueAt <= now)
        .toSorted(([, one], [, other]) => one.dueAt - other.dueAt)
        .slice(0, limit)
        .map(([id, { state, attempts }]) => ({
          id,
          attempts,
          state: state === 'sending' ? 'sending' : 'waiting',
        }))
    },
    nextAt: () =>
      queued().reduce<number | null>((least, [, { dueAt }]) => Math.min(least ?? dueAt, dueAt), null),
    toSend: (id) => (id === 'gone' ? { skipped: 'It is gone' } : { text: id }),
    send: async (id) => {
      sent.push({ id, at: time })
      open++
      mostOpen = Math.max(mostOpen, open)
      const result = await (script.send?.(id, sent.length) ?? { kind: 'sent', remoteId: `r-${id}` })
      open--
      return result
    },
    ask: async (id) => {
      asked.push(id)
      return script.ask?.() ?? { kind: 'absent' }
    },
    record: async (change) => {
      if (canWrite) entries.set(change.id, change)
      return canWrite
    },
  }
  const lane = createLane({
    way,
    now: () => time,
    random: () => 1,
    after: (ms, act) => {
      const timer = { at: time + ms, act }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    log: (level, event) => void lines.push(`${level} ${event}`),
  })
  const settled = async () => {
    for (let turn = 0; turn < 100; turn++) await Promise.resolve()
  }
  return {
    lane,
    entries,
    sent,
    asked,
    lines,
    state: (id: string) => entries.get(id)?.state,
    looks: () => looks,
    mostOpen: () => mostOpen,
    setWritable: (is: boolean) => (canWrite = is),
    settled,
    /** Lets time pass until `ms`, timer by timer. */
    pass: async (ms: number) => {
      await settled()
      const end = time + ms
      for (;;) {
        const next = [...timers].toSorted((one, other) => one.at - other.at)[0]
        if (next === undefined || next.at > end) break
        timers.delete(next)
        time = next.at
        next.act()
        await settled()
      }
      time = end
    },
  }
}

const down: Sent = { kind: 'away', why: 'refused', afterMs: null }
const unsure: Sent = { kind: 'unknown', why: 'cut', afterMs: null }

test('all that waits is sent, a few at a time, in the order in which it came', async () => {
  const ids = Array.from({ length: 10 }, (_, at) => `t${at}`)
  const here = world(ids, { send: async () => (await Promise.resolve(), { kind: 'sent', remoteId: null }) })
  here.lane.wake()
  await here.pass(10)
  expect(here.sent.map(({ id }) => id)).toEqual(ids)
  expect(ids.map(here.state)).toEqual(ids.map(() => 'sent'))
  expect(here.mostOpen()).toBe(4)
})

test('an attempt is on the disk before it begins', async () => {
  const here = world(['a'], {
    send: () => (expect(here.state('a')).toBe('sending'), { kind: 'sent', remoteId: 'r' }),
  })
  here.lane.wake()
  await here.settled()
  expect(here.entries.get('a')).toMatchObject({ state: 'sent', attempts: 1, remoteId: 'r' })
})

test('a remote that is away for a day is asked 150 times, one trace at a time, and then gets all of them once', async () => {
  const ids = Array.from({ length: 20 }, (_, at) => `t${at}`)
  let isAway = true
  const here = world(ids, { send: () => (isAway ? down : { kind: 'sent', remoteId: null }) })
  here.lane.wake()
  await here.settled()
  const atFirst = here.sent.length
  await here.pass(24 * 60 * 60_000)
  expect(here.sent.length - atFirst).toBeWithin(140, 160)
  expect(here.looks()).toBeLessThan(400)
  expect(here.lines).toEqual(['warn push-failing'])
  isAway = false
  here.sent.length = 0
  await here.pass(11 * 60_000)
  expect(here.sent.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  expect(here.lines).toEqual(['warn push-failing', 'info push-recovered'])
  expect(here.asked).toEqual([])
})

test('waits grow from one second to ten minutes, and what the remote asks for goes before them', async () => {
  const here = world(['a'], { send: (_, turn) => (turn === 3 ? { ...down, afterMs: 90_000 } : down) })
  here.lane.wake()
  await here.pass(40 * 60_000)
  const times = here.sent.map(({ at }) => at)
  const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0))
  expect(waits.slice(0, 9)).toEqual([1000, 2000, 90_000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000])
  expect(Math.max(...waits)).toBe(600_000)
})

test('an attempt that nobody saw end is asked for, and sent again only if the remote has it not', async () => {
  const there = world(['a'], { send: () => unsure, ask: () => ({ kind: 'there', remoteId: 'r9' }) })
  there.lane.wake()
  await there.pass(10_000)
  expect(there.sent).toHaveLength(1)
  expect(there.entries.get('a')).toMatchObject({ state: 'sent', attempts: 1, remoteId: 'r9' })

  const absent = world(['a'], {
    send: (_, turn) => (turn === 1 ? unsure : { kind: 'sent', remoteId: 'r1' }),
  })
  absent.lane.wake()
  await absent.pass(10_000)
  expect(absent.asked).toEqual(['a'])
  expect(absent.sent.map(({ at }) => at)).toEqual([0, 5000])
  expect(absent.state('a')).toBe('sent')
})

test('while a remote cannot be asked, nothing is sent again; one that never can be is told twice and says so', async () => {
  const away = world(['a'], { send: () => unsure, ask: () => ({ kind: 'away', why: 'down', afterMs: null }) })
  away.lane.wake()
  await away.pass(60 * 60_000)
  expect(away.sent).toHaveLength(1)
  expect(away.state('a')).toBe('sending')
  expect(away.asked.length).toBeLessThan(20)

  const mute = world(['a'], {
    send: (_, turn) => (turn === 1 ? unsure : { kind: 'sent', remoteId: null }),
    ask: () => ({ kind: 'mute', why: 'no search' }),
  })
  mute.lane.wake()
  await mute.pass(10_000)
  expect(mute.sent).toHaveLength(2)
  expect(mute.lines).toContain('warn push-may-repeat')
})

test('a trace that the remote always stumbles over does not hold up the others', async () => {
  const ids = ['bad', ...Array.from({ length: 30 }, (_, at) => `t${at}`)]
  const here = world(ids, { send: (id) => (id === 'bad' ? unsure : { kind: 'sent', remoteId: null }) })
  here.lane.wake()
  await here.pass(60 * 60_000)
  expect(ids.slice(1).map(here.state)).toEqual(ids.slice(1).map(() => 'sent'))
  expect(here.state('bad')).toBe('sending')
  expect(here.sent.filter(({ id }) => id === 'bad').length).toBeLessThan(20)
})

test('what is refused for good is not sent again, and the remote counts as well', async () => {
  const here = world(['a', 'b'], {
    send: (id) => (id === 'a' ? { kind: 'refused', why: 'no' } : { kind: 'sent', remoteId: null }),
  })
  here.lane.wake()
  await here.pass(60_000)
  expect(here.entries.get('a')).toMatchObject({ state: 'refused', detail: 'no' })
  expect(here.state('b')).toBe('sent')
  expect(here.sent).toHaveLength(2)
})

test('a trace of which nothing can be told is skipped, and says why', async () => {
  const here = world(['gone', 'b'], {})
  here.lane.wake()
  await here.settled()
  expect(here.entries.get('gone')).toMatchObject({ state: 'skipped', detail: 'It is gone' })
  expect(here.sent).toMatchObject([{ id: 'b' }])
})

test('nothing is sent that cannot be written down, and what was sent is written down once that can be', async () => {
  const here = world(['a'], { send: () => (here.setWritable(false), { kind: 'sent', remoteId: null }) })
  here.setWritable(false)
  here.lane.wake()
  await here.pass(5000)
  expect(here.sent).toEqual([])
  here.setWritable(true)
  await here.pass(2000)
  expect(here.sent).toHaveLength(1)
  expect(here.state('a')).toBe('sending')
  here.setWritable(true)
  await here.pass(2000)
  expect(here.state('a')).toBe('sent')
  expect(here.sent).toHaveLength(1)
})

test('after its stop nothing begins, and it has stopped when what was on its way is written down', async () => {
  const arriving = Promise.withResolvers<Sent>()
  const here = world(['a', 'b', 'c', 'd', 'e'], { send: () => arriving.promise })
  here.lane.wake()
  await here.settled()
  let isOver = false
  const stopped = here.lane.stop().then(() => (isOver = true))
  here.lane.wake()
  await here.settled()
  expect(isOver).toBe(false)
  arriving.resolve({ kind: 'sent', remoteId: null })
  await stopped
  expect(here.sent).toHaveLength(4)
  expect(here.state('d')).toBe('sent')
  expect(here.state('e')).toBe('waiting')
})
