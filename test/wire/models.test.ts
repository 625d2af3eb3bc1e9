import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { ask, openAsk } from '../support/client.ts'
import { createProvider, whole, type Answer, type Provider } from '../support/provider.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** The list of what can be called, put together from what providers say over real sockets, as the SDKs read it. */
const key = 'sk-configured-canary'
const json = ['Content-Type: application/json']
const list = JSON.stringify({ object: 'list', data: [{ id: 'org/small' }, { id: 'large' }] })
const head = `HTTP/1.1 200 OK\r\nContent-Length: ${list.length}\r\n\r\n`

const answers: Readonly<Record<string, Answer>> = {
  openai: (call) => call.send(whole(list, json)),
  claude: (call) => call.send(whole(JSON.stringify({ data: [{ type: 'model', id: 'opus' }] }), json)),
  google: (call) => call.send(whole(JSON.stringify({ models: [{ name: 'models/flash' }] }), json)),
  silent: () => undefined,
  stalled: (call) => call.send(head + list.slice(0, 9)),
  reset: (call) => call.reset(),
  away: (call) => call.send(whole('', [`Location: ${urlOf('openai')}/v1/models`], '302 Found')),
  denied: (call) => call.send(whole(`{"error":"${key}"}`, json, '401 Unauthorized')),
}
const dialects: Readonly<Record<string, string>> = { claude: 'anthropic', google: 'gemini' }
const providers = new Map<string, Provider>()
let weir: Weir

const fromDemo = ['demo/echo', 'demo/fast', 'demo/human']
const found = ['claude/opus', ...fromDemo, 'google/flash', 'openai/large', 'openai/org/small', 'own/tiny']

beforeAll(async () => {
  for (const [name, answer] of Object.entries(answers)) providers.set(name, await createProvider(answer))
  const settings = Object.fromEntries(
    [...providers].map(([name, { url }]) => [name, { dialect: dialects[name] ?? 'openai-chat', url, key }]),
  )
  const own = { dialect: 'openai-chat', url: urlOf('silent'), key, models: ['tiny'] }
  weir = await startWeir({ providers: { ...settings, own } })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  for (const provider of providers.values()) await provider.stop()
})

function urlOf(name: string): string {
  return providers.get(name)?.url ?? ''
}

/** Without the scenarios. */
function toNames(ids: readonly string[]): string[] {
  return ids.filter((id) => !/^demo\/(?:s\d\d|slow)$/.test(id))
}

async function gathered<T>(all: Promise<AsyncIterable<T>>, idOf: (model: T) => string): Promise<string[]> {
  const ids: string[] = []
  for await (const model of await all) ids.push(idOf(model))
  return toNames(ids)
}

