import { expect, test } from 'bun:test'
import { gunzipSync } from 'node:zlib'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { timerSleep, toBody } from '../../../src/demo/send.ts'
import { at, createTimeless, toEvents, toRequest } from './ask.ts'

async function chunksOf(response: Response): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = []
  const reader = response.body?.getReader()
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read())
    chunks.push(next.value)
  return chunks
}

for (const dialect of dialectNames) {
  const stream = { stream: true }

  test(`${dialect}: one chunk is one event`, async () => {
    const { ask } = createTimeless()
    const chunks = await chunksOf(await ask(toRequest(dialect, 'fast', stream)))
    for (const chunk of chunks) expect(toEvents(chunk)).toHaveLength(1)
    const end = dialect === 'gemini' ? '\r\n\r\n' : '\n\n'
    expect(chunks.every((chunk) => new TextDecoder().decode(chunk).endsWith(end))).toBe(true)
  })

  test(`${dialect}: x-demo-cut cuts the same bytes into pieces of that size`, async () => {
    const { ask } = createTimeless()
    const plain = await (await ask(toRequest(dialect, 'fast', stream))).bytes()
    for (const size of [1, 7, 1000, 1_000_000]) {
      const headers = { 'x-demo-cut': String(size) }
      const chunks = await chunksOf(await ask(toRequest(dialect, 'fast', { ...stream, headers })))
      expect(Buffer.compare(Buffer.concat(chunks), plain)).toBe(0)
      // What is held goes out before a pause, and there is one after every 64 events.
      expect(chunks.filter((chunk) => chunk.length !== Math.min(size, plain.length)).length).toBeLessThan(6)
    }
  })

  test(`${dialect}: x-demo-gzip compresses, and each event can be read as soon as it has come`, async () => {
    const { ask } = createTimeless()
    const plain = await (await ask(toRequest(dialect, 'fast', stream))).bytes()
    const response = await ask(toRequest(dialect, 'fast', { ...stream, headers: { 'x-demo-gzip': '1' } }))
    expect(response.headers.get('content-encoding')).toBe('gzip')
    const chunks = await chunksOf(response)
    expect(Buffer.compare(gunzipSync(Buffer.concat(chunks)), plain)).toBe(0)
    const inflater = new DecompressionStream('gzip')
    const writer = inflater.writable.getWriter()
    const reader = inflater.readable.getReader()
    void writer.write(new Uint8Array(Buffer.concat(chunks.slice(0, 2))))
    expect(toEvents((await reader.read()).value ?? '')).toHaveLength(1)
  })

  for (const size of [9_000, 10_000, 33_333, 200_000]) {
    test(`${dialect}: bytes-${size} has exactly that many bytes, streamed and whole`, async () => {
      const { ask } = createTimeless()
      for (const streamed of [true, false]) {
        const bytes = await (await ask(toRequest(dialect, `bytes-${size}`, { stream: streamed }))).bytes()
        expect(bytes.length).toBe(size)
        if (!streamed) expect(() => JSON.parse(new TextDecoder().decode(bytes))).not.toThrow()
        if (streamed) for (const { data } of toEvents(bytes)) if (data !== '[DONE]') JSON.parse(data)
      }
    })
  }

  test(`${dialect}: a body of a terabyte begins at once, and ends when its reader leaves`, async () => {
    const { ask } = createTimeless()
    for (const model of ['bytes-999999999999', 'long-999999999999']) {
      for (const streamed of [true, false]) {
        const reader = (await ask(toRequest(dialect, model, { stream: streamed }))).body?.getReader()
        expect((await reader?.read())?.value?.length).toBeGreaterThan(50)
        await reader?.cancel()
        expect((await reader?.read())?.done).toBe(true)
      }
    }
  })

  test(`${dialect}: an answer ends with an error as soon as its caller leaves`, async () => {
    const leaving = new AbortController()
    const { ask } = createTimeless({ sleep: timerSleep })
    const response = await ask(toRequest(dialect, 's09-3', { ...stream, signal: leaving.signal }))
    const reader = response.body?.getReader()
    for (let events = 0; events < 3; events++) await reader?.read()
    const stalled = reader?.read()
    leaving.abort()
    expect(stalled).rejects.toThrow()
  })
}

test('human has a first pause of 150 ms and about 30 tokens a second, the same every time', async () => {
  const runs = [createTimeless(), createTimeless()]
  for (const { ask } of runs) await (await ask(toRequest('openai-chat', 'human', { stream: true }))).text()
  const [first, ...rest] = (runs[0]?.pauses ?? []).filter((ms) => ms > 0)
  expect(first).toBe(150)
  expect(rest.reduce((sum, ms) => sum + ms, 0) / rest.length).toBeCloseTo(1000 / 30, -1)
  expect(runs[1]?.pauses).toEqual(runs[0]?.pauses ?? [])
})

test('an unknown model streams at a human pace, and answers at once when it does not stream', async () => {
  const { ask, pauses } = createTimeless()
  await (await ask(toRequest('anthropic', 'some-model'))).text()
  expect(pauses).toEqual([])
  await (await ask(toRequest('anthropic', 'some-model', { stream: true }))).text()
  expect(pauses[0]).toBe(150)
})

test('nothing of a body is made before it is asked for', async () => {
  let made = 0
  function* steps() {
    for (;;) {
      made++
      yield { kind: 'send', bytes: new Uint8Array(1) } as const
    }
  }
  const reader = toBody(steps(), timerSleep, new AbortController().signal).getReader()
  expect(made).toBe(0)
  await reader.read()
  await reader.read()
  expect(made).toBe(2)
})

test('Gemini without alt=sse streams one JSON array', async () => {
  const { ask } = createTimeless()
  const body = JSON.stringify({ contents: [{ parts: [{ text: 'hello' }] }] })
  const url = 'http://demo/v1beta/models/fast:streamGenerateContent'
  const response = await ask(new Request(url, { method: 'POST', body }))
  expect(response.headers.get('content-type')).toBe('application/json; charset=UTF-8')
  const chunks: unknown = await response.json()
  expect(at(chunks, 0, 'responseId')).toBe(at(chunks, 5, 'responseId'))
})
