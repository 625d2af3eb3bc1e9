import { afterEach, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { isObject } from '../../src/conversation/json.ts'
import { realTimer } from '../../src/guard/detect/remote/caller.ts'
import type { DetectorName } from '../../src/guard/detector.ts'
import { asking, reason, type Asked } from '../support/guard/detecting.ts'
import { chunk, chunkedHead, createProvider, whole, type Answer, type Provider } from '../support/provider.ts'

/** Detectors that ask services, over sockets that do what sockets do. */
const canary = 'canary-key-5f2b'
const secretText = 'canary-text of a person'
const providers: Provider[] = []

afterEach(async () => {
  for (const provider of providers.splice(0)) await provider.stop()
})

async function serving(answer: Answer): Promise<Provider> {
  const provider = await createProvider(answer)
  providers.push(provider)
  return provider
}

function detector(name: DetectorName, url: string, settings: object = {}): Asked {
  return asking(name, { url, key: canary, timeoutMs: 2000, ...settings }, { fetch })
}

const json = (value: unknown, status = '200 OK'): Buffer =>
  whole(JSON.stringify(value), ['Content-Type: application/json'], status)

const person = [{ entity_type: 'PERSON', start: 0, end: 6, score: 0.85 }]

test('each protocol is spoken as its service wants it', async () => {
  const answers: Readonly<Record<string, (body: Record<string, unknown>) => unknown>> = {
    '/analyze': () => person,
    '/ner': () => [{ entity_group: 'PER', word: 'canary', start: 0, end: 6, score: 0.9 }],
    '/v1/moderations': ({ input }) => ({
      results: Array.isArray(input) ? input.map(() => ({ category_scores: { hate: 0.9 } })) : [],
    }),
    '/classify': () => [[{ label: 'H', score: 0.9 }]],
    '/predict': () => [{ label: 'INJECTION', score: 0.99 }],
    '/scan': () => ({ results: [] }),
  }
  const { url, calls } = await serving(async (call) => {
    const body: unknown = JSON.parse((await call.body()).toString())
    call.send(json(isObject(body) ? answers[call.target]?.(body) : null))
  })
  const kindOf = async (asked: Asked): Promise<string | undefined> =>
    (await asked([secretText]))[0]?.findings[0]?.kind
  expect(await kindOf(detector('pii', `${url}/analyze`))).toBe('PERSON')
  expect(await kindOf(detector('pii', `${url}/ner`, { kind: 'token-classification' }))).toBe('PERSON')
  expect(await kindOf(detector('moderated', `${url}/v1/moderations`))).toBe('hate')
  expect(await kindOf(detector('moderated', `${url}/classify`, { kind: 'text-classification' }))).toBe('hate')
  expect(await kindOf(detector('prompt_injection', `${url}/predict`))).toBe('INJECTION')
  expect(await detector('semgrep', `${url}/scan`)(['x'], { lang: 'bash' })).toMatchObject([{ value: [] }])
  for (const call of calls) {
    expect(call.method).toBe('POST')
    expect(call.header('authorization')).toBe(`Bearer ${canary}`)
    expect(call.header('content-type')).toBe('application/json')
    expect(call.header('accept-encoding')).toBe('identity')
  }
})

test('headers of the configuration are sent, in place of a key too', async () => {
  const { url, calls } = await serving((call) => call.send(json([])))
  await detector('pii', url, { headers: { 'X-Team': 'red', Authorization: 'Basic abc' } })(['a'])
  expect([calls[0]?.header('x-team'), calls[0]?.header('authorization')]).toEqual(['red', 'Basic abc'])
})

test('a proxy of the configuration is used', async () => {
  const { url, calls } = await serving((call) => call.send(json(person)))
  const found = await detector('pii', 'http://presidio.invalid/analyze', { proxy: url })([secretText])
  expect(found[0]?.findings).toHaveLength(1)
  expect(calls[0]?.target).toBe('http://presidio.invalid/analyze')
})

const huge = `[${'"x",'.repeat(1 << 19)}1]`

type Trouble = readonly [what: string, answer: Answer, told: string]

const troubles: readonly Trouble[] = [
  ['no JSON', (call) => call.send(whole(`<html>${canary}`)), 'its answer is no JSON'],
  ['nothing', (call) => call.send(whole('')), 'its answer is no JSON'],
  [
    'another shape',
    (call) => call.send(json({ error: secretText })),
    'its answer is no list of findings, as presidio gives it',
  ],
  [
    'status 429',
    (call) => call.send(json({ error: canary }, '429 Too Many Requests')),
    'it answered with status 429',
  ],
  ['status 500', (call) => call.send(json({ error: canary }, '500 Oops')), 'it answered with status 500'],
  ['status 401', (call) => call.send(json({ error: canary }, '401 No')), 'it answered with status 401'],
  [
    'a redirect',
    (call) => call.send(whole('', [`Location: http://127.0.0.1:1/${canary}`], '307 There')),
    'it answered with status 307',
  ],
  ['a large answer', (call) => call.send(json(huge)), 'its answer is larger than 1048576 bytes'],
  [
    'a large answer without a length',
    (call) => call.send(Buffer.concat([Buffer.from(chunkedHead()), chunk(huge)])),
    'its answer is larger than 1048576 bytes',
  ],
  [
    'a bomb',
    (call) => call.send(whole(gzipSync(huge), ['Content-Encoding: gzip'])),
    'its answer cannot be decompressed within its bound',
  ],
  [
    'a damaged answer',
    (call) => call.send(whole(gzipSync(huge).subarray(0, 500), ['Content-Encoding: gzip'])),
    'its answer cannot be decompressed within its bound',
  ],
  [
    'an unknown encoding',
    (call) => call.send(whole('[]', ['Content-Encoding: rot13'])),
    'its answer cannot be decompressed within its bound',
  ],
]

test.each(troubles)('%s is a failure that tells no secret', async (_, answer, told) => {
  const { url } = await serving(answer)
  expect(await reason(detector('pii', url, { maxResponseBytes: 1 << 20 })([secretText]))).toBe(told)
})

test('an answer that is cut is a failure, whether its length was told or not', async () => {
  const cuts: readonly (string | Buffer)[] = [
    'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{"entity_type"',
    Buffer.concat([Buffer.from(chunkedHead()), chunk('[{"entity_type"')]),
  ]
  for (const bytes of cuts) {
    for (const leave of ['end', 'reset'] as const) {
      const { url } = await serving((call) => {
        call.send(bytes)
        setTimeout(call[leave], 50)
      })
      // The runtime may tell of it before it tells of the head: then it is asked once more, and cut once more.
      expect(await reason(detector('pii', url)([secretText]))).toMatch(
        /^(?:its answer broke off|it could not be reached) \(\w+\)$/,
      )
    }
  }
})

test('a compressed answer is read, though none was asked for', async () => {
  const { url } = await serving((call) =>
    call.send(whole(gzipSync(JSON.stringify(person)), ['Content-Encoding: gzip'])),
  )
  expect((await detector('pii', url)([secretText]))[0]?.findings).toHaveLength(1)
})

test('a service that does not answer in time is let go of', async () => {
  const { url, calls } = await serving(() => {})
  expect(await reason(detector('pii', url, { timeoutMs: 100 })([secretText]))).toBe(
    'it did not answer within 100 ms',
  )
  await calls[0]?.closed
})

test('the time limit is for the whole answer: who trickles is let go of too', async () => {
  const { url, calls } = await serving((call) => {
    call.send(chunkedHead('application/json'))
    const timer = setInterval(() => call.send(chunk(' ')), 10)
    void call.closed.then(() => clearInterval(timer))
  })
  expect(await reason(detector('pii', url, { timeoutMs: 150 })([secretText]))).toBe(
    'it did not answer within 150 ms',
  )
  await calls[0]?.closed
})

test('who gives up lets go of the service at once', async () => {
  const { url, calls } = await serving((call) => leaving.abort(new Error(`enough of ${call.method}`)))
  const leaving = new AbortController()
  expect(await reason(detector('pii', url)([secretText], {}, leaving.signal))).toBe('enough of POST')
  await calls[0]?.closed
})

test('where nobody listens, the failure tells no address', async () => {
  const gone = await serving(() => {})
  await gone.stop()
  expect(await reason(detector('pii', gone.url)([secretText]))).toMatch(/^it could not be reached \(\w+\)$/)
  const nowhere = detector('pii', 'http://no-such-host.invalid/canary')
  expect(await reason(nowhere([secretText]))).toMatch(/^it could not be (?:called|reached) \(\w+\)$/)
})

test('a connection that dies before it answers is tried once more, and not twice', async () => {
  const once = await serving((call, number) => (number === 1 ? call.reset() : call.send(json(person))))
  expect((await detector('pii', once.url)([secretText]))[0]?.findings).toHaveLength(1)
  expect(once.calls).toHaveLength(2)
  const always = await serving((call) => call.reset())
  expect(await reason(detector('pii', always.url)([secretText]))).toMatch(/^it could not be reached \(\w+\)$/)
  expect(always.calls).toHaveLength(2)
})

test('an answer with a status is not tried again', async () => {
  const { url, calls } = await serving((call) => call.send(json({}, '503 Later')))
  await reason(detector('pii', url)([secretText]))
  expect(calls).toHaveLength(1)
})

test('a service that keeps failing is left alone, and asked again after its rest', async () => {
  let isWell = false
  let nowMs = 0
  const { url, calls } = await serving((call) => call.send(isWell ? json(person) : json({}, '500 Oops')))
  const timer = { ...realTimer, now: () => nowMs }
  const ask = asking('pii', { url, maxFailures: 3, restMs: 5000 }, { fetch, timer })
  for (let at = 0; at < 3; at++) expect(await reason(ask([secretText]))).toBe('it answered with status 500')
  expect(await reason(ask([secretText]))).toBe('it failed 3 times in a row and is asked again in 5 s')
  expect(calls).toHaveLength(3)
  nowMs = 5000
  isWell = true
  expect((await ask([secretText]))[0]?.findings).toHaveLength(1)
  expect((await ask([secretText]))[0]?.findings).toHaveLength(1)
  expect(calls).toHaveLength(5)
})

test('no more calls are open at once than the configuration says', async () => {
  let [open, most] = [0, 0]
  const { url, calls } = await serving(async (call) => {
    most = Math.max(most, ++open)
    await Bun.sleep(5)
    open--
    call.send(json([]))
  })
  const texts = Array.from({ length: 40 }, (_, at) => `text ${at}`)
  expect(await detector('pii', url, { maxConcurrent: 3 })(texts)).toHaveLength(40)
  expect([calls.length, most]).toEqual([40, 3])
})

test('an image goes as bytes, and the address of one goes nowhere', async () => {
  const png = Buffer.from('89504e470d0a1a0a0000', 'hex')
  const { url, calls } = await serving((call) => call.send(json({ text: 'words' })))
  const ocr = detector('ocr', url)
  expect(await ocr([`data:image/png;base64,${png.toString('base64')}`])).toMatchObject([{ value: 'words' }])
  expect(calls[0]?.header('content-type')).toBe('image/png')
  expect(await calls[0]?.body()).toEqual(png)
  expect(await reason(ocr([`${url}/image.png`]))).toBe('an image is not in the message itself')
  expect(calls).toHaveLength(1)
})
