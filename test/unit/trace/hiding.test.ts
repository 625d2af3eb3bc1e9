import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { decompress } from '../../../src/trace/pack.ts'
import { createReader } from '../../../src/trace/read.ts'
import type { Store } from '../../../src/trace/store.ts'
import { batchOf, beginOf, endOf, keeperOf, memoryStore, said, streamHead } from '../../support/traces.ts'

const secret = 'sk-canary-123456'
const stars = '*'.repeat(secret.length)
const sha = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('hex')

/** Everything in the store: each value of each table, and unfolded where it is compressed. */
function everythingIn(store: Store): string {
  const tables = ['traces', 'payload', 'reply_part', 'open', 'piece', 'sender']
  const rows = tables.flatMap((table) => store.database.query<object, []>(`SELECT * FROM ${table}`).values())
  return rows
    .flat()
    .map((value) =>
      value instanceof Uint8Array && value.length !== 32 ? decompress(value).toString() : String(value),
    )
    .join('\n')
}

const begin = beginOf({
  stream: true,
  secrets: [secret],
  path: `/v1/chat?key=${secret}`,
  requestHeaders: [['authorization', `Bearer ${secret}`]],
})

test('a secret is nowhere in the store, while the sums are those of the true bytes', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  const request = `{"messages":["${'m'.repeat(3000)} ${secret}"],"key":"${secret}"}`
  const reply = `data: you sent ${secret}\n\ndata: [DONE]\n\n`
  const head = { status: 200, headers: [...streamHead.headers, ['x-echo', secret]] } as const
  const end = endOf(request, reply, { outcome: 'failed', detail: `No right for ${secret}` })
  keeper.keep(batchOf(1, said('a', request, reply, { begin, head, end })))
  keeper.keep(batchOf(2, said('b', request, '', { begin, head })))
  expect(everythingIn(store)).not.toContain('canary')
  keeper.keep(batchOf(3, said('b', '', reply, { end })))
  expect(everythingIn(store)).not.toContain('canary')
  const reader = createReader(store)
  for (const id of ['a', 'b']) {
    const trace = reader.get(id)
    expect(trace).toMatchObject({ path: `/v1/chat?key=${stars}`, detail: `No right for ${stars}` })
    expect(trace?.requestHeaders).toEqual([['authorization', `Bearer ${stars}`]])
    expect(trace?.reply).toEqual({ text: `you sent ${stars}` })
    expect(reader.requestBody(id)?.length).toBe(request.length)
    expect(trace?.sizes).toMatchObject({
      requestReceived: { sha256: sha(request) },
      replySent: { sha256: sha(reply) },
    })
  }
})

test('a secret that comes in two reports is hidden, wherever it is cut', () => {
  for (let at = 1; at < secret.length; at++) {
    const store = memoryStore()
    const keeper = keeperOf(store)
    const first = `data: you sent ${secret.slice(0, at)}`
    const rest = `${secret.slice(at)}\n\ndata: [DONE]\n\n`
    keeper.keep(batchOf(1, said('a', '{}', first, { begin, head: streamHead })))
    expect(everythingIn(store)).not.toContain(secret.slice(0, at).padEnd(4, '-'))
    keeper.keep(batchOf(2, said('a', '', rest, { end: endOf('{}', first + rest) })))
    expect(everythingIn(store)).not.toContain('canary')
    const trace = createReader(store).get('a')
    expect(trace?.kept.reply).toBe((first + rest).length)
    expect(trace?.sizes.replyReceived.sha256).toBe(sha(first + rest))
  }
})

test('what was held back and turned out to be innocent is stored in its place', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  const texts = ['data: sk-can', 'did\n\ndata: s', '\n\ndata: [DONE]\n\n']
  keeper.keep(batchOf(1, said('a', '{}', texts[0] ?? '', { begin, head: streamHead })))
  keeper.keep(batchOf(2, said('a', '', texts[1] ?? '')))
  keeper.keep(batchOf(3, said('a', '', texts[2] ?? '', { end: endOf('{}', texts.join('')) })))
  expect(createReader(store).raw('a')?.bytes.toString()).toBe(texts.join(''))
})

