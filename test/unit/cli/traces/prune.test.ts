import { expect, test } from 'bun:test'
import type { PrunePolicy, Pruned } from '../../../../src/cli/source.ts'
import { play, sourceOf } from '../world.ts'

async function prune(list: string, pruned: Pruned = { traces: 1234, bytes: 5_600_000 }) {
  const policies: PrunePolicy[] = []
  const openTraces = async () => ({
    ...sourceOf([]),
    prune: async (policy: PrunePolicy) => {
      policies.push(policy)
      return pruned
    },
  })
  return { ...(await play(['traces', 'prune', ...list.split(' ')], { openTraces })), policy: policies[0] }
}

test('what to remove is told by age, size and number', async () => {
  const { policy, out, code } = await prune('--older-than 30d --keep-bytes 1GB --keep 1000')
  expect(policy).toEqual({
    before: Date.parse('2026-04-02T10:00:00Z'),
    keepBytes: 1e9,
    keepCount: 1000,
    mode: 'remove',
  })
  expect({ out, code }).toEqual({ out: '1,234 traces (5.6 MB) removed\n', code: 0 })
})

test('a dry run only counts', async () => {
  const { policy, out } = await prune('--keep 0 --dry-run', { traces: 1, bytes: null })
  expect(policy).toEqual({ keepCount: 0, mode: 'count' })
  expect(out).toBe('1 trace would be removed\n')
})

test('what is estimated is told as such', async () => {
  expect((await prune('--keep 5 --dry-run')).out).toBe('1,234 traces (about 5.6 MB) would be removed\n')
  expect((await prune('--keep-bytes 1GB --dry-run')).out).toBe(
    'about 1,234 traces (about 5.6 MB) would be removed\n',
  )
})

test('nothing is removed on a request that makes no sense', async () => {
  for (const list of ['--dry-run', '--older-than 30', '--keep-bytes much', '--keep -1', '--keep 1.5']) {
    const { policy, code, err } = await prune(list)
    expect(policy).toBeUndefined()
    expect(code).toBe(2)
    expect(err).toMatch(/^weir: (Tell what to remove|--)/)
  }
})
