import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { bytesOf, rebuild } from '../../support/cuts.ts'
import { streams } from '../../support/streams/index.ts'
import { dataOnly, named } from '../../support/streams/told.ts'
import { play } from './world.ts'

const merge = (bytes: Uint8Array | string, list: readonly string[] = [], changes = {}) =>
  play(['merge', 'answer.sse', ...list], {
    readBytes: async () => (typeof bytes === 'string' ? bytesOf(bytes) : bytes),
    ...changes,
  })

for (const name of dialectNames) {
  test(`${name}: a stream is put together, its dialect given or not, packed or not`, async () => {
    for (const { text, reply } of streams[name]) {
      if (reply.body === null) continue
      const wanted = rebuild(dialects[name], [bytesOf(text)])
      const exit = { complete: 0, error: 3, cut: 4 }[wanted.ending]
      for (const bytes of [bytesOf(text), gzipSync(text)]) {
        const guessed = await merge(bytes)
        expect([guessed.code, JSON.parse(guessed.out), guessed.err]).toEqual([exit, wanted.body, ''])
        expect(await merge(bytes, ['--dialect', name])).toEqual(guessed)
      }
    }
  })
}

const chunk = '{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"modelVersion":"m"}'

test('an array of chunks, and an answer that came whole, are answers too', async () => {
  for (const [text, code] of [
    [`[${chunk}\r\n,\r\n${chunk}\r\n]`, 0],
    [`[${chunk},`, 4],
    [` ${chunk}\n`, 0],
  ] as const) {
    const { code: exit, out } = await merge(text)
    expect([exit, JSON.parse(out)]).toMatchObject([code, { modelVersion: 'm' }])
  }
})

test('a stream that is cut within its first events is still known by its words', async () => {
  const text = 'event: message_start\ndata: {"type":"message_start","message":{"id"'
  expect(JSON.parse((await merge(text, ['--json'])).out)).toMatchObject({
    dialect: 'anthropic',
    ending: 'cut',
    body: null,
  })
})

test('a packed stream that is cut gives what had come', async () => {
  const [first] = streams.anthropic
  const packed = gzipSync(first?.text ?? '')
  expect((await merge(packed.subarray(0, packed.length - 30))).code).toBe(4)
})

test('its facts are told beside it, on a terminal or when asked for', async () => {
  const text = named(
    { type: 'message_start', message: { model: 'wise', content: [], usage: { input_tokens: 1200 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', name: 'f', input: {} } },
    {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '{"a": 1.0}' },
    },
    { type: 'weather' },
    { type: 'error', error: { type: 'overloaded_error', message: '\u001b[2J' } },
  )
  const { code, err } = await merge(text, ['--facts'])
  expect(code).toBe(3)
  expect(err.split('\n')).toEqual([
    'dialect  anthropic, found out',
    'ending   error',
    'model    wise',
    'tokens   in 1,200, out -',
    'error    {"type":"overloaded_error","message":"\\u001b[2J"}',
    'given    /content/0/input {"a": 1.0}',
    'unknown  weather x 1',
    '',
  ])
  const shown = await merge(text, ['--dialect=anthropic'], {
    isErrorTerminal: true,
    environment: { NO_COLOR: '1' },
  })
  expect(shown.err).toStartWith('dialect  anthropic\n')
  expect((await merge(text)).err).toBe('')
})

test('all of it is one JSON when asked for', async () => {
  const { code, out, err } = await merge(dataOnly({ type: 'transcript.text.done', text: 'Hi' }), ['--json'], {
    isErrorTerminal: true,
  })
  expect([code, err]).toEqual([0, ''])
  expect(JSON.parse(out)).toMatchObject({
    dialect: null,
    ending: 'complete',
    model: null,
    body: { text: 'Hi' },
  })
})

test('what a model wrote does not reach a terminal as it is', async () => {
  const text = dataOnly({ choices: [{ delta: { content: '\u202e\u009b' }, finish_reason: 'stop' }] })
  expect((await merge(text, [], { isTerminal: true })).out).toContain('\\u202e\\u009b')
  expect((await merge(text)).out).toContain('\u202e')
})

test('what is no answer, no file, or no dialect is told', async () => {
  expect(await merge('Hello')).toMatchObject({
    code: 1,
    out: '',
    err: 'weir: these bytes are no answer: neither events nor JSON\n',
  })
  expect(await merge('data: {"a":1}\n\n')).toMatchObject({ code: 1, out: '' })
  expect(await play(['merge', 'none'])).toMatchObject({ code: 1, err: 'weir: there is no file none\n' })
  expect(await merge('', ['--dialect', 'antropic'])).toMatchObject({
    code: 2,
    err: 'weir: "antropic" is no dialect; did you mean anthropic?\n',
  })
  expect((await merge('', ['--dialect', 'soap'])).err).toContain('there are openai-chat')
  expect(await play(['merge'])).toMatchObject({
    code: 2,
    err: 'weir: FILE is missing (weir merge --help tells more)\n',
  })
})

test('a dash stands for the standard input, a file for its place in the folder', async () => {
  const paths: string[] = []
  const readBytes = async (path: string) => {
    paths.push(path)
    return bytesOf(chunk)
  }
  for (const file of ['-', 'a.sse', '/b.sse']) await play(['merge', file], { readBytes, folder: '/srv' })
  expect(paths).toEqual(['-', '/srv/a.sse', '/b.sse'])
})
