import { describe, expect, test } from 'bun:test'
import * as zlib from 'node:zlib'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { createAnswerJudge } from '../../../src/judge/held.ts'
import type { AnswerOf, Order, Step } from '../../../src/judge/answer.ts'
import { bytesOf, inSteps } from '../../support/cuts.ts'
import { expectUnchanged, never, said, waysOf } from '../../support/held.ts'
import { answerIn, judged, judgeWhole, orderOf } from '../../support/judged.ts'
import { stride } from '../../support/quick.ts'

const secret = (more: Partial<Order> = {}) =>
  orderOf('raise "no secrets" if:\n    (msg: Message)\n    "hunter2" in msg.content', more)

describe.each(dialectNames)('%s', (dialect) => {
  test('what is allowed leaves as it came: every byte, in order, however it is cut', async () => {
    for (const way of waysOf(dialect, 4)) await expectUnchanged(dialect, way)
  })
  test.each([
    ['gzip', zlib.gzipSync],
    ['br', zlib.brotliCompressSync],
    ['zstd', zlib.zstdCompressSync],
    ['deflate', zlib.deflateRawSync],
  ] as const)('what came as %s leaves as the same bytes', async (encoding, deflate) => {
    const bytes = new Uint8Array(deflate(bytesOf(answerIn(dialect, said))))
    for (const size of [stride, 33, bytes.length]) {
      const left = await judged(dialect, inSteps(bytes, size), [never], { encoding })
      expect(left.bytes).toEqual(bytes)
    }
  })
  test('under a tail everything leaves at once but the end, which waits for the verdict', async () => {
    const text = answerIn(dialect, [{ kind: 'text', pieces: ['It is hunter2. ', 'Bye.'] }])
    const left = await judged(dialect, [bytesOf(text)], [secret({ mode: 'tail' })])
    expect(left.text.includes('hunter2')).toBe(true)
    expect(left.stop?.kind).toBe('block')
    expect(left.text.length).toBeLessThan(text.length)
    expect(/DONE|message_stop|response.completed|finishReason":"STOP/.test(left.text)).toBe(false)
    expect(left.findings[0]?.leftBytes).toBe(left.bytes.length)
  })
  test('a watch holds nothing, and tells afterwards what it saw', async () => {
    const bytes = bytesOf(answerIn(dialect, [{ kind: 'text', pieces: ['It is hunter2. '] }]))
    for (const order of [secret({ mode: 'watch' }), secret({ action: 'log' }), secret({ action: 'flag' })]) {
      const left = await judged(dialect, inSteps(bytes, 40), [order])
      expect([left.bytes, left.stop, left.findings]).toEqual([bytes, null, []])
      expect(left.after.map(({ message, leftBytes }) => [message, leftBytes])).toEqual([
        ['no secrets', bytes.length],
      ])
    }
  })
  test('a call leaves when it is whole, and its first byte not before', async () => {
    const text = answerIn(dialect, [
      { kind: 'text', pieces: ['So. '] },
      { kind: 'call', name: 'run', pieces: ['{"comm', 'and":"ls"}'] },
    ])
    const bytes = bytesOf(text)
    const first = text.indexOf('"run"')
    const last = text.indexOf('ls')
    const judge = createAnswerJudge({ ...given, dialect, orders: [never] })
    let left = 0
    for (let at = 0; at < bytes.length; at++) {
      left += movedBy(await judge.take(bytes.slice(at, at + 1)))
      left += movedBy(await judge.tick())
      if (at < last) expect(left).toBeLessThan(first)
    }
    left += movedBy(await judge.end('complete'))
    expect(left).toBe(bytes.length)
  })
})

const given: Omit<AnswerOf, 'orders'> = { dialect: 'anthropic', encoding: '', isStream: true, request: null }