test('what was held back when Weir was killed in its thread is told with the recovery', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  keeper.keep(batchOf(1, said('a', '{}', 'data: Hi\n\ndata: s', { begin, head: streamHead })))
  keeper.recover()
  expect(createReader(store).raw('a')?.bytes.toString()).toBe('data: Hi\n\ndata: s')
})

test('a secret that only the rebuilt form of a compressed answer shows costs the raw bytes', () => {
  const store = memoryStore()
  const bytes = new Uint8Array(gzipSync(`data: ${secret}\n\ndata: [DONE]\n\n`))
  const body = { text: secret }
  const rebuild = {
    feed: () => undefined,
    finish: () =>
      ({ body, ending: 'complete', model: null, usage: null, error: null, unknownEvents: {} }) as const,
  }
  const head = { status: 200, headers: [['content-encoding', 'gzip']] } as const
  const { report } = said('a', '', '', {
    begin,
    head,
    end: endOf('', '', { replyBytes: bytes.length, sentBytes: bytes.length }),
  })
  const keeper = keeperOf(store, { means: { createRebuild: () => rebuild } })
  keeper.keep({ number: 1, reports: [{ ...report, replyLength: bytes.length }], bytes: bytes.buffer })
  const trace = createReader(store).get('a')
  expect(trace).toMatchObject({
    reply: { text: stars },
    kept: { reply: 0 },
    dropped: { reply: bytes.length },
  })
})

test('a beginning told again makes the secrets of a restored exchange known', () => {
  const store = memoryStore()
  keeperOf(store).keep(batchOf(1, said('a', '{}', 'data: Hi', { begin, head: streamHead })))
  const keeper = keeperOf(store)
  const rest = ` ${secret}\n\ndata: [DONE]\n\n`
  keeper.keep(batchOf(2, said('a', '', rest, { begin, end: endOf('{}', `data: Hi${rest}`) })))
  expect(everythingIn(store)).not.toContain('canary')
  expect(createReader(store).get('a')).toMatchObject({ reply: { text: `Hi ${stars}` } })
})

test('thousands of cookies are nowhere in the store, wherever an answer that repeats them is cut', () => {
  const cookies = Array.from({ length: 3000 }, (_, at) => `canary-${at}-${(at * 7919) % 10_007}`)
  const many = beginOf({ stream: true, secrets: cookies, path: '/v1/chat' })
  const said1 = `data: you sent ${cookies.join(', ')}\n\ndata: [DONE]\n\n`
  for (const cut of [1, 40, 1000, said1.length - 30]) {
    const store = memoryStore()
    const keeper = keeperOf(store)
    const request = JSON.stringify({ cookies })
    const head = { status: 200, headers: [...streamHead.headers, ['x-echo', cookies[7] ?? '']] } as const
    keeper.keep(batchOf(1, said('a', request, said1.slice(0, cut), { begin: many, head })))
    expect(everythingIn(store)).not.toContain('canary-')
    const end = endOf(request, said1, { detail: `No right for ${cookies[2999]}` })
    keeper.keep(batchOf(2, said('a', '', said1.slice(cut), { end })))
    expect(everythingIn(store)).not.toContain('canary-')
    expect(createReader(store).get('a')?.reply).toEqual({
      text: `you sent ${cookies.map(({ length }) => '*'.repeat(length)).join(', ')}`,
    })
  }
})

test('a secret that stands where a model is named is hidden there too, also in a form', () => {
  const form = ['--b', 'Content-Disposition: form-data; name="model"', '', secret, '--b--', ''].join('\r\n')
  for (const [contentType, request] of [
    ['application/json', `{"model":"${secret}"}`],
    ['multipart/form-data; boundary=b', form],
  ] as const) {
    const store = memoryStore()
    const requestHeaders = [['content-type', contentType]] as const
    const unnamed = beginOf({ model: null, secrets: [secret], path: '/v1/chat', requestHeaders })
    keeperOf(store).keep(batchOf(1, said('a', request, '{}', { begin: unnamed, end: endOf(request, '{}') })))
    expect(createReader(store).get('a')?.model).toBe(stars)
    expect(everythingIn(store)).not.toContain('canary')
  }
})
