import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ask } from '../support/client.ts'
import {
  chunk,
  chunkedHead,
  createProvider,
  lastChunk,
  whole,
  type Answer,
  type Call,
  type Provider,
} from '../support/provider.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** Credentials planted everywhere, and searched for everywhere they could come out. */
const canaries = {
  authorization: 'sk-canary-authorization-0001',
  apiKey: 'canary-x-api-key-0002',
  google: 'AIzaCanaryGoogleHeader0003',
  azure: 'canary-api-key-azure-0004',
  query: 'AIzaCanary+Query/0005',
  cookie: 'session=canary-cookie-0006',
  basic: 'Y2FuYXJ5LWJhc2ljOjAwMDc=',
  unusual: 'canary-unusual-token-0008',
  accessToken: 'canary-access-token-0009',
  configured: 'sk-canary-configured-0010',
  header: 'canary-configured-header-0011',
  forWeir: 'canary-for-weir-0012',
  setCookie: 'canary-set-cookie-0013',
} as const
const all = Object.values(canaries)

let answer: Answer
let provider: Provider
let weir: Weir
const replies: string[] = []

beforeAll(async () => {
  provider = await createProvider((call, number) => answer(call, number))
  const headers = { 'X-Tenant-Auth': canaries.header }
  weir = await startWeir({
    providers: {
      open: { dialect: ['openai-chat', 'gemini'], url: provider.url },
      keyed: { dialect: 'anthropic', url: provider.url, key: canaries.configured, headers },
    },
    limits: { requestBodyBytes: 10_000 },
  })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await provider.stop()
})

const headers = [
  `Authorization: Bearer ${canaries.authorization}`,
  `X-Api-Key: ${canaries.apiKey}`,
  `X-Goog-Api-Key: ${canaries.google}`,
  `Api-Key: ${canaries.azure}`,
  `Cookie: ${canaries.cookie}`,
  `Proxy-Authorization: Basic ${canaries.basic}`,
  `X-Amz-Security-Token: ${canaries.unusual}`,
  `X-Weir-Token: ${canaries.forWeir}`,
]
const query = `?key=${encodeURIComponent(canaries.query)}&access_token=${canaries.accessToken}&alt=sse`

/** What of them a provider was told. */
function told({ head }: Call): string[] {
  return all.filter((canary) => head.includes(canary) || head.includes(encodeURIComponent(canary)))
}

/** Everything a provider was told, told back: in its headers, its body, its error; cut wherever it can be. */
const echoes: Readonly<Record<string, Answer>> = {
  whole: (call) => {
    const body = JSON.stringify({ seen: call.head, all: told(call) })
    call.send(whole(body, ['Content-Type: application/json', `X-Echo: ${told(call).join(' ')}`]))
  },
  error: (call) => {
    const message = `Incorrect API key provided: ${told(call).join(', ')}`
    call.send(
      whole(JSON.stringify({ error: { message } }), ['Content-Type: application/json'], '401 Unauthorized'),
    )
  },
  compressed: (call) => {
    const body = gzipSync(JSON.stringify({ seen: call.head, all: told(call) }))
    call.send(whole(body, ['Content-Type: application/json', 'Content-Encoding: gzip']))
  },
  cookies: (call) => call.send(whole('{}', [`Set-Cookie: id=${canaries.setCookie}; Path=/`])),
  cut: async (call) => {
    call.send(chunkedHead())
    for (const letter of `data: {"choices":[{"delta":{"content":"${told(call).join(' ')}"}}]}\n\ndata: [DONE]\n\n`) {
      call.send(chunk(letter))
      if ('-0'.includes(letter)) await new Promise(setImmediate)
    }
    call.send(lastChunk)
  },
  long: async (call) => {
    // Over more than one save, so that each canary is once cut between two of them.
    call.send(chunkedHead())
    for (const canary of told(call)) {
      call.send(chunk(`data: {"choices":[{"delta":{"content":"${canary.slice(0, 9)}`))
      await Bun.sleep(60)
      call.send(chunk(`${canary.slice(9)}"}}]}\n\n`))
    }
    call.send(lastChunk)
  },
  broken: (call) => {
    call.send(chunkedHead())
    call.send(chunk(`data: ${told(call).join(' ')}`))
    setTimeout(call.reset, 10)
  },
  reset: (call) => call.reset(),
}

