import { expect, test } from 'bun:test'
import { messageOf, startApi } from '../../support/api.ts'

test('costs are asked for by groups, in the order they are named, and by filters', async () => {
  const { ask, calls } = startApi()
  const response = await ask(
    '/costs?by=model,day&from=2026-01-01&to=1800000000000&project=p&client=c&provider=o&model=m',
  )
  expect(await response.json()).toMatchObject({
    currency: 'USD',
    total: { cost: '0' },
    groups: [],
    isCut: false,
  })
  expect(calls).toEqual([
    {
      by: ['model', 'day'],
      from: Date.UTC(2026, 0, 1),
      to: 1_800_000_000_000,
      project: 'p',
      client: 'c',
      provider: 'o',
      model: 'm',
    },
  ])
})

test('without parameters there is one sum of all', async () => {
  const { ask, calls } = startApi()
  await ask('/costs')
  expect(calls).toEqual([{ by: [] }])
})

test.each([
  'by=week',
  'by=model,,day',
  'by=model,model',
  'by=',
  'from=now',
  'to=',
  'model=',
  'since=1',
  'by=day&by=day',
])('what cannot be summed by is refused: %s', async (query) => {
  const response = await startApi().ask(`/costs?${query}`)
  expect(response.status).toBe(400)
  expect(await messageOf(response)).toContain(query.split('=')[0] ?? '')
})
