import { expect, test } from 'bun:test'
import type { RawReply } from '../../../src/cli/source.ts'
import type { World } from '../../../src/cli/world.ts'
import { play, sourceOf } from './world.ts'

const text = 'one, 😀, three'
const bytes = new TextEncoder().encode(text)
/** The four bytes of the character are cut in two. */
const reads = [100_000, 7, 300_000, 5, 350_500, bytes.length - 12]

function replay(list: readonly string[], changes: Partial<World> = {}, raw: RawReply = { bytes, reads }) {
  return play(['replay', 'id', ...list], {
    openTraces: async () => ({ ...sourceOf([]), raw: async () => raw }),
    ...changes,
  })
}

test('the answer comes as fast as it came, or as many times as fast', async () => {
  expect(await replay([])).toEqual({ code: 0, out: text, err: '', waits: [100, 200, 51] })
  expect(await replay(['--speed', '4'])).toMatchObject({ out: text, waits: [25, 50, 13] })
  expect(await replay(['--speed', '0.5'])).toMatchObject({ out: text, waits: [200, 400, 101] })
})

test('at once is at once', async () => {
  expect(await replay(['--speed', '0'])).toMatchObject({ out: text, waits: [] })
  expect(await replay(['--speed', 'max'])).toMatchObject({ out: text, waits: [] })
})

test('bytes are written as they are, and made visible on a terminal', async () => {
  const written: unknown[] = []
  await replay([], { stdout: (data) => written.push(data) })
  expect(written).toEqual([bytes.subarray(0, 7), bytes.subarray(7, 12), bytes.subarray(12)])
  const colored = new TextEncoder().encode('\x1b[31m😀')
  expect(await replay([], { isTerminal: true }, { bytes: colored, reads: [0, 7, 0, 2] })).toMatchObject({
    out: '\\u001b[31m😀',
  })
})

test('bytes without a time come last', async () => {
  expect(await replay([], {}, { bytes, reads: [1000, 3] })).toMatchObject({ out: text, waits: [1] })
  expect(await replay([], {}, { bytes, reads: [] })).toMatchObject({ out: text, waits: [] })
})

test('what cannot be replayed is told', async () => {
  expect(await play(['replay', 'x'])).toMatchObject({ code: 1, err: 'weir: There is no trace x\n' })
  for (const speed of ['fast', '-1', '1x', 'Infinity'])
    expect((await replay([`--speed=${speed}`])).code).toBe(2)
  expect(await replay([], { stop: AbortSignal.abort() })).toMatchObject({ code: 130, out: '' })
})
