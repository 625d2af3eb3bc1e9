import { describe, expect, test } from 'bun:test'
import * as zlib from 'node:zlib'
import { dialectNames, type DialectName } from '../../../src/dialect/dialect.ts'
import { atEveryCut, bytesOf, inSteps } from '../../support/cuts.ts'
import { evasions, expectNothing, inCall, inText, secret, split, traceOf } from '../../support/evasion.ts'
import { answerIn, judged } from '../../support/judged.ts'
import { stride } from '../../support/quick.ts'

/** What a rule forbids does not leave, however it is told. */
describe.each(dialectNames)('%s', (dialect) => {
  test.each(evasions)('$name does not leave, plain and escaped, in one read and in many', async (each) => {
    for (const escaped of [false, true]) {
      const bytes = bytesOf(answerIn(dialect, each.said, { escaped }))
      for (const size of [bytes.length, stride, 27]) {
        expectNothing(
          await judged(dialect, inSteps(bytes, size), [each.order]),
          `escaped ${escaped}, ${size}`,
        )
      }
    }
  })
  test.each(split)('$name does not leave in two reads, wherever the cut is', async ({ said, order }) => {
    for (const reads of atEveryCut(bytesOf(answerIn(dialect, said)))) {
      expectNothing(await judged(dialect, reads, [order]), `cut at ${reads[0]?.length}`)
    }
  })
  test.each(evasions)(
    '$name does not leave when the clock asks after every read',
    async ({ said, order }) => {
      const bytes = bytesOf(answerIn(dialect, said))
      for (const size of [stride, 13]) {
        expectNothing(await judged(dialect, inSteps(bytes, size), [order], { ticks: true }))
      }
    },
  )
  test.each(['\n', '\r\n', '\r'])('line ends %j hide nothing', async (end) => {
    for (const { said, order } of evasions) {
      const bytes = bytesOf(answerIn(dialect, said, { end }))
      for (const size of [stride, bytes.length])
        expectNothing(await judged(dialect, inSteps(bytes, size), [order]))
    }
  })
  test('a stream that stops anywhere lets go nothing that is forbidden', async () => {
    for (const { said, order } of evasions) {
      const bytes = bytesOf(answerIn(dialect, said))
      for (let at = 1; at < bytes.length; at += 3 * stride) {
        const left = await judged(dialect, [bytes.subarray(0, at)], [order], { how: 'cut' })
        expect(left.text.includes(secret)).toBe(false)
      }
    }
  })
  test('a last event without its blank line is judged', async () => {
    for (const { said, order } of evasions.slice(0, 3)) {
      const text = answerIn(dialect, said)
      const last = text.indexOf(dialect === 'gemini' ? 'finishReason' : 'Bye')
      const cut = text.slice(0, last).trimEnd()
      const whole = bytesOf(cut.slice(0, cut.lastIndexOf('}') + 1))
      expect((await judged(dialect, [whole], [order])).text.includes(secret)).toBe(false)
      for (const trimmed of [text.trimEnd(), text.slice(0, -1)]) {
        expectNothing(await judged(dialect, [bytesOf(trimmed)], [order]))
      }
    }
  })
  test('half an event is judged by what it says already', async () => {
    const text = answerIn(dialect, [{ kind: 'text', pieces: [`It is ${secret} and more`] }])
    const cut = bytesOf(text.slice(0, text.indexOf(secret) + secret.length))
    expectNothing(await judged(dialect, [cut], [inText], { how: 'cut' }))
  })
  test('two halves of which the second is half an event are one word', async () => {
    const text = answerIn(dialect, [{ kind: 'text', pieces: ['It is hunt', 'er2 and more'] }])
    const cut = bytesOf(text.slice(0, text.indexOf('er2') + 3))
    expectNothing(await judged(dialect, [cut], [inText], { how: 'cut' }))
  })
  test.each([
    ['gzip', (bytes: Uint8Array) => zlib.gzipSync(bytes)],
    ['', (bytes: Uint8Array) => zlib.gzipSync(bytes)],
    ['br', (bytes: Uint8Array) => zlib.brotliCompressSync(bytes)],
    ['zstd', (bytes: Uint8Array) => zlib.zstdCompressSync(bytes)],
    ['deflate', (bytes: Uint8Array) => zlib.deflateSync(bytes)],
  ] as const)('compressed (%j) it does not leave', async (encoding, deflate) => {
    for (const { said, order } of evasions.slice(0, 5)) {
      const bytes = deflate(bytesOf(answerIn(dialect, said)))
      for (const size of [31, bytes.length]) {
        const { stop, bytes: left } = await judged(dialect, inSteps(bytes, size), [order], { encoding })
        expect([stop?.kind, traceOf(inflated(left, encoding))]).toEqual(['block', ''])
      }
    }
  })
  test('an event of a type nobody knows is judged by its texts, also in pieces', async () => {
    const event = (piece: string) => `data: ${JSON.stringify({ type: 'mystery.delta', said: piece })}\n\n`
    const before = answerIn(dialect, [{ kind: 'text', pieces: ['Fine. '] }])
    for (const text of [event(secret), event('hunt') + event('er2')]) {
      expectNothing(await judged(dialect, [bytesOf(text)], [inText]))
      expectNothing(await judged(dialect, [bytesOf(before), bytesOf(text)], [inText]))
    }
  })
  test('what is no event at all is judged as the text it is', async () => {
    for (const text of [
      `data: ${secret}\n\n`,
      `{"error":{"message":"${secret}"}}`,
      `data: ok\n\n{"said":"${secret}"}`,
    ]) {
      const { stop, text: left } = await judged(dialect, [bytesOf(text)], [inText])
      expect([stop?.kind, left.includes(secret)]).toEqual(['block', false])
    }
  })
  test('a body that is told whole does not leave', async () => {
    const bytes = bytesOf(JSON.stringify(wholes[dialect]))
    for (const size of [1, bytes.length]) {
      const run = { isStream: false }
      expectNothing(await judged(dialect, inSteps(bytes, size), [inText], run))
      expect((await judged(dialect, inSteps(bytes, size), [inCall], run)).bytes).toEqual(bytes)
    }
  })
})