const requests = [
  { path: `/open/v1/chat/completions${query}`, body: `{"model":"m","user":"${canaries.authorization}"}` },
  { path: `/open/v1beta/models/m:streamGenerateContent${query}`, body: '{}' },
  { path: `/keyed/v1/messages${query}`, body: `{"model":"m","metadata":"${canaries.apiKey}"}` },
  { path: `/keyed/v1/messages${query}`, body: 'x'.repeat(20_000) },
  { path: `/v1/messages${query}`, body: `{"model":"${canaries.apiKey}"}` },
  { path: `/nobody/v1/messages${query}`, body: '{}' },
]

test('no credential is found in store, log, metrics or traces, wherever it was said', async () => {
  await using fast = await startWeir({ ...weir.config, listen: '127.0.0.1:0', traces: { saveEveryMs: 50 } })
  const ids: string[] = []
  for (const [name, echo] of Object.entries(echoes)) {
    answer = echo
    for (const { path, body } of name === 'long' ? requests.slice(0, 1) : requests) {
      const reply = await ask(fast.url, { path, body, headers })
      ids.push(reply.header('x-weir-trace') ?? '')
      if (reply.status >= 500 || reply.status === 413) replies.push(String(reply.body))
    }
  }
  for (const id of ids.filter((each) => each !== '')) await fast.trace(id)
  const traces = await Promise.all((await fast.traces()).map(({ id }) => fast.trace(id)))
  const bytes = await Promise.all(traces.map(({ id }) => fast.bytes(id)))
  const metrics = await (await fetch(`${fast.url}/metrics`)).text()
  const places: Record<string, string> = {
    log: JSON.stringify(fast.lines),
    metrics,
    traces: JSON.stringify(traces),
    bytes: bytes.map(({ request, reply }) => `${request}\n${reply}`).join('\n'),
    errors: replies.join('\n'),
  }
  for (const file of readdirSync(fast.folder)) {
    places[file] = readFileSync(join(fast.folder, file)).toString('latin1')
  }
  for (const [place, text] of Object.entries(places)) {
    for (const canary of all) {
      for (const form of [canary, encodeURIComponent(canary), canary.replace('session=', '')]) {
        expect([place, form, text.includes(form)]).toEqual([place, form, false])
      }
    }
  }
}, 30_000)

test("a configured key is all that its provider sees, and the client's go to no one else", async () => {
  const before = provider.received().length
  answer = (call) => call.send(whole('{}'))
  const path = `/keyed/v1/messages?key=${canaries.google}&beta=true&key=b${canaries.google}&access_token=${canaries.accessToken}`
  await ask(weir.url, { path, body: '{}', headers })
  const told = provider.received().subarray(before).toString('latin1')
  const { configured, header, setCookie: _, unusual: __, ...clients } = canaries
  for (const canary of Object.values(clients))
    expect([canary, told.includes(canary)]).toEqual([canary, false])
  expect(told).toContain(configured)
  expect(told).toContain(header)
})

test("without a configured key the client's own pass, and what is meant for Weir does not", async () => {
  const before = provider.received().length
  answer = (call) => call.send(whole('{}'))
  await ask(weir.url, { path: `/open/v1/chat/completions${query}`, body: '{}', headers })
  const told = provider.received().subarray(before).toString('latin1')
  expect(told).toContain(`Bearer ${canaries.authorization}`)
  expect(told).toContain(query)
  expect(told).not.toContain(canaries.forWeir)
  expect(told).not.toContain(canaries.basic)
  expect(told).not.toContain(canaries.configured)
})
