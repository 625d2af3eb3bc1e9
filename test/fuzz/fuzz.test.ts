import { afterAll, beforeAll, expect, test } from 'bun:test'
import { ask, openClient } from '../support/client.ts'
import { chunk, chunkedHead, createProvider, lastChunk, whole, type Provider } from '../support/provider.ts'
import { createRandom, type Random } from '../support/random.ts'
import { providersAt, streams } from '../support/streams.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/**
 * What nobody thought of: damaged request heads and damaged streams, by seed. WEIR_FUZZ_SECONDS runs longer,
 * WEIR_FUZZ_SEED runs one seed again; a failure names its own.
 */
const seconds = Number(process.env['WEIR_FUZZ_SECONDS'] ?? 2)
const oneSeed = process.env['WEIR_FUZZ_SEED']
const firstSeed = Number(oneSeed ?? Date.now() % 1_000_000)
const limitMs = (seconds + 20) * 1000

let provider: Provider
let weir: Weir
let reads: readonly Uint8Array[] = []

beforeAll(async () => {
  provider = await createProvider(async (call) => {
    if (call.header('x-fuzz') !== 'stream') return call.send(whole('{}'))
    call.send(chunkedHead())
    for (const read of reads) {
      call.send(chunk(read))
      await new Promise(setImmediate)
    }
    call.send(lastChunk)
  })
  const fake = { dialect: 'openai-chat', url: provider.url, models: ['small'] }
  weir = await startWeir({
    providers: { fake, ...providersAt(provider.url) },
    timeouts: { requestBodyMs: 300 },
  })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await provider.stop()
})

/** Runs seed after seed until the time is over. */
async function fuzz(run: (random: Random) => Promise<void>): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  for (let seed = firstSeed; performance.now() < deadline; seed++) {
    try {
      await run(createRandom(seed))
    } catch (error) {
      throw new Error(`WEIR_FUZZ_SEED=${seed} fails`, { cause: error })
    }
    if (oneSeed !== undefined) return
  }
}

const heads = [
  'POST /fake/v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n\r\n{"model":"small"}',
  'POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nContent-Length: 17\r\n\r\n{"model":"small"}',
  'POST /fake/v1/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'GET /fake/v1/models?a=%20&key=secret HTTP/1.1\r\nHost: x\r\nConnection: close, x-a\r\nX-A: b\r\n\r\n',
]
const pieces = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  ':',
  ': ',
  '\t',
  ',',
  '%',
  '%2e%2e/',
  '../',
  '//',
  '?',
  '#',
  '@',
]
const lines = ['Host: y', 'Content-Length: 5', 'Transfer-Encoding: chunked', 'Expect: 100-continue', '\u00ff']
const insertions = [...pieces, ...lines.map((line) => `\r\n${line}\r\n`), 'HTTP/1.1', '9'.repeat(20), '-1']

function damagedHead(random: Random): string {
  let head = random.pick(heads)
  for (let changes = random.below(4); changes >= 0; changes--) {
    const at = random.below(head.length)
    const kind = random.below(4)
    if (kind === 0) head = head.slice(0, at) + head.slice(at + 1 + random.below(8))
    if (kind === 1) head = head.slice(0, at) + random.pick(insertions) + head.slice(at)
    if (kind === 2) head = head.slice(0, at) + String.fromCharCode(random.below(256)) + head.slice(at + 1)
    if (kind === 3) head = head.slice(0, at) + head.slice(random.below(head.length))
  }
  return head
}

async function sendDamaged(random: Random): Promise<void> {
  const head = Buffer.from(damagedHead(random), 'latin1')
  const client = await openClient(weir.url)
  const cut = random.below(head.length + 1)
  client.send(head.subarray(0, cut))
  await Bun.sleep(random.below(2))
  client.send(head.subarray(cut))
  await Bun.sleep(3)
  client.leave()
}

test(
  'no head, however damaged, stops Weir, nor brings a provider what is not for it',
  async () => {
    await fuzz(async (random) => {
      const before = provider.calls.length
      await sendDamaged(random)
      for (const { head, header } of provider.calls.slice(before)) {
        expect(header('host')).toBe(`127.0.0.1:${provider.port}`)
        expect(head).not.toMatch(/[^\r]\n|\r[^\n]|\0/)
        expect((head.match(/^(content-length|transfer-encoding):/gim) ?? []).length).toBeLessThan(2)
      }
    })
    expect((await ask(weir.url, { path: '/fake/v1/models' })).status).toBe(200)
    await until('all to be over', async () => (await weir.metric('weir_open_exchanges')) === 0)
    expect(weir.lines.filter(({ level }) => level === 'error')).toEqual([])
  },
  limitMs,
)

const noise = [
  'data: {',
  '}',
  '\n\n',
  '\r\n',
  '\r',
  ':',
  'data:',
  'event: error\n',
  '[DONE]',
  '\0',
  '\ufeff',
  '"',
]
const values = ['null', '[]', '{}', '-1', '1e999', '"\\ud800"', 'true', '{"index":4294967296}']

function damagedStream(text: string, random: Random): Buffer {
  let damaged = text
  for (let changes = random.below(5); changes >= 0; changes--) {
    const at = random.below(damaged.length)
    const kind = random.below(4)
    if (kind === 0) damaged = damaged.slice(0, at) + damaged.slice(at + random.below(20))
    if (kind === 1) damaged = damaged.slice(0, at) + random.pick(noise) + damaged.slice(at)
    if (kind === 2)
      damaged = damaged.slice(0, at) + damaged.slice(at).replace(value, `:${random.pick(values)}`)
    if (kind === 3) damaged = damaged.slice(0, at) + damaged.slice(random.below(damaged.length))
  }
  const bytes = Buffer.from(damaged)
  // A byte that is no part of any character.
  if (random.below(3) === 0 && bytes.length > 0) bytes[random.below(bytes.length)] = 0xff
  return bytes
}

const value = /:("[^"]*"|\d+|\[[^[\]]*\]|null)/

function inReads(bytes: Buffer, random: Random): Buffer[] {
  const places = Array.from({ length: 3 }, () => random.below(bytes.length + 1))
  const sorted = [0, ...places, bytes.length].toSorted((one, other) => one - other)
  return sorted.map((place, at) => bytes.subarray(place, sorted[at + 1])).filter(({ length }) => length > 0)
}

test(
  'no stream, however damaged, loses a byte on its way or in its trace',
  async () => {
    await fuzz(async (random) => {
      const { path, body, events } = random.pick(streams)
      const bytes = damagedStream(events.join(''), random)
      reads = inReads(bytes, random)
      const reply = await ask(weir.url, { path, body, headers: ['X-Fuzz: stream'] })
      const trace = await weir.trace(reply.header('x-weir-trace'))
      // What lacks its end mark is told as cut, behind its bytes.
      const isCut = reply.ending === 'reset' && trace.outcome === 'provider-cut'
      expect(isCut || reply.ending === 'clean').toBe(true)
      expect((isCut ? reply.body.subarray(0, bytes.length) : reply.body).equals(bytes)).toBe(true)
      expect((await weir.bytes(trace.id)).reply.equals(bytes)).toBe(true)
    })
    expect(weir.lines.filter(({ level }) => level === 'error')).toEqual([])
  },
  limitMs,
)