const text = `It is ${secret}.`
const wholes: Readonly<Record<DialectName, object>> = {
  'openai-chat': {
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
  },
  'openai-responses': {
    object: 'response',
    output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }],
  },
  anthropic: {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
  },
  gemini: { candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP' }] },
}

/** As much as can be read of what left. */
function inflated(bytes: Uint8Array, encoding: string): string {
  if (bytes.length === 0) return ''
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush } = zlib.constants
  const read = {
    br: () => zlib.brotliDecompressSync(bytes, { finishFlush: BROTLI_OPERATION_FLUSH }),
    zstd: () => zlib.zstdDecompressSync(bytes, { finishFlush: ZSTD_e_flush }),
    deflate: () => zlib.inflateSync(bytes, { finishFlush: Z_SYNC_FLUSH }),
    gzip: () => zlib.gunzipSync(bytes, { finishFlush: Z_SYNC_FLUSH }),
  }
  return (read[encoding === '' ? 'gzip' : (encoding as keyof typeof read)] ?? read.gzip)().toString()
}

test('the elements of a list are events', async () => {
  for (const { said, order } of evasions) {
    const bytes = bytesOf(answerIn('gemini', said, { form: 'elements' }))
    for (const size of [1, 50, bytes.length]) {
      expectNothing(await judged('gemini', inSteps(bytes, size), [order], { isStream: false }))
    }
  }
})

test('every choice is judged, whichever says it and however they take turns', async () => {
  const chunk = (index: number, content: string) =>
    `data: ${JSON.stringify({ choices: [{ index, delta: { content } }] })}\n\n`
  const candidate = (index: number, said: string) =>
    `data: ${JSON.stringify({ candidates: [{ index, content: { parts: [{ text: said }] } }] })}\r\n\r\n`
  for (const [dialect, event] of [
    ['openai-chat', chunk],
    ['gemini', candidate],
  ] as const) {
    for (const index of [0, 1, 2]) {
      const turns = ['hu', 'nt', 'er', '2 '].map(
        (piece) => event(index, piece) + event((index + 1) % 3, 'So. '),
      )
      for (const ticks of [false, true]) {
        const reads = turns.map(bytesOf)
        expectNothing(await judged(dialect, reads, [inText], { ticks }), `${dialect} ${index}`)
      }
    }
  }
})

test('a response that ends by saying something else is judged by what it had said', async () => {
  const event = (fields: object) => `data: ${JSON.stringify(fields)}\n\n`
  const delta = event({
    type: 'response.output_text.delta',
    output_index: 0,
    content_index: 0,
    delta: `${secret} `,
  })
  const ends = [
    { type: 'response.completed', response: { object: 'response', status: 'completed', output: [] } },
    { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'fine' },
    { type: 'response.output_item.done', output_index: 0, item: { type: 'message', content: [] } },
    {
      type: 'response.content_part.done',
      output_index: 0,
      content_index: 0,
      part: { type: 'output_text', text: '' },
    },
  ]
  for (const end of ends) {
    expectNothing(await judged('openai-responses', [bytesOf(delta + event(end))], [inText]), end.type)
  }
})

test('what follows the end of an answer is judged too', async () => {
  for (const dialect of dialectNames) {
    const end = dialect === 'gemini' ? '\r\n' : '\n'
    const late = answerIn(dialect, [{ kind: 'text', pieces: [secret] }], { end })
    const text = answerIn(dialect, [{ kind: 'text', pieces: ['Fine.'] }]) + late
    const left = await judged(dialect, [bytesOf(text)], [inText])
    expectNothing(left, dialect)
  }
})
