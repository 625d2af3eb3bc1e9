import { expect, test } from 'bun:test'
import { createWeir, idsIn, tracesAt } from './weir.ts'

const at = (index: number) => Date.UTC(2026, 0, 1) + index * 10

test('by age those that began before go, as counted before', async () => {
  const weir = createWeir(tracesAt(at(1), at(2), at(3), at(4)))
  const kept = idsIn(weir.stored).slice(2)
  const policy = { before: at(3) }
  expect(await weir.source.prune({ ...policy, mode: 'count' })).toEqual({ traces: 2, bytes: null })
  expect(weir.stored.length).toBe(4)
  expect(await weir.source.prune({ ...policy, mode: 'remove' })).toEqual({ traces: 2, bytes: null })
  expect(idsIn(weir.stored)).toEqual(kept)
})

test('by number exactly so many stay, though several began in one millisecond', async () => {
  for (let keepCount = 0; keepCount <= 7; keepCount++) {
    const weir = createWeir(tracesAt(at(1), at(2), at(2), at(2), at(2), at(3)))
    const all = idsIn(weir.stored)
    const gone = Math.max(0, all.length - keepCount)
    expect(await weir.source.prune({ keepCount, mode: 'count' })).toEqual({ traces: gone, bytes: null })
    expect(await weir.source.prune({ keepCount, mode: 'remove' })).toEqual({ traces: gone, bytes: null })
    expect(idsIn(weir.stored)).toEqual(all.slice(gone))
  }
})

test('a store of several pages comes down page by page, and is counted whole', async () => {
  const starts = Array.from({ length: 2500 }, (_, index) => at(index))
  const weir = createWeir(tracesAt(...starts))
  expect(await weir.source.prune({ before: at(2400), mode: 'count' })).toMatchObject({ traces: 2400 })
  expect(await weir.source.prune({ before: at(2400), keepCount: 50, mode: 'remove' })).toMatchObject({
    traces: 2450,
  })
  expect(weir.stored.map(({ record }) => record.startedAt)).toEqual(starts.slice(2450))
  expect(weir.asked.filter((line) => line.startsWith('DELETE')).length).toBeLessThan(10)
})

test('bytes cannot be kept by over the API, and that is said before anything goes', async () => {
  const weir = createWeir(tracesAt(at(1)))
  for (const mode of ['count', 'remove'] as const) {
    const pruned = weir.source.prune({ keepBytes: 1, before: at(9), mode })
    await expect(pruned).rejects.toThrow('--keep-bytes cannot be had over --url')
  }
  expect(weir.stored.length).toBe(1)
})

test('an empty Weir has nothing to prune', async () => {
  const { source } = createWeir()
  for (const keepCount of [0, 1])
    expect((await source.prune({ before: at(1), keepCount, mode: 'remove' })).traces).toBe(0)
})
