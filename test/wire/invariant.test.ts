import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createProvider, whole, type Answer, type Call, type Provider } from '../support/provider.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** The routes of Invariant's gateway over real sockets: which keys go where, and what is said where one is missing. */
const theirKey = 'inv-canary-5e1f0c'
const key = 'sk-canary-of-provider'
const json = ['Content-Type: application/json', 'x-request-id: req_7']
const ok: Answer = (call) => call.send(whole('{"choices":[]}', json))
let answer: Answer = ok
let provider: Provider
let weir: Weir

beforeAll(async () => {
  provider = await createProvider((call, number) => answer(call, number))
  weir = await startWeir({
    providers: {
      openai: { url: provider.url },
      anthropic: { url: provider.url },
      gemini: { url: provider.url },
      own: { dialect: 'openai-chat', url: `${provider.url}/v1`, key: 'sk-configured' },
    },
  })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await provider.stop()
})

beforeEach(() => {
  answer = ok
})

const prefix = '/api/v1/gateway'

type Asked = { readonly method?: string; readonly body?: string; readonly headers?: Record<string, string> }

function ask(path: string, { method = 'POST', body = '{"model":"m"}', headers = {} }: Asked = {}) {
  const sent = method === 'GET' || method === 'OPTIONS' ? null : body
  return fetch(`${weir.url}${prefix}${path}`, { method, body: sent, headers, redirect: 'manual' })
}

function lastCall(): Call {
  const call = provider.calls.at(-1)
  if (call === undefined) throw new Error('The provider was not called')
  return call
}

const bearer = { authorization: `Bearer ${key}` }

for (const [asked, arrives] of [
  ['/openai/chat/completions', '/v1/chat/completions'],
  ['/set-1_a/openai/chat/completions', '/v1/chat/completions'],
  ['/openai/openai/chat/completions', '/v1/chat/completions'],
  ['/set/openai/v1/chat/completions?a=1&b=%20', '/v1/chat/completions?a=1&b=%20'],
  ['/openai/responses', '/v1/responses'],
  ['/set/openai/embeddings', '/v1/embeddings'],
  ['/anthropic/v1/messages?beta=true', '/v1/messages?beta=true'],
  ['/set/anthropic/v1/messages/count_tokens', '/v1/messages/count_tokens'],
  ['/gemini/v1beta/models/g:generateContent', '/v1beta/models/g:generateContent'],
  [
    '/set/gemini/v1beta/models/g:streamGenerateContent?alt=sse',
    '/v1beta/models/g:streamGenerateContent?alt=sse',
  ],
  ['/models/gemini/v1beta/tunedModels/t:countTokens', '/v1beta/tunedModels/t:countTokens'],
  ['/openai/models', '/v1/models'],
  ['/own/chat/completions', '/v1/chat/completions'],
  ['/set/own/chat/completions', '/v1/chat/completions'],
] as const) {
  test(`${asked} arrives at its provider as ${arrives}`, async () => {
    const reply = await ask(asked, { headers: bearer })
    expect(reply.status).toBe(200)
    expect(lastCall().target).toBe(arrives)
    expect(reply.headers.get('x-request-id')).toBe('req_7')
  })
}

test('the dataset is the project of the trace, and without one it is the usual one', async () => {
  for (const [path, project] of [
    ['/set-1_a/openai/chat/completions', 'set-1_a'],
    ['/-a/openai/chat/completions', '-a'],
    [`/${'d'.repeat(200)}/openai/chat/completions`, 'd'.repeat(200)],
    ['/openai/chat/completions', 'default'],
  ] as const) {
    const reply = await ask(path, { headers: bearer })
    const trace = await weir.trace(reply.headers.get('x-weir-trace') ?? undefined)
    expect(trace).toMatchObject({ project, provider: 'openai', dialect: 'openai-chat', outcome: 'answered' })
  }
})

for (const name of ['my.data', 'my%20data', '%ff', 'd'.repeat(201), '']) {
  test(`a dataset may not be called "${name.slice(0, 20)}"`, async () => {
    const calls = provider.calls.length
    const reply = await ask(`/${name}/openai/chat/completions`, { headers: bearer })
    expect(reply.status).toBe(400)
    expect(await reply.json()).toMatchObject({ detail: expect.stringContaining('name of a dataset') })
    expect(provider.calls).toHaveLength(calls)
  })
}

const openai = '/openai/chat/completions'
const claude = '/anthropic/v1/messages'
const gemini = '/gemini/v1beta/models/g:generateContent'

type Form = {
  readonly how: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly arrives: Record<string, string | undefined>
}

