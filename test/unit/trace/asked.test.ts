import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { askedIn, partsOf } from '../../../src/trace/asked.ts'
import { createReader } from '../../../src/trace/read.ts'
import {
  batchOf,
  beginOf,
  endOf,
  keeperOf,
  memoryStore,
  said,
  streamHead,
  whole,
} from '../../support/traces.ts'

const untold = beginOf({ dialect: null, model: null, path: '/v1/audio/transcriptions' })
const sha = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('hex')
const formType = [['Content-Type', 'multipart/form-data; boundary=XX']] as const

function form(...parts: readonly (readonly [head: string, text: string])[]): string {
  const told = parts.map(
    ([head, text]) => `--XX\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`,
  )
  return `${told.join('')}--XX--\r\n`
}

const upload = form(
  ['name="model"', 'whisper-1'],
  ['name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg', 'ID3\u0000'],
  ['name="stream"', 'true'],
)
const parts = [
  { name: 'model', fileName: null, contentType: null, bytes: 9, sha256: sha('whisper-1'), text: 'whisper-1' },
  { name: 'file', fileName: 'a.mp3', contentType: 'audio/mpeg', bytes: 4, sha256: sha('ID3\u0000') },
  { name: 'stream', fileName: null, contentType: null, bytes: 4, sha256: sha('true'), text: 'true' },
]

test('a form tells its model and what it was made of', () => {
  const begin = { ...untold, requestHeaders: formType }
  expect(askedIn(Buffer.from(upload), begin)).toEqual({ model: 'whisper-1', stream: true, parts })
  const packed = { ...begin, requestHeaders: [...formType, ['content-encoding', 'gzip'] as const] }
  expect(askedIn(gzipSync(upload), packed)).toEqual({ model: 'whisper-1', stream: true, parts })
})

test('a field is told as text if it is a short one and no file', () => {
  const read = (head: string, text: string | Buffer) => {
    const [before = '', after = ''] = form([head, '|']).split('|')
    const body = Buffer.concat([Buffer.from(before), Buffer.from(text), Buffer.from(after)])
    return partsOf(body, { requestHeaders: formType })?.[0]
  }
  expect(read('name="a"', 'x'.repeat(16 * 1024))?.text?.length).toBe(16 * 1024)
  expect(read('name="a"', 'x'.repeat(16 * 1024 + 1))?.text).toBeUndefined()
  expect(read('name="a"', Buffer.from([0xff]))?.text).toBeUndefined()
  expect(read('name="a"; filename="b"', 'x')?.text).toBeUndefined()
})

test('a model is read in a body however large, in a path, or as what it was deployed as', () => {
  const asked = (path: string, body: string) => askedIn(Buffer.from(body), { ...untold, path })
  const large = `{"input":"${'x'.repeat(100_000)}","model":"embed","stream":true}`
  expect(asked('/v1/embeddings', large)).toEqual({ model: 'embed', stream: true, parts: null })
  expect(asked('/v1beta/models/embed-1:embedContent', '{}').model).toBe('embed-1')
  expect(asked('/openai/deployments/my%20own/images/generations?v=1', '{}').model).toBe('my own')
  expect(asked('/model/us.claude-1/invoke', '{}').model).toBe('us.claude-1')
  expect(asked('/openai/deployments/my%zz/x', '').model).toBe('my%zz')
  expect(asked('/v1/files', 'no json')).toEqual({ model: null, stream: false, parts: null })
})

test('what the main thread has read is not read again', () => {
  expect(askedIn(Buffer.from('{"model":"other"}'), beginOf({ stream: true }))).toEqual({
    model: 'small',
    stream: true,
    parts: null,
  })
})

test('a form is stored as a reference to each of its parts, its bytes up to a bound', () => {
  const store = memoryStore()
  const keeper = keeperOf(store, { means: { mostBinaryBytes: 40 } })
  const begin = { ...untold, requestHeaders: formType, secrets: ['whisper-1'] }
  keeper.keep(batchOf(1, whole('a', upload, '{"text":"Hello"}', { begin })))
  const trace = createReader(store).get('a')
  expect(trace).toMatchObject({
    model: '*********',
    stream: true,
    kept: { request: 40 },
    dropped: { request: Buffer.byteLength(upload) - 40 },
    request: { kind: 'multipart', bytes: Buffer.byteLength(upload), sha256: sha(upload) },
  })
  // What is secret is hidden here too.
  expect(trace?.request).toMatchObject({ parts: [{ name: 'model', text: '*********' }, ...parts.slice(1)] })
})

test('sound that is answered is stored up to a bound, and referred to as a whole', () => {
  const store = memoryStore()
  const keeper = keeperOf(store, { means: { mostBinaryBytes: 6 } })
  const head = { status: 200, headers: [['content-type', 'audio/mpeg']] } as const
  keeper.keep(batchOf(1, said('a', '{"model":"tts"}', 'ID3 ', { begin: untold, head })))
  keeper.keep(batchOf(2, said('a', '', 'sound', { end: endOf('{"model":"tts"}', 'ID3 sound') })))
  expect(createReader(store).get('a')).toMatchObject({
    model: 'tts',
    request: { model: 'tts' },
    reply: { kind: 'binary', contentType: 'audio/mpeg', bytes: 9, sha256: sha('ID3 sound') },
    kept: { reply: 6 },
    dropped: { reply: 3 },
    answer: null,
  })
})

test('after a restart of the thread a form is still known by its parts', () => {
  const store = memoryStore()
  const begin = { ...untold, requestHeaders: formType }
  keeperOf(store).keep(batchOf(1, said('a', upload, 'data: a\n\n', { begin, head: streamHead })))
  const end = endOf(upload, 'data: a\n\n')
  keeperOf(store).keep(batchOf(2, said('a', '', '', { end })))
  expect(createReader(store).get('a')).toMatchObject({
    model: 'whisper-1',
    request: { kind: 'multipart', parts },
  })
})

test('what is fetched again is not counted again, what is taken up again is', () => {
  const usage = { input: 1, cachedInput: null, cacheWrite: null, output: 2, reasoning: null }
  const counted = {
    body: {},
    ending: 'complete',
    model: null,
    usage,
    error: null,
    unknownEvents: {},
  } as const
  const usageOf = (method: string, head = whole('a', '', '').report.head) => {
    const store = memoryStore()
    const createRebuild = () => ({ feed: () => undefined, finish: () => counted })
    const begin = beginOf({ method })
    keeperOf(store, { means: { createRebuild } }).keep(batchOf(1, whole('a', '', 'x', { begin, head })))
    return createReader(store).get('a')?.usage
  }
  expect(usageOf('POST')).toEqual(usage)
  expect(usageOf('GET')).toBeNull()
  expect(usageOf('GET', streamHead)).toEqual(usage)
})
