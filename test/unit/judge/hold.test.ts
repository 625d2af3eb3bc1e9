import { expect, test } from 'bun:test'
import { createHold, type HoldOptions, type Step } from '../../../src/judge/hold.ts'
import type { Source } from '../../../src/wire/tee.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function sourceOf(
  ...texts: readonly string[]
): Source & { readonly state: { reads: number; isCancelled: boolean } } {
  const state = { reads: 0, isCancelled: false }
  return {
    state,
    read: async () => {
      const text = texts[state.reads++]
      return text === undefined ? { done: true } : { done: false, value: encoder.encode(text) }
    },
    cancel: async () => void (state.isCancelled = true),
  }
}

const nothing: Step = { kind: 'moves', moves: [], stop: null }

function pass(bytes: number): Step {
  return { kind: 'moves', moves: [{ kind: 'pass', bytes }], stop: null }
}

function optionsOf(more: Partial<HoldOptions>): HoldOptions {
  return {
    tell: async (bytes) => pass(bytes?.length ?? 0),
    tick: async () => nothing,
    full: () => 'pass',
    came: () => {},
    dropped: () => {},
    replaced: () => {},
    held: () => {},
    waiting: () => {},
    now: () => performance.now(),
    mostBytes: 1000,
    holdMs: 1_000_000,
    keepAliveMs: 0,
    mayReplace: false,
    ...more,
  }
}

/** All that its reader is shown, in the cuts in which it is. */
async function readAll(source: Source): Promise<string[]> {
  const shown: string[] = []
  for (;;) {
    const { done, value } = await source.read()
    if (done || value === undefined) return shown
    const { bytes } = source.view?.show(value) ?? { bytes: value }
    shown.push(decoder.decode(bytes))
  }
}

test('what is let go leaves in the cuts of the judge, whatever cuts it came in', async () => {
  let told = 0
  const tell = async (bytes: Uint8Array | null, end: unknown): Promise<Step> => {
    told += bytes?.length ?? 0
    // Everything but the last byte, until it is over.
    const free = end === null ? Math.max(0, told - 1) : told
    told -= free
    return free === 0 ? nothing : pass(free)
  }
  const shown = await readAll(createHold(sourceOf('ab', 'c', 'defg', 'h'), optionsOf({ tell })))
  expect(shown.join('')).toBe('abcdefgh')
})

test('one telling is under way at a time, and what comes meanwhile is in the next', async () => {
  const tellings: string[] = []
  let isAsking = false
  const hold = createHold(
    sourceOf('a', 'b', 'c', 'd'),
    optionsOf({
      tell: async (bytes, end) => {
        expect(isAsking).toBe(false)
        isAsking = true
        tellings.push(`${decoder.decode(bytes ?? new Uint8Array())}${end ?? ''}`)
        for (let turns = 0; turns < 20; turns++) await Promise.resolve()
        isAsking = false
        return pass(bytes?.length ?? 0)
      },
    }),
  )
  expect((await readAll(hold)).join('')).toBe('abcd')
  expect(tellings.join('')).toBe('abcdcomplete')
  expect(tellings.length).toBeLessThan(4)
})

test('what takes the place of something is shown, and what came is told with it', async () => {
  const replaced: [string, string][] = []
  const hold = createHold(
    sourceOf('one two'),
    optionsOf({
      mayReplace: true,
      tell: async (_bytes, end) =>
        end !== null
          ? nothing
          : {
              kind: 'moves',
              moves: [
                { kind: 'pass', bytes: 4 },
                { kind: 'replace', bytes: 3, by: encoder.encode('[masked]') },
              ],
              stop: null,
            },
      replaced: (chunk, by) => void replaced.push([decoder.decode(chunk), decoder.decode(by)]),
    }),
  )
  expect(await readAll(hold)).toEqual(['one ', '[masked]'])
  expect(replaced).toEqual([['two', '[masked]']])
})

