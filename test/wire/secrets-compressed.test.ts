import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { storeFile } from '../../src/cli/files.ts'
import { decompress } from '../../src/trace/pack.ts'
import { deflate } from '../../src/wire/deflate.ts'
import { inflate } from '../../src/wire/inflate.ts'
import { ask } from '../support/client.ts'
import { weir as command } from '../support/command.ts'
import { createProvider, whole, type Provider } from '../support/provider.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** Credentials in compressed bodies: the provider gets the bytes that came, the store never the credential. */
const canary = 'sk-canary-in-compressed-0001'
const stars = '*'.repeat(canary.length)
// Long enough that no encoding finds it not worth the trouble and stores it as it is.
const content = `${'they asked, and I said. '.repeat(50)}my key is ${canary}`
const plain = JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] })
const encodings = ['gzip', 'deflate', 'br', 'zstd', 'gzip, br', 'br, zstd']
const packed = (encoding: string) => Buffer.from(deflate(Buffer.from(plain), encoding) ?? [])

let provider: Provider
let weir: Weir

beforeAll(async () => {
  provider = await createProvider(async (call) => {
    // Told back as it came: an answer that is compressed the same way.
    const encoding = call.header('content-encoding') ?? 'identity'
    const type = call.target.endsWith('page') ? 'text/html' : 'application/json'
    call.send(whole(await call.body(), [`Content-Type: ${type}`, `Content-Encoding: ${encoding}`]))
  })
  weir = await startWeir({ providers: { fake: { dialect: 'openai-chat', url: provider.url } } })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await provider.stop()
})

async function exchange(encoding: string, body: Buffer, path = '/fake/v1/chat/completions') {
  const calls = provider.calls.length
  const headers = [
    `Authorization: Bearer ${canary}`,
    'Content-Type: application/json',
    `Content-Encoding: ${encoding}`,
  ]
  const reply = await ask(weir.url, { path, body, headers })
  expect([reply.status, reply.body.equals(body)]).toEqual([200, true])
  expect((await provider.calls[calls]?.body())?.equals(body)).toBe(true)
  return weir.trace(reply.header('x-weir-trace'))
}

/** Every value of every table, without the store's own compression. */
function everythingStored(): string {
  const store = new Database(join(weir.folder, storeFile), { readonly: true })
  const tables = store
    .query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'table'")
    .all()
  const values = tables.flatMap(({ name }) =>
    store.query<object, []>(`SELECT * FROM "${name}"`).values().flat(),
  )
  store.close()
  return values
    .map((value) => (value instanceof Uint8Array ? decompress(value).toString('latin1') : String(value)))
    .join('\n')
}

test('a credential in a compressed request is hidden in the trace, which says so, in every encoding', async () => {
  for (const encoding of encodings) {
    const body = packed(encoding)
    const trace = await exchange(encoding, body)
    expect([encoding, trace.request]).toEqual([encoding, JSON.parse(plain.replace(canary, stars))])
    expect([encoding, trace.withheld]).toEqual([
      encoding,
      { request: 'credential-within', reply: 'credential-within' },
    ])
    expect(trace.sizes.requestReceived).toEqual({
      bytes: body.length,
      sha256: new Bun.CryptoHasher('sha256').update(body).digest('hex'),
    })
    expect(trace.dropped).toEqual({ request: 0, reply: body.length })
  }
})

test('a body that nobody can look into is not kept: its size and hash are, and why', async () => {
  for (const [encoding, body] of [
    ['compress', packed('gzip')],
    ['gzip', packed('gzip').subarray(0, -8)],
    ['br', packed('gzip')],
    ['gzip', Buffer.from(plain)],
  ] as const) {
    const trace = await exchange(encoding, body)
    expect([encoding, trace.withheld.request, trace.kept.request]).toEqual([encoding, 'unreadable', 0])
    expect(trace.dropped.request).toBe(body.length)
    expect(trace.sizes.requestReceived.sha256).toBe(new Bun.CryptoHasher('sha256').update(body).digest('hex'))
  }
})

test('an answer that no dialect reads is looked into as well', async () => {
  const trace = await exchange('gzip', packed('gzip'), '/fake/page')
  expect([trace.withheld.reply, trace.reply]).toEqual(['credential-within', null])
})

test('a compressed body without a credential is kept as it came', async () => {
  const body = Buffer.from(deflate(Buffer.from(plain.replace(canary, 'nothing')), 'gzip') ?? [])
  const trace = await exchange('gzip', body)
  expect(trace.withheld).toEqual({ request: null, reply: null })
  const { request, reply } = await weir.bytes(trace.id)
  expect([request.equals(body), reply.equals(body)]).toEqual([true, true])
})

test('the credential is nowhere: not in the files, the API, the export, the log', async () => {
  const traces = await weir.traces()
  expect(traces.length).toBeGreaterThan(encodings.length)
  const places: Record<string, string> = { stored: everythingStored(), log: JSON.stringify(weir.lines) }
  for (const { id } of traces) {
    for (const end of ['', '/raw', '/request', '/conversation']) {
      const response = await fetch(`${weir.url}/api/traces/${id}${end}`)
      const encoding = response.headers.get('x-weir-content-encoding') ?? 'identity'
      const bytes = Buffer.from(await response.arrayBuffer())
      places[`${end} of ${id}`] = `${bytes}${Buffer.from(inflate(bytes, encoding, 1 << 20).bytes)}`
    }
  }
  const exported = await command(['traces', 'export', '--data', weir.folder], { folder: weir.folder })
  expect(exported.stdout.trim().split('\n').length).toBe(traces.length)
  places['export'] = exported.stdout
  for (const file of readdirSync(weir.folder, { withFileTypes: true })) {
    if (!file.isFile()) continue
    places[file.name] = readFileSync(join(weir.folder, file.name)).toString('latin1')
  }
  for (const [place, text] of Object.entries(places)) {
    expect([place, text.includes(canary)]).toEqual([place, false])
  }
}, 30_000)