function movedBy({ moves }: Step): number {
  return moves.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** What had left after each event of a text, without and with the clock. */
async function leftAfter(pieces: readonly string[], more: Partial<AnswerOf> & { ticks?: boolean } = {}) {
  const { ticks = false, ...of } = more
  const judge = createAnswerJudge({ ...given, dialect: 'openai-chat', orders: [never], ...of })
  const lefts: number[] = []
  let [taken, left] = [0, 0]
  const ends: number[] = []
  for (const content of pieces) {
    const bytes = bytesOf(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`)
    taken += bytes.length
    ends.push(taken)
    left += movedBy(await judge.take(new Uint8Array(bytes)))
    if (ticks) left += movedBy(await judge.tick())
    lefts.push(ends.indexOf(left) + 1)
  }
  return lefts
}

test('a text leaves by the sentence, which ends where white space or an end follows', async () => {
  expect(await leftAfter(['It', ' is', ' so', '.', ' But', ' is it', '?', '\n', 'Oh'])).toEqual([
    0, 0, 0, 0, 4, 4, 4, 8, 8,
  ])
  expect(await leftAfter(['mail me@example', '.', 'com', ' now'])).toEqual([0, 0, 0, 0])
  expect(await leftAfter(['これ', 'です', '。', 'はい'])).toEqual([0, 0, 3, 3])
})

test('when the clock asks, it leaves by the word, and a word in the making stays', async () => {
  expect(await leftAfter(['It', ' is', ' hun', 'ter', '2', ' now '], { ticks: true })).toEqual([
    0, 1, 2, 2, 2, 6,
  ])
})

test('a word without end is none: it leaves when it has more than 64 letters', async () => {
  const lefts = await leftAfter(
    Array.from({ length: 10 }, () => 'abcdefghij'),
    { ticks: true },
  )
  expect(lefts).toEqual([0, 0, 0, 0, 0, 0, 7, 8, 9, 10])
})

test('by the message it leaves when all of it has been said, whatever the clock asks', async () => {
  const text = ['It is. ', 'So. ', 'Yes.\n']
  expect(await leftAfter(text, { ticks: true, granularity: 'message' })).toEqual([0, 0, 0])
})

test('comments and pings leave at once where nothing waits before them', async () => {
  const judge = createAnswerJudge({ ...given, orders: [never] })
  const moved = async (text: string) => movedBy(await judge.take(new Uint8Array(bytesOf(text))))
  expect(await moved(': keep-alive\n\n')).toBe(14)
  expect(await moved('event: ping\ndata: {"type":"ping"}\n\n')).toBe(35)
  expect(
    await moved(
      'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"It"}}\n\n',
    ),
  ).toBe(0)
  expect(await moved(': keep-alive\n\n')).toBe(0)
})

test('of a compressed answer a part leaves when all that can be read of it may leave', async () => {
  const deflater = zlib.createGzip()
  const parts: Uint8Array[] = []
  deflater.on('data', (part: Uint8Array) => parts.push(part))
  const judge = createAnswerJudge({ ...given, dialect: 'openai-chat', encoding: 'gzip', orders: [never] })
  const moves: number[] = []
  for (const content of ['It is', ' so. ', 'But ']) {
    deflater.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`)
    await new Promise<void>((resolve) => deflater.flush(() => resolve()))
    const bytes = new Uint8Array(Buffer.concat(parts.splice(0)))
    moves.push(movedBy(await judge.take(bytes)) - bytes.length)
  }
  expect(moves[0]).toBeLessThan(0)
  expect(moves[1]).toBeGreaterThan(0)
  expect(moves[2]).toBeLessThan(0)
})

