import { expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import page from '../../src/explorer/index.html'
import { createServer } from '../../src/server.ts'

test('what fails before there is an exchange is logged with its cause, and told without it', async () => {
  const logged: unknown[] = []
  const server = createServer({
    catalogue: async () => [],
    gateway: () => {
      throw new Error('providers at 10.0.0.1', { cause: new Error('because') })
    },
    isReady: () => true,
    metrics: () => '',
    api: new Elysia(),
    page,
    log: (level, event, fields) => void logged.push([level, event, fields]),
  })
  const response = await server.handle(new Request('http://weir/v1beta/x'))
  const text = await response.text()
  expect(response.status).toBe(500)
  expect(JSON.parse(text)).toMatchObject({ error: { code: 500, status: 'INTERNAL' } })
  expect(text).not.toMatch(/10\.0\.0\.1|because/)
  expect(logged).toEqual([['error', 'bug', { cause: 'providers at 10.0.0.1: because' }]])
})
