import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import type { Fields } from '../../../src/core/log.ts'
import type { Fetch } from '../../../src/provider/ask.ts'
import { createCatalogue } from '../../../src/provider/catalogue.ts'
import { createProviders, type ProviderSettings } from '../../../src/provider/provider.ts'

type Call = { readonly url: string; readonly init: BunFetchRequestInit }
type Answer = (call: Call) => Response | Promise<Response>

const json = (value: unknown) => new Response(JSON.stringify(value))
const listOf = (...ids: readonly string[]) => json({ object: 'list', data: ids.map((id) => ({ id })) })

/** A catalogue over providers that answer as told, and a clock that stands still. */
function open(settings: Record<string, ProviderSettings>, answer: Answer) {
  const calls: Call[] = []
  const warnings: Fields[] = []
  const deadlines: { readonly ms: number; readonly abort: AbortController }[] = []
  const clock = { ms: 1_000_000 }
  const fetch: Fetch = async (url, init) => {
    const call = { url, init }
    calls.push(call)
    return answer(call)
  }
  const deadline = (ms: number) => {
    const abort = new AbortController()
    deadlines.push({ ms, abort })
    return abort.signal
  }
  const list = createCatalogue({
    fetch,
    deadline,
    now: () => clock.ms,
    log: (level, event, fields = {}) => void warnings.push({ level, event, ...fields }),
  })
  const configure = (more: Record<string, ProviderSettings>) => createProviders(more, ['fast', 'echo'])
  let providers = configure(settings)
  const names = async () => (await list(providers)).map(({ provider, name }) => `${provider.name}/${name}`)
  return {
    names,
    calls,
    warnings,
    deadlines,
    clock,
    reload: () => void (providers = configure(settings)),
  }
}

const local = { dialect: 'openai-chat', url: 'http://local.test/v1', key: 'k' } as const
const demo = ['demo/echo', 'demo/fast']

test('without any key nobody is asked, and the list is that of the demo', async () => {
  const { names, calls } = open({ a: { dialect: 'openai-chat', url: 'http://a.test' } }, () => listOf('x'))
  expect(await names()).toEqual(demo)
  expect(calls).toEqual([])
})

test('each dialect is asked at its own place, with its key in its own form', async () => {
  const all = {
    openai: { key: 'key-1' },
    bare: { dialect: 'openai-responses', url: 'http://bare.test/', key: 'key-2' },
    deep: { dialect: 'openai-chat', url: 'http://deep.test/api/paas/v4', key: 'key-3' },
    anthropic: { key: 'key-4' },
    gemini: { key: 'key-5' },
    oauth: { dialect: 'anthropic', url: 'http://a.test/claude', key: 'sk-ant-oat01-6' },
  } as const
  const { names, calls } = open(all, ({ url }) => {
    if (url.includes('/v1beta/')) return json({ models: [{ name: 'models/gemini-x' }, { name: 'y/z' }] })
    return listOf('one')
  })
  expect(await names()).toEqual([
    'anthropic/one',
    'bare/one',
    'deep/one',
    ...demo,
    'gemini/gemini-x',
    'gemini/y/z',
    'oauth/one',
    'openai/one',
  ])
  const told = calls.map(({ url, init }) => {
    const {
      accept,
      'accept-encoding': encoding,
      ...credentials
    } = Object.fromEntries(new Headers(init.headers))
    return [url, credentials]
  })
  expect(told).toEqual([
    ['https://api.openai.com/v1/models', { authorization: 'Bearer key-1' }],
    [
      'https://api.anthropic.com/v1/models?limit=1000',
      { 'anthropic-version': '2023-06-01', 'x-api-key': 'key-4' },
    ],
    ['https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000', { 'x-goog-api-key': 'key-5' }],
    ['http://bare.test/v1/models', { authorization: 'Bearer key-2' }],
    ['http://deep.test/api/paas/v4/models', { authorization: 'Bearer key-3' }],
    [
      'http://a.test/claude/v1/models?limit=1000',
      { 'anthropic-version': '2023-06-01', authorization: 'Bearer sk-ant-oat01-6' },
    ],
  ])
})

test('the headers, the proxy and the certificates of a provider hold, and redirects are not followed', async () => {
  const transport = { proxy: 'http://proxy.test', tls: { ca: 'authority' } }
  const { names, calls } = open({ local: { ...local, headers: { 'X-Team': 'a' }, transport } }, () =>
    listOf(),
  )
  await names()
  expect(calls[0]?.init).toMatchObject({ ...transport, redirect: 'manual', decompress: false })
  expect(new Headers(calls[0]?.init.headers).get('x-team')).toBe('a')
})

test('names of the configuration are listed; a provider whose names are all there is not asked', async () => {
  const { names, calls } = open(
    {
      whole: { ...local, models: ['b', 'a'] },
      part: { ...local, models: ['own', 'own', 'x-*'] },
      demo: { key: 'k', models: ['fa*'] },
    },
    () => listOf('x-1', 'own'),
  )
  expect(await names()).toEqual(['part/own', 'part/x-1', 'whole/a', 'whole/b'])
  expect(calls).toHaveLength(1)
})