async function listed(): Promise<string[]> {
  const { body } = await ask(weir.url, { path: '/v1/models' })
  return toNames([...String(body).matchAll(/"id":"([^"]*)"/g)].map(([, id = '']) => id))
}

test('providers that are slow, stall, reset, redirect or refuse are left out after three seconds, once', async () => {
  const began = performance.now()
  const both = await Promise.all([listed(), listed()])
  const tookMs = performance.now() - began
  expect(both).toEqual([found, found])
  expect(tookMs).toBeGreaterThan(2_900)
  expect(tookMs).toBeLessThan(4_000)
  const warned = weir.lines.filter(({ event }) => event === 'models-unknown')
  const failing = ['away', 'denied', 'reset', 'silent', 'stalled']
  expect(warned.map(({ fields }) => String(fields['provider'])).toSorted()).toEqual(failing)
  expect(JSON.stringify(warned)).not.toContain(key)
  for (const name of ['silent', 'stalled']) expect(await providers.get(name)?.calls[0]?.closed).toBeNumber()
  const again = performance.now()
  expect(await listed()).toEqual(found)
  expect(performance.now() - again).toBeLessThan(tookMs / 2)
})

test('each provider was asked once, and with its own key', async () => {
  await listed()
  const asked = ['openai', 'claude', 'google'].map((name) => providers.get(name)?.calls ?? [])
  expect(asked.map((calls) => calls.map(({ method, target }) => `${method} ${target}`))).toEqual([
    ['GET /v1/models'],
    ['GET /v1/models?limit=1000'],
    ['GET /v1beta/models?pageSize=1000'],
  ])
  const names = ['authorization', 'x-api-key', 'x-goog-api-key', 'anthropic-version']
  expect(asked.map(([call]) => names.map((name) => call?.header(name)))).toEqual([
    [`Bearer ${key}`, undefined, undefined, undefined],
    [undefined, key, undefined, '2023-06-01'],
    [undefined, undefined, key, undefined],
  ])
})

test('through a provider its own list passes as it is', async () => {
  const { body } = await ask(weir.url, { path: '/openai/v1/models' })
  expect(String(body)).toBe(list)
  expect((await weir.traces()).every(({ path }) => path === '/openai/v1/models')).toBe(true)
})

describe('by model', () => {
  test('the SDK of OpenAI reads the list, and one model of it', async () => {
    const { models } = new OpenAI({ apiKey: 'none', baseURL: `${weir.url}/v1`, maxRetries: 0 })
    expect(await gathered(models.list(), ({ id }) => id)).toEqual(found)
    expect(await models.retrieve('demo/fast')).toMatchObject({ id: 'demo/fast', object: 'model' })
    expect(await models.retrieve('openai/org/small')).toMatchObject({ owned_by: 'openai' })
    const unknown = await models.retrieve('openai/none').catch((error: unknown) => error)
    expect(unknown).toMatchObject({ status: 404, code: 'model_not_found' })
  })

  test('the SDK of Anthropic reads the list, and one model of it', async () => {
    const { models } = new Anthropic({ apiKey: 'none', baseURL: weir.url, maxRetries: 0 })
    expect(await gathered(models.list(), ({ id }) => id)).toEqual(found)
    expect(await models.retrieve('demo/fast')).toMatchObject({ id: 'demo/fast', type: 'model' })
    const unknown = await models.retrieve('nobody').catch((error: unknown) => error)
    expect(unknown).toMatchObject({ status: 404, error: { error: { type: 'not_found_error' } } })
  })

  test.each(['v1', 'v1beta'])(
    'the SDK of Google reads the list under /%s, and one model',
    async (apiVersion) => {
      const { models } = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: weir.url, apiVersion } })
      const ids = await gathered(models.list(), ({ name = '' }) => name)
      expect(toNames(ids.map((id) => id.replace('models/', '')))).toEqual(found)
      const fast = { name: 'models/demo/fast', supportedActions: ['generateContent', 'countTokens'] }
      expect(await models.get({ model: 'demo/fast' })).toMatchObject(fast)
      expect(await models.get({ model: 'models/demo/fast' })).toMatchObject(fast)
      const unknown = await models.get({ model: 'nobody' }).catch((error: unknown) => error)
      expect(unknown).toMatchObject({ status: 404 })
    },
  )
})

test('HEAD asks the same as GET, of Weir and of the demo, and its answer is whole without a body', async () => {
  for (const path of ['/v1/models', '/v1/models/demo/echo', '/v1beta/models', '/demo/v1/models']) {
    const client = await openAsk(weir.url, { path, method: 'HEAD' })
    const { status, header } = await client.headed()
    expect([path, status, header('content-type')?.split(';')[0]]).toEqual([path, 200, 'application/json'])
    // What came after it would be a body.
    client.send('GET /health HTTP/1.1\r\nHost: weir.test\r\nConnection: close\r\n\r\n')
    await until('the next answer', () => String(client.came()).endsWith('\r\n\r\nok\n'))
    expect(String(client.came()).split('HTTP/1.1 200 OK')).toHaveLength(3)
    expect(String(client.came()).includes('{')).toBe(false)
    client.leave()
    const id = header('x-weir-trace')
    if (id !== undefined) expect((await weir.trace(id)).outcome).toBe('answered')
  }
})