const forms: readonly Form[] = [
  {
    how: 'in its own header',
    path: openai,
    headers: { ...bearer, 'Invariant-Authorization': `Bearer ${theirKey}` },
    arrives: bearer,
  },
  ...[`;invariant-auth=${theirKey}`, `|invariant-auth: ${theirKey}`, `|invariant-auth:${theirKey}`].flatMap(
    (behind): Form[] => [
      { how: behind, path: openai, headers: { authorization: `Bearer ${key}${behind}` }, arrives: bearer },
      { how: behind, path: openai, headers: { authorization: `${key}${behind}` }, arrives: bearer },
      {
        how: `${behind}, beside its own header`,
        path: openai,
        headers: { authorization: `Bearer ${key}${behind}`, 'invariant-authorization': theirKey },
        arrives: bearer,
      },
      { how: behind, path: claude, headers: { 'x-api-key': key + behind }, arrives: { 'x-api-key': key } },
      {
        how: `${behind}, as a token`,
        path: claude,
        headers: { authorization: `Bearer ${key}${behind}` },
        arrives: { ...bearer, 'x-api-key': undefined },
      },
      {
        how: behind,
        path: gemini,
        headers: { 'x-goog-api-key': key + behind },
        arrives: { 'x-goog-api-key': key },
      },
      {
        how: `${behind}, where LiteLLM has it`,
        path: gemini,
        headers: { authorization: `Bearer ${key}${behind}` },
        arrives: { 'x-goog-api-key': key, authorization: undefined },
      },
      {
        how: `${behind}, in the query`,
        path: `${gemini}?key=${encodeURIComponent(key + behind)}&a=1`,
        headers: {},
        arrives: { 'x-goog-api-key': key, authorization: undefined },
      },
      {
        how: `${behind}, in the query as it is`,
        path: `${gemini}?key=${key}${behind.replace(' ', '%20')}`,
        headers: {},
        arrives: { 'x-goog-api-key': key },
      },
    ],
  ),
]

for (const { how, path, headers, arrives } of forms) {
  for (const dataset of ['', '/set']) {
    test(`the Invariant key ends here, ${how}: ${dataset}${path.split('?', 1)} (${Object.keys(headers)})`, async () => {
      const reply = await ask(dataset + path, { headers })
      expect(reply.status).toBe(200)
      const call = lastCall()
      for (const [name, value] of Object.entries(arrives)) expect(call.header(name)).toBe(value)
      const came = call.head.toLowerCase()
      expect(came).not.toContain('inv-canary')
      expect(came).not.toContain('invariant')
      await weir.trace(reply.headers.get('x-weir-trace') ?? undefined)
    })
  }
}

test('keys that were split stand in nothing that is stored, not even where an answer repeats them', async () => {
  answer = (call) => call.send(whole(JSON.stringify({ choices: [], echo: [key, theirKey] }), json))
  for (const { path, headers } of forms) {
    const reply = await ask(path, { headers })
    expect(await reply.text()).toContain(theirKey)
    const { id } = await weir.trace(reply.headers.get('x-weir-trace') ?? undefined)
    const kept = await weir.bytes(id)
    expect(String(kept.reply)).toMatch(/"echo":\["\*+","\*+"\]/)
  }
  for (const file of readdirSync(weir.folder)) {
    const bytes = readFileSync(join(weir.folder, file))
    expect(bytes.includes(theirKey)).toBe(false)
    expect(bytes.includes(key)).toBe(false)
  }
  expect(JSON.stringify(weir.lines)).not.toMatch(/canary/)
})

test('where a request was forwarded from is not told to the provider', async () => {
  const headers = { ...bearer, 'X-Forwarded-For': '10.1.2.3', 'X-Real-IP': '10.1.2.3', 'x-other': 'kept' }
  await ask(openai, { headers })
  expect(lastCall().head).not.toContain('10.1.2.3')
  expect(lastCall().header('x-other')).toBe('kept')
})

test('headers for Invariant reach no provider, at whichever door', async () => {
  const headers = {
    ...bearer,
    'Invariant-Authorization': `Bearer ${theirKey}`,
    'Invariant-Guardrails-Authorization': theirKey,
    'Invariant-Push': 'skip',
    'Invariant-Anything': 'canary',
  }
  await ask(openai, { headers })
  expect(lastCall().head.toLowerCase()).not.toMatch(/invariant|canary-5e/)
  await fetch(`${weir.url}/openai/v1/chat/completions`, { method: 'POST', body: '{}', headers })
  expect(lastCall().head.toLowerCase()).not.toMatch(/invariant|canary-5e/)
})

for (const [headers, path] of [
  [{ authorization: `Bearer ${key};invariant-auth=` }, openai],
  [{ authorization: `Bearer ${key};invariant-auth=a;invariant-auth=b` }, openai],
  [{ authorization: `Bearer ${key}|invariant-auth: a;invariant-auth=b` }, openai],
  [{ authorization: `Bearer ${key};invariant-auth=Bearer ` }, openai],
  [{}, `${gemini}?key=${key}%3Binvariant-auth%3D`],
] as const) {
  test(`keys that are not two are refused: ${JSON.stringify(headers)}`, async () => {
    const reply = await ask(path, { headers })
    expect(reply.status).toBe(400)
    expect(await reply.json()).toEqual({ detail: 'Invalid API Key format' })
  })
}

