import { expect, test } from 'bun:test'
import { messageOf, startApi } from '../../support/api.ts'
import { fakeTraces, storedTrace } from '../../support/heads.ts'

test('removing one trace leaves the others', async () => {
  const { ask, stored } = startApi()
  const id = stored[1]?.record.id
  expect(await (await ask(`/traces/${id}`, { method: 'DELETE' })).json()).toEqual({ removed: 1 })
  expect(stored.map(({ record }) => record.id)).not.toContain(id)
  expect(stored.length).toBe(2)
  expect((await ask(`/traces/${id}`, { method: 'DELETE' })).status).toBe(404)
})

test('removing without a filter removes nothing', async () => {
  const { ask, stored } = startApi()
  const response = await ask('/traces', { method: 'DELETE' })
  expect(response.status).toBe(400)
  expect(await messageOf(response)).toContain('at least one filter')
  expect(stored.length).toBe(3)
})

test.each(['modle=a', 'provider=demo&limit=1', 'provider=demo&before=0123456789abcdefghjk'])(
  'removing by what is no filter removes nothing: %s',
  async (query) => {
    const { ask, stored } = startApi()
    expect((await ask(`/traces?${query}`, { method: 'DELETE' })).status).toBe(400)
    expect(stored.length).toBe(3)
  },
)

test('removing by filter takes every page, and nothing that began meanwhile', async () => {
  const many = Array.from({ length: 450 }, (_, at) => storedTrace({ model: at % 3 === 0 ? 'keep' : 'drop' }))
  const late = storedTrace({ model: 'drop', startedAt: Date.UTC(2026, 1, 1) })
  const { ask, stored } = startApi({}, fakeTraces([...many, late]))
  expect(await (await ask('/traces?model=drop', { method: 'DELETE' })).json()).toEqual({ removed: 300 })
  expect(stored.length).toBe(151)
})
