import { expect, test } from 'bun:test'
import { play, sourceOf, traceOf } from '../world.ts'

test('each trace is written once, as it comes, until the user stops', async () => {
  const stop = new AbortController()
  const asked: (string | null)[] = []
  const openTraces = async () => ({
    ...sourceOf([]),
    after: async (_: unknown, cursor: string | null) => {
      asked.push(cursor)
      if (asked.length === 4) stop.abort()
      const ids = [[], ['a'], [], ['b', 'c']][asked.length - 1] ?? []
      return { traces: ids.map((id) => traceOf({ id })), cursor: `cursor ${asked.length}` }
    },
  })
  const played = await play(['traces', 'follow'], { openTraces, stop: stop.signal })
  expect(played.code).toBe(0)
  expect(played.out.split('\n').map((line) => line.split('\t')[0])).toEqual(['a', 'b', 'c', ''])
  expect(asked).toEqual([null, 'cursor 1', 'cursor 2', 'cursor 3'])
  expect(played.waits).toEqual([250, 250, 250])
})

test('a feed on a terminal has a head and columns that stay', async () => {
  const stop = new AbortController()
  const openTraces = async () => ({
    ...sourceOf([]),
    after: async (_: unknown, cursor: string | null) => {
      if (cursor !== null) stop.abort()
      return { traces: cursor === null ? [] : [traceOf({ model: 'm'.repeat(99) })], cursor: '1' }
    },
  })
  const { out } = await play(['traces', 'follow'], {
    openTraces,
    stop: stop.signal,
    isTerminal: true,
    width: 200,
  })
  const [head = '', row = ''] = Bun.stripANSI(out).split('\n')
  expect(head.indexOf('MODEL')).toBe(row.indexOf('mmm'))
  expect(row).toEndWith('m…  -')
})

test('a filter that makes no sense is refused', async () => {
  expect((await play(['traces', 'follow', '--status', 'x'])).code).toBe(2)
  expect((await play(['traces', 'export', '--status', 'x'])).code).toBe(2)
})
