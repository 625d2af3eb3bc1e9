import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { Fault } from '../../../src/core/fault.ts'
import { createProviders } from '../../../src/provider/provider.ts'
import { aimAt } from '../../../src/route/aim.ts'
import { clientDialect, type Door } from '../../../src/route/door.ts'
import { aimless } from '../../../src/route/known.ts'

const providers = createProviders({
  both: { dialect: ['openai-chat', 'anthropic'], url: 'http://both', models: ['small'] },
  versioned: { dialect: 'openai-chat', url: 'http://versioned/api/v4' },
})
const limits = { wholeBytes: 1 << 20, streamedBytes: 1 << 20, silenceMs: 1000 }
const quiet = { chunk: () => {}, end: () => {}, fail: () => {} }

function through(name: string, path: string): Door {
  const provider = providers.get(name)
  if (provider === undefined) throw new Error('no such provider')
  return { kind: 'provider', provider, path }
}

function request(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Request {
  const length = { 'content-length': `${Buffer.byteLength(body)}` }
  return new Request('http://weir/', { method: 'POST', body, headers: { ...length, ...headers } })
}

const aim = (body: string | Uint8Array<ArrayBuffer>, door: Door, headers?: Record<string, string>) =>
  aimAt(request(body, headers), door, { providers, limits, watcher: quiet, rules: 'none' })

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'fine'
  } catch (error) {
    return error instanceof Fault ? error.code : String(error)
  }
}

const byModel: Door = { kind: 'model', dialect: 'openai-chat', path: '/v1/chat/completions' }

test('a path of a provider is aimed at it whatever the path, and read only where its dialect is known', async () => {
  const body = '{"model":"m","stream":true}'
  expect(await aim(body, through('both', '/v1/messages?beta=true'))).toMatchObject({
    dialect: 'anthropic',
    model: 'm',
    stream: true,
    path: '/v1/messages?beta=true',
    splice: null,
  })
  expect(await aim(body, through('both', '/v1/files'))).toMatchObject({
    dialect: null,
    model: null,
    stream: false,
  })
  expect(await aim('not JSON', through('both', '/v1/messages'))).toMatchObject({ model: null, stream: false })
  const packed = await aim(gzipSync(body), through('both', '/v1/messages'), { 'content-encoding': 'gzip' })
  expect(packed).toMatchObject({ dialect: 'anthropic', model: null })
})

test('by model the name is put in place, and where it stood is told', async () => {
  const { body, splice, ...rest } = await aim('{"x":1,"model":"both/small"}', byModel)
  expect(new TextDecoder().decode(body.whole() ?? undefined)).toBe('{"x":1,"model":"small"}')
  expect(splice).toEqual({ at: 15, length: 12, with: '"small"' })
  expect(rest).toMatchObject({ model: 'small', dialect: 'openai-chat', decoded: false })
})

test('by model a body in which nothing changes stays the same bytes', async () => {
  const { body, splice } = await aim('{"model" : "small"}', byModel)
  expect([new TextDecoder().decode(body.whole() ?? undefined), splice]).toEqual(['{"model" : "small"}', null])
})

test('by model a compressed body is opened only if its name must change', async () => {
  const same = gzipSync('{"model":"small"}')
  const kept = await aim(same, byModel, { 'content-encoding': 'gzip' })
  expect([kept.decoded, Buffer.from(kept.body.whole() ?? []).equals(same)]).toEqual([false, true])
  const changed = await aim(gzipSync('{"model":"both/small"}'), byModel, { 'content-encoding': 'gzip' })
  expect([changed.decoded, new TextDecoder().decode(changed.body.whole() ?? undefined)]).toEqual([
    true,
    '{"model":"small"}',
  ])
  expect(await codeOf(aim('{"model":"small"}', byModel, { 'content-encoding': 'gzip' }))).toBe('bad-request')
  const bomb = gzipSync(`{"model":"both/small","x":"${' '.repeat(2 << 20)}"}`)
  expect(await codeOf(aim(bomb, byModel, { 'content-encoding': 'gzip' }))).toBe('bad-request')
})

test('by model a url with a version of its own replaces that of the path', async () => {
  expect((await aim('{"model":"versioned/x"}', byModel)).path).toBe('/chat/completions')
})

test('by model a request without a name is refused', async () => {
  for (const body of ['{}', '[]', '', 'x', '{"model":7}'])
    expect([body, await codeOf(aim(body, byModel))]).toEqual([body, 'bad-request'])
})

test("Gemini's model is in the path", async () => {
  const door = (path: string): Door => ({ kind: 'model', dialect: 'gemini', path })
  expect(await aim('{}', door('/v1beta/models/gemini/g-1:streamGenerateContent?alt=sse'))).toMatchObject({
    model: 'g-1',
    stream: true,
    path: '/v1beta/models/g-1:streamGenerateContent?alt=sse',
  })
  expect(await codeOf(aim('{}', door('/v1beta/models/none')))).toBe('bad-request')
  expect(await codeOf(aim('{}', door('/v1beta/models/both/x:generateContent')))).toBe('wrong-dialect')
})

test('a client is refused in the dialect that it asked in', () => {
  expect(clientDialect(byModel)).toBe('openai-chat')
  expect(clientDialect(through('both', '/v1/messages'))).toBe('anthropic')
  expect(clientDialect(through('both', '/unknown'))).toBe('openai-chat')
})

test('what a request named that found no aim is known as far as it was read', () => {
  const of = (door: Door, body = '') =>
    aimless({
      door,
      request: request(body),
      recording: { request: { list: body === '' ? [] : [Buffer.from(body)] } },
    })
  const body = '{"model":"none/m","stream":true,"messages":["'
  expect(of(byModel, body)).toEqual({ provider: null, dialect: 'openai-chat', model: 'none/m', stream: true })
  expect(of(byModel)).toMatchObject({ model: null, stream: false })
  expect(of(through('both', '/v1/messages'), body)).toMatchObject({ dialect: 'anthropic', model: 'none/m' })
  expect(of(through('both', '/x'), body)).toMatchObject({ dialect: null, model: null })
  expect(of(through('both', '/x')).provider?.name).toBe('both')
  const path = '/v1beta/models/none:streamGenerateContent'
  expect(of({ kind: 'model', dialect: 'gemini', path })).toMatchObject({ model: 'none', stream: true })
})