test('what is stopped never leaves: it is dropped, the source let go of, and the reader told why', async () => {
  const dropped: string[] = []
  let heldBytes = 0
  const source = sourceOf('fine', 'bad', 'more')
  const hold = createHold(
    source,
    optionsOf({
      tell: async (bytes) =>
        decoder.decode(bytes ?? new Uint8Array()).includes('bad')
          ? { kind: 'moves', moves: [], stop: { kind: 'fail', error: new Error('stopped') } }
          : pass(bytes?.length ?? 0),
      dropped: (bytes) => void dropped.push(decoder.decode(bytes)),
      held: (bytes) => void (heldBytes += bytes),
    }),
  )
  expect(decoder.decode((await hold.read()).value)).toBe('fine')
  expect(hold.read()).rejects.toThrow('stopped')
  await hold.read().catch(() => null)
  expect(dropped.join('')).toStartWith('bad')
  expect(source.state.isCancelled).toBe(true)
  expect(heldBytes).toBe(0)
})

test('what is stopped before anything could be read is known when it is opened', async () => {
  const hold = createHold(
    sourceOf('bad'),
    optionsOf({
      tell: async () => ({ kind: 'moves', moves: [], stop: { kind: 'fail', error: new Error('no') } }),
    }),
  )
  expect(hold.opened(1000)).rejects.toThrow('no')
})

test('an answer that is ended well shows its end in place of the rest, and is over', async () => {
  const hold = createHold(
    sourceOf('fine', 'bad'),
    optionsOf({
      mayReplace: true,
      tell: async (bytes) =>
        decoder.decode(bytes ?? new Uint8Array()).includes('bad')
          ? { kind: 'moves', moves: [], stop: { kind: 'close', by: encoder.encode(' THE END') } }
          : pass(bytes?.length ?? 0),
    }),
  )
  expect((await readAll(hold)).join('')).toBe('fine THE END')
})

test('once it is not judged any more, all that is held and all that comes may leave', async () => {
  let asked = 0
  const hold = createHold(
    sourceOf('a', 'b', 'c'),
    optionsOf({ tell: async () => (asked++ === 0 ? nothing : { kind: 'pass' }) }),
  )
  expect((await readAll(hold)).join('')).toBe('abc')
  expect(asked).toBe(2)
})

test('past its bound nothing more is read, what there is is judged, and else it is decided', async () => {
  const source = sourceOf('aaaa', 'bbbb', 'cccc', 'dddd')
  let ticks = 0
  const most = { held: 0, now: 0 }
  const hold = createHold(
    source,
    optionsOf({
      mostBytes: 8,
      tell: async () => nothing,
      tick: async () => {
        ticks++
        return nothing
      },
      full: () => ({ kind: 'fail', error: new Error('too much') }),
      held: (bytes) => {
        most.now += bytes
        most.held = Math.max(most.held, most.now)
      },
    }),
  )
  expect(hold.read()).rejects.toThrow('too much')
  await hold.read().catch(() => null)
  expect([ticks, most.held, source.state.reads]).toEqual([1, 8, 2])
})

test('after a while without a word what there is is judged, and a sign of life is given', async () => {
  let [now, ticks, signs] = [0, 0, 0]
  const { promise, resolve } = Promise.withResolvers<{ done: true }>()
  let reads = 0
  const source: Source = {
    read: () => (reads++ === 0 ? Promise.resolve({ done: false, value: encoder.encode('held') }) : promise),
    cancel: async () => {},
  }
  const hold = createHold(
    source,
    optionsOf({
      now: () => (now += 3),
      holdMs: 20,
      keepAliveMs: 20,
      tell: async (_bytes, end) => (end === null ? nothing : pass(4)),
      tick: async () => {
        ticks++
        return nothing
      },
      waiting: () => {
        signs++
        resolve({ done: true })
      },
    }),
  )
  expect(await readAll(hold)).toEqual(['held'])
  expect([ticks, signs].every((count) => count >= 1)).toBe(true)
})

test('a source that fails is judged as far as it came, and then fails', async () => {
  const ends: unknown[] = []
  let reads = 0
  const source: Source = {
    read: async () => {
      if (reads++ === 0) return { done: false, value: encoder.encode('half') }
      throw new Error('torn')
    },
    cancel: async () => {},
  }
  const hold = createHold(
    source,
    optionsOf({
      tell: async (bytes, end) => {
        ends.push(end)
        return pass(bytes?.length ?? 0)
      },
    }),
  )
  expect(decoder.decode((await hold.read()).value)).toBe('half')
  expect(hold.read()).rejects.toThrow('torn')
  await hold.read().catch(() => null)
  expect(ends.at(-1)).toBe('cut')
})