test('names are sorted by provider, then by name, by code units', async () => {
  const { names } = open({ b: local, a: local, 'a-b': local }, () => listOf('z', 'B', 'a10', 'a2', 'z'))
  const sorted = ['B', 'a10', 'a2', 'z']
  expect(await names()).toEqual([
    ...sorted.map((name) => `a/${name}`),
    ...sorted.map((name) => `a-b/${name}`),
    ...sorted.map((name) => `b/${name}`),
    ...demo,
  ])
})

test('an answer is kept for five minutes, to the millisecond', async () => {
  let version = 0
  const { names, calls, clock } = open({ local }, () => listOf(`v${++version}`))
  expect(await names()).toContain('local/v1')
  clock.ms += 5 * 60_000 - 1
  expect(await names()).toContain('local/v1')
  clock.ms += 1
  expect(await names()).toContain('local/v2')
  expect(calls).toHaveLength(2)
})

test('a new configuration asks anew', async () => {
  const { names, calls, reload } = open({ local }, () => listOf('x'))
  await names()
  reload()
  await names()
  expect(calls).toHaveLength(2)
})

test('however many want the list, each provider is asked once at a time, and all of them at once', async () => {
  const waiting: (() => void)[] = []
  const { names, calls } = open(
    { a: local, b: local },
    () => new Promise((resolve) => waiting.push(() => resolve(listOf('x')))),
  )
  const lists = [names(), names(), names()]
  expect(calls).toHaveLength(2)
  for (const answer of waiting.toReversed()) answer()
  for (const list of lists) expect(await list).toEqual(['a/x', 'b/x', ...demo])
  expect(calls).toHaveLength(2)
})

test('a provider that fails is left out, told in one line, and asked again after 30 seconds', async () => {
  let fails = true
  const { names, calls, clock, warnings } = open({ bad: local, good: local }, (call) => {
    if (!fails || calls.indexOf(call) % 2 === 1) return listOf('x')
    throw new Error('Unable to connect')
  })
  expect(await names()).toEqual([...demo, 'good/x'])
  clock.ms += 29_999
  expect(await names()).toEqual([...demo, 'good/x'])
  expect(calls).toHaveLength(2)
  expect(warnings).toEqual([
    { level: 'warn', event: 'models-unknown', provider: 'bad', cause: 'Unable to connect' },
  ])
  clock.ms += 1
  fails = false
  expect(await names()).toEqual(['bad/x', ...demo, 'good/x'])
  expect(calls).toHaveLength(3)
})

test('a provider that takes longer than three seconds is left out, and let go', async () => {
  const { names, deadlines, warnings } = open(
    { local },
    ({ init }) =>
      new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason))),
  )
  const list = names()
  expect(deadlines.map(({ ms }) => ms)).toEqual([3_000])
  deadlines[0]?.abort.abort(new Error('too slow'))
  expect(await list).toEqual(demo)
  expect(warnings).toMatchObject([{ cause: 'too slow' }])
})

test.each([
  ['a status that is none of success', () => new Response('{"data":[]}', { status: 401 }), 'status 401'],
  ['a redirect', () => new Response(null, { status: 302, headers: { location: '/x' } }), 'status 302'],
  ['a page', () => new Response('<html>secret'), 'no list'],
  ['no body', () => new Response(null), 'no list'],
  ['JSON of another kind', () => json({ data: 'secret' }), 'no list'],
  ['entries without a name', () => json({ data: [{ id: 'a' }, { id: '' }] }), 'no list'],
  [
    'an encoding that is none',
    () => new Response('x', { headers: { 'content-encoding': 'gzip' } }),
    'damaged',
  ],
] as const)('%s is a failure, and nothing of it is logged', async (_, answer, why) => {
  const { names, warnings } = open({ local }, answer)
  expect(await names()).toEqual(demo)
  expect(warnings).toHaveLength(1)
  expect(String(warnings[0]?.['cause'])).toContain(why)
  expect(JSON.stringify(warnings)).not.toContain('secret')
})

test('a list without anything around it, as Together has it, is read too', async () => {
  const { names } = open({ local }, () => json([{ id: 'a/b' }]))
  expect(await names()).toEqual([...demo, 'local/a/b'])
})

const most = 4 * 2 ** 20

function listOfLength(bytes: number): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify({ data: [{ id: 'x' }] })
  return new TextEncoder().encode(text + ' '.repeat(bytes - text.length))
}

test.each([
  ['as it is', listOfLength, {}],
  ['compressed', (bytes: number) => gzipSync(listOfLength(bytes)), { 'content-encoding': 'gzip' }],
] as const)('an answer of 4 MiB is read, %s; one of a byte more is not', async (_, make, headers) => {
  for (const [bytes, wanted] of [
    [most, [...demo, 'local/x']],
    [most + 1, demo],
  ] as const) {
    const { names } = open({ local }, () => new Response(make(bytes), { headers }))
    expect(await names()).toEqual([...wanted])
  }
})

test('an answer without an end is read up to 4 MiB and let go', async () => {
  const seen = { bytes: 0, isLetGo: false }
  const part = new Uint8Array(64 << 10).fill(0x20)
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      seen.bytes += part.byteLength
      controller.enqueue(part)
    },
    cancel: () => void (seen.isLetGo = true),
  })
  const { names, warnings } = open({ local }, () => new Response(endless))
  expect(await names()).toEqual(demo)
  expect(seen.isLetGo).toBe(true)
  expect(seen.bytes).toBeLessThanOrEqual(most + 4 * part.byteLength)
  expect(warnings).toMatchObject([{ cause: 'Its answer is too long' }])
})
