import { expect, test } from 'bun:test'
import { outcomes } from '../../../src/merge/report.ts'
import { messageOf, startApi } from '../../support/api.ts'

test('every filter reaches the reader in its own type', async () => {
  const { ask, calls } = startApi()
  await ask(
    '/traces?project=p&provider=openai&model=a%2Fb%20c&outcome=client-left&status=404&since=5&until=2026-01-31T12:00:00Z&text=1&limit=1000',
  )
  expect(calls).toEqual([
    {
      project: 'p',
      provider: 'openai',
      model: 'a/b c',
      outcome: 'client-left',
      status: 404,
      since: 5,
      until: Date.UTC(2026, 0, 31, 12),
      text: '1',
      limit: 1000,
    },
  ])
})

test('without parameters a list has fifty', async () => {
  const { ask, calls } = startApi()
  await ask('/traces')
  expect(calls).toEqual([{ limit: 50 }])
})

test('every outcome is a value of its filter', async () => {
  const { ask } = startApi()
  for (const outcome of outcomes) expect((await ask(`/traces?outcome=${outcome}`)).status).toBe(200)
})

const good = [
  'limit=1',
  'limit=999',
  'limit=1000',
  'status=100',
  'status=599',
  'since=0',
  'since=2026-01-31',
  'until=2026-01-31T12:00:00.5%2B01:00',
  'text=%00',
  `text=${'x'.repeat(500)}`,
  'text=null',
  'text=%7B%22a%22:1%7D',
  `model=${'m'.repeat(200)}`,
  'before=0123456789abcdefghjk',
]

test.each(good)('"%s" is accepted', async (query) => {
  expect((await startApi().ask(`/traces?${query}`)).status).toBe(200)
})

const bad = [
  'limit=0',
  'limit=1001',
  'limit=-1',
  'limit=1.5',
  'limit=abc',
  'limit=',
  'limit=01',
  'status=99',
  'status=600',
  'status=20',
  'status=2xx',
  'since=yesterday',
  'since=-1',
  'since=2026-13-45',
  'since=',
  'until=1e3',
  'outcome=Answered',
  'outcome=',
  'text=',
  `text=${'x'.repeat(501)}`,
  'model=',
  `model=${'m'.repeat(201)}`,
  'project=',
  'provider=',
  'before=',
  'before=x',
  'before=0123456789abcdefghjk0',
  'before=0123456789abcdefghil',
  'before=0123456789ABCDEFGHJK',
]

test.each(bad)('"%s" is refused by the name of its parameter', async (query) => {
  const response = await startApi().ask(`/traces?${query}`)
  expect(response.status).toBe(400)
  const { error } = await response.json()
  expect(error.code).toBe('bad-request')
  expect(error.message).toStartWith(`The parameter "${query.split('=')[0]}" must be `)
})

test('a parameter that means nothing is refused, and what is known is told', async () => {
  const response = await startApi().ask('/traces?modle=x')
  expect(response.status).toBe(400)
  expect(await messageOf(response)).toStartWith(
    'Unknown parameter "modle": known are project, provider, model',
  )
})

test('a parameter that comes twice is refused', async () => {
  const response = await startApi().ask('/traces?model=a&model=b')
  expect(await messageOf(response)).toBe('The parameter "model" is given twice')
})
