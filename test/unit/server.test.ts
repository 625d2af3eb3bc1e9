import { expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import type { Gateway } from '../../src/exchange.ts'
import page from '../../src/explorer/index.html'
import { createProviders } from '../../src/provider/provider.ts'
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

for (const [permit, status, detail] of [
  ['no-key', 400, 'Missing invariant api key'],
  ['unknown-key', 401, 'Invalid Invariant API key. Please check your API key.'],
  ['forbidden', 403, 'This Invariant API key may not use the dataset "set"'],
] as const) {
  test(`who may not use a dataset is told so before anything of it is done: ${permit}`, async () => {
    const asked: unknown[] = []
    const server = createServer({
      catalogue: async () => [],
      gateway: () => ({ ...unusable, providers: createProviders({}) }),
      mayUse: async (key, project) => {
        asked.push([key, project])
        return permit
      },
      isReady: () => true,
      metrics: () => '',
      api: new Elysia(),
      page,
      log: () => {},
    })
    const headers = {
      authorization: 'Bearer sk-1;invariant-auth=inv-1',
      origin: 'https://page.example',
    }
    const response = await server.handle(
      new Request('http://weir/api/v1/gateway/set/openai/chat/completions', {
        method: 'POST',
        headers,
        body: '{}',
      }),
    )
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ detail })
    expect(response.headers.get('access-control-allow-origin')).toBe('https://page.example')
    expect(asked).toEqual([['inv-1', 'set']])
  })
}

const never = (): never => {
  throw new Error('No exchange was to begin')
}

/** A gateway through which nothing may go. */
const unusable: Omit<Gateway, 'providers'> = {
  call: never,
  recorder: {
    durable: false,
    open: never,
    request: never,
    begin: never,
    called: never,
    answered: never,
    reply: never,
    insert: never,
    save: never,
    annotate: never,
    end: never,
    flush: never,
  },
  hear: never,
  patience: { wait: never, rest: never, look: never },
  limits: { wholeBytes: 0, streamedBytes: 0, silenceMs: 0, openExchanges: 0 },
  whenClientLeaves: 'cancel',
  createId: never,
  settled: never,
  log: never,
  now: never,
  load: { running: new Set(), stopping: false },
}