for (const [path, headers, detail] of [
  [openai, {}, 'Missing authorization header'],
  ['/openai/models', {}, 'Missing authorization header'],
  [`/set${openai}`, { authorization: `Bearer ;invariant-auth=${theirKey}` }, 'Missing authorization header'],
  [openai, { authorization: 'Bearer ' }, 'Missing authorization header'],
  [claude, {}, 'Missing Anthropic authorization header'],
  [gemini, {}, 'Missing Gemini authorization header'],
  [`${gemini}?key=`, {}, 'Missing Gemini authorization header'],
] as const) {
  test(`without the provider's key ${path} is refused: ${JSON.stringify(headers)}`, async () => {
    const calls = provider.calls.length
    const method = path.endsWith('models') ? 'GET' : 'POST'
    const reply = await ask(path, { headers, method })
    expect(reply.status).toBe(400)
    expect(await reply.json()).toEqual({ detail })
    expect(provider.calls).toHaveLength(calls)
  })
}

test('where the configuration has the key nobody needs to bring one', async () => {
  const reply = await ask('/set/own/chat/completions', { headers: { 'Invariant-Authorization': theirKey } })
  expect(reply.status).toBe(200)
  expect(lastCall().header('authorization')).toBe('Bearer sk-configured')
})

test('a token of Google and the key of its route for clients of OpenAI stay where they are', async () => {
  await ask(gemini, { headers: { authorization: 'Bearer ya29.token' } })
  expect(lastCall().header('authorization')).toBe('Bearer ya29.token')
  await ask('/set/gemini/v1beta/openai/chat/completions', { headers: { authorization: 'Bearer AIza' } })
  expect(lastCall().header('authorization')).toBe('Bearer AIza')
  expect(lastCall().header('x-goog-api-key')).toBeUndefined()
  await ask(gemini, { headers: { authorization: 'Bearer other', 'x-goog-api-key': 'Bearer AIza' } })
  expect(lastCall().header('authorization')).toBeUndefined()
  expect(lastCall().header('x-goog-api-key')).toBe('AIza')
  await ask(`${gemini}?key=AIza`, { headers: { authorization: 'Bearer other' } })
  expect(lastCall().header('x-goog-api-key')).toBeUndefined()
  expect(lastCall().target).toEndWith('?key=AIza')
})

test('what the provider says of its own trouble comes as it is, with status and headers', async () => {
  const body = '{"error": {"message": "é slow", "type": "rate_limit", "code": 1.0}}'
  answer = (call) => call.send(whole(body, [...json, 'retry-after: 7'], '429 Too Many Requests'))
  for (const stream of [false, true]) {
    const reply = await ask(`/set${openai}`, {
      headers: bearer,
      body: JSON.stringify({ model: 'm', stream }),
    })
    expect(reply.status).toBe(429)
    expect(reply.headers.get('retry-after')).toBe('7')
    expect(await reply.text()).toBe(body)
  }
})

test('what is not there is told, and health and root answer', async () => {
  const missing = await ask('/nobody/chat/completions', { headers: bearer })
  expect(missing.status).toBe(404)
  expect(await missing.json()).toMatchObject({ detail: expect.stringContaining('/nobody/chat/completions') })
  const health = await ask('/health', { method: 'GET' })
  expect(await health.json()).toEqual({ message: 'Hello from Invariant v1/gateway' })
  for (const path of ['', '/']) {
    const root = await ask(path, { method: 'GET' })
    expect(root.status).toBe(307)
    expect(root.headers.get('location')).toBe('/')
  }
})

const origin = 'https://page.example'

test('a page that brings its key may ask, and read what it is told', async () => {
  const asked = { origin, 'access-control-request-headers': 'authorization,invariant-authorization,x-other' }
  const first = await ask(`/set${openai}`, { method: 'OPTIONS', headers: asked })
  expect(first.status).toBe(204)
  expect(first.headers.get('access-control-allow-origin')).toBe(origin)
  expect(first.headers.get('access-control-allow-methods')).toContain('DELETE')
  expect(first.headers.get('access-control-allow-headers')).toBe(asked['access-control-request-headers'])
  expect(first.headers.get('access-control-max-age')).toBe('86400')
  const bare = await ask('/anthropic/v1/messages', { method: 'OPTIONS' })
  expect(bare.headers.get('access-control-allow-origin')).toBe('*')
  expect(bare.headers.get('access-control-allow-headers')).toContain('Invariant-Authorization')
  for (const headers of [{ ...bearer, origin }, { origin }]) {
    const reply = await ask(openai, { headers })
    expect(reply.headers.get('access-control-allow-origin')).toBe(origin)
    expect(reply.headers.get('vary')).toContain('Origin')
  }
})

test('the key of the configuration is lent to no page', async () => {
  const first = await ask('/own/chat/completions', { method: 'OPTIONS', headers: { origin } })
  expect(first.status).toBe(204)
  expect(first.headers.get('access-control-allow-origin')).toBeNull()
  const reply = await ask('/own/chat/completions', { headers: { origin } })
  expect(reply.headers.get('access-control-allow-origin')).toBeNull()
})
