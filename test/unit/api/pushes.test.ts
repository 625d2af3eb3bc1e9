import { expect, test } from 'bun:test'
import { createTraceReader } from '../../../src/api/traces.ts'
import { messageOf, startApi } from '../../support/api.ts'

const sums = { project: 'one', entries: 2, bytes: 30, sent: 1, refused: 4, dropped: 0, oldestAt: null }

test('what waits is told by project, and what was refused is put back, of one or of all', async () => {
  const { ask, json, pushes, calls } = startApi()
  pushes.push(sums)
  expect(await json('/pushes')).toEqual({ projects: [sums] })
  const retry = async (query: string) => (await ask(`/pushes/retry${query}`, { method: 'POST' })).json()
  expect(await retry('')).toEqual({ waiting: 4 })
  expect(await retry('?project=one')).toEqual({ waiting: 4 })
  expect(calls).toEqual([{ retry: null }, { retry: 'one' }])
})

test('a parameter that means nothing puts nothing back', async () => {
  const { ask, calls } = startApi()
  for (const query of ['projekt=one', 'project=', 'project=a&project=b']) {
    const response = await ask(`/pushes/retry?${query}`, { method: 'POST' })
    expect(response.status).toBe(400)
    expect(await messageOf(response)).toContain(query.split('=')[0] ?? '')
  }
  expect(calls).toEqual([])
})

test('the thread that writes is asked, and the one that sends is woken once it has written', async () => {
  const told: unknown[] = []
  const answers = ['{"kind":"done","json":"3"}', '{"kind":"refused","code":"overloaded","message":"Full"}']
  const { retryPushes } = createTraceReader(() => Promise.reject(new Error('Nothing is read')), {
    change: async (asked) => {
      told.push(JSON.parse(asked))
      return answers.shift() ?? ''
    },
    wakeSender: () => void told.push('woken'),
  })
  expect(await retryPushes('one')).toBe(3)
  expect(told).toEqual([{ who: expect.anything(), kind: 'push-again', project: 'one' }, 'woken'])
  await expect(retryPushes(null)).rejects.toThrow('Full')
  expect(told).toHaveLength(3)
})
