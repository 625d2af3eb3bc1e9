import { expect, test } from 'bun:test'
import { beginOf, pathOf } from '../../../src/merge/begin.ts'
import { createProviders } from '../../../src/provider/provider.ts'

test('a path is what the client wrote, whatever its Host', () => {
  expect(pathOf('http://weir/a//b%2Fc?d=/e#f')).toBe('/a//b%2Fc?d=/e#f')
  expect(pathOf('https://[::1]:9347')).toBe('/')
  expect(pathOf('/openai/v1/models')).toBe('/openai/v1/models')
})

test('a beginning names credentials as secrets, and holds none of them elsewhere', () => {
  const headers = { authorization: 'Bearer one-secret', 'content-type': 'application/json' }
  const request = new Request('http://weir/p/v1/x?key=two-secret&a=1', { method: 'POST', headers })
  const settings = {
    url: 'http://p',
    key: 'three-secret',
    headers: { 'X-Vendor-Key': 'four-secret', 'X-Version': 'no secret' },
  }
  const provider = createProviders({ p: settings }).get('p') ?? null
  const { secrets, ...begin } = beginOf(
    request,
    { provider, dialect: null, model: 'm', stream: true },
    { startedAt: 7, user: 'ada' },
  )
  expect([...new Set(secrets)]).toEqual(['one-secret', 'two-secret', 'three-secret', 'four-secret'])
  expect(JSON.stringify(begin)).not.toContain('-secret')
  expect(begin).toMatchObject({
    startedAt: 7,
    user: 'ada',
    provider: 'p',
    method: 'POST',
    path: '/p/v1/x?key=[redacted]&a=1',
  })
  const named = { provider, dialect: null, model: 'to/three-secret/x', stream: true }
  expect(beginOf(request, named, { startedAt: 7 }).model).toBe('to/************/x')
})