describe('what cannot be judged', () => {
  const damaged = new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  const long = bytesOf(answerIn('anthropic', [{ kind: 'text', pieces: ['abc '.repeat(200)] }]))

  test.each([
    ['damage', damaged, { encoding: 'gzip' }],
    ['an encoding nobody knows', long, { encoding: 'sdch' }],
    ['more than may wait', long, { mostBytes: 300 }],
  ] as const)('%s is a block, or passes, as the order has it', async (_name, bytes, run) => {
    const blocked = await judged('anthropic', inSteps(bytes, 7), [secret()], run)
    expect(blocked.stop?.kind).toBe('block')
    expect(blocked.findings.map(({ kind }) => kind)).toEqual(['error'])
    const allowed = await judged('anthropic', inSteps(bytes, 7), [secret({ onError: 'allow' })], run)
    expect([allowed.stop, allowed.bytes]).toEqual([null, new Uint8Array(bytes)])
    expect(allowed.findings.map(({ kind }) => kind)).toEqual(['error'])
  })
  test('a watch says so afterwards', async () => {
    const left = await judged('anthropic', [damaged], [secret({ mode: 'watch' })], { encoding: 'gzip' })
    expect([left.bytes, left.stop]).toEqual([damaged, null])
    expect(left.after.map(({ kind }) => kind)).toEqual(['error'])
  })
  test('at the bound everything may wait', async () => {
    const run = { mostBytes: long.length }
    expect((await judged('anthropic', inSteps(long, 7), [never], run)).bytes).toEqual(long)
  })
  test('a rule that fails is a block, or told, as its order has it', async () => {
    const order = orderOf('raise "x" if:\n    (msg: Message)\n    len(msg.content) > input.most')
    const bytes = bytesOf(answerIn('anthropic', said))
    const blocked = await judged('anthropic', [bytes], [order])
    expect([blocked.stop?.kind, blocked.stop?.finding.kind]).toEqual(['block', 'error'])
    const allowed = await judged('anthropic', [bytes], [{ ...order, onError: 'allow' }])
    expect(allowed.bytes).toEqual(bytes)
    expect(allowed.findings.length).toBeGreaterThan(0)
  })
})

test('only what the answer has to do with is found, in the light of what was asked', async () => {
  const order = orderOf(
    'raise "leak" if:\n    (out: ToolOutput)\n    (msg: Message)\n    out -> msg\n    "key" in out.content\n    "hunter2" in msg.content',
  )
  const result = {
    kind: 'result',
    callId: '1',
    name: null,
    isError: false,
    isServers: false,
    isPlain: true,
  } as const
  const message = (text: string) =>
    ({
      role: 'tool',
      roleText: 'tool',
      isPlain: true,
      at: '/messages/0',
      extra: {},
      parts: [
        { ...result, at: '/messages/0', extra: {}, parts: [{ kind: 'text', text, at: '', extra: {} }] },
      ],
    }) as const
  const request = (text: string) => ({ model: null, tools: [], settings: {}, messages: [message(text)] })
  const bytes = bytesOf(answerIn('anthropic', [{ kind: 'text', pieces: ['It is hunter2.'] }]))
  const clean = await judged('anthropic', [bytes], [order], { request: request('nothing') })
  expect(clean.bytes).toEqual(bytes)
  const leak = await judged('anthropic', [bytes], [order], { request: request('the key') })
  expect(leak.stop?.finding.message).toBe('leak')
  const old = orderOf('raise "old" if:\n    (out: ToolOutput)\n    "key" in out.content')
  expect((await judged('anthropic', [bytes], [old], { request: request('the key') })).stop).toBe(null)
})

test('a watch waits for nothing, not even for the rest of an event', async () => {
  const judge = createAnswerJudge({ ...given, orders: [{ ...never, mode: 'watch' }] })
  for (const part of ['event: pi', 'ng\ndata', ': {"type":"ping"}\n']) {
    expect(movedBy(await judge.take(new Uint8Array(bytesOf(part))))).toBe(part.length)
  }
  expect(movedBy(await judge.end('cut'))).toBe(0)
})

test('a whole answer is judged at once: as it came, masked, or stopped', async () => {
  const bytes = new Uint8Array(
    bytesOf('{"type":"message","role":"assistant","content":[{"type":"text","text":"It is hunter2."}]}'),
  )
  const whole = { ...given, isStream: false }
  expect(await judgeWhole({ ...whole, orders: [never] }, bytes)).toEqual({
    findings: [],
    stop: null,
    body: null,
  })
  const { body, stop } = await judgeWhole({ ...whole, orders: [secret({ action: 'mask' })] }, bytes)
  expect([stop, new TextDecoder().decode(body ?? bytes)]).toEqual([
    null,
    new TextDecoder().decode(bytes).replace('hunter2', '[masked]'),
  ])
  expect((await judgeWhole({ ...whole, orders: [secret()] }, bytes)).stop?.kind).toBe('block')
})
