import { describe, expect, test } from 'bun:test'
import * as zlib from 'node:zlib'
import type { Part } from '../../../src/conversation/conversation.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { dialectNames, type DialectName } from '../../../src/dialect/dialect.ts'
import { bytesOf, inSteps } from '../../support/cuts.ts'
import { answerIn, judged, orderOf, readLeft, type Said } from '../../support/judged.ts'
import { stride } from '../../support/quick.ts'

const inText = orderOf('raise "no secrets" if:\n    (msg: Message)\n    "hunter2" in msg.content', {
  action: 'mask',
})
const inCall = orderOf(
  'raise "no secrets" if:\n    (call: ToolCall)\n    "hunter2" in call.function.arguments.command',
  { action: 'mask' },
)
const afterWord = orderOf(
  'from invariant.re import find\nraise "no secrets" if:\n    (msg: Message)\n    len(find("pass: [a-z0-9]+", msg.content)) > 0',
  { action: 'mask' },
)

/** What a reader is told: texts and arguments, in order. */
function wordsOf(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => {
    switch (part.kind) {
      case 'text':
      case 'thinking':
        return part.text === '' ? [] : [part.text]
      case 'call':
        return [JSON.stringify(part.arguments)]
      default:
        return []
    }
  })
}

type Case = { readonly said: readonly Said[]; readonly words: readonly string[] }

const texts: readonly Case[] = [
  { said: [{ kind: 'text', pieces: ['It is hunter2, so. '] }], words: ['It is [masked], so. '] },
  {
    said: [{ kind: 'text', pieces: ['It is hu', 'nter', '2, so', '. Bye'] }],
    words: ['It is [masked], so. Bye'],
  },
  {
    said: [{ kind: 'text', pieces: ['hunter2', 'hunter2', '\n"löwe" 🦁 hunter2'] }],
    words: ['[masked][masked]\n"löwe" 🦁 [masked]'],
  },
  {
    said: [
      { kind: 'thinking', pieces: ['Hm. ', 'A hunt', 'er2. '] },
      { kind: 'text', pieces: ['Fine.'] },
    ],
    words: ['Hm. A [masked]. ', 'Fine.'],
  },
]

const calls: readonly Case[] = [
  {
    said: [
      {
        kind: 'call',
        name: 'run',
        pieces: ['{"n":12345678901234567890, "command"', ':"cat hun', 'ter2 \\"x\\""}'],
      },
      { kind: 'call', name: 'run', pieces: ['{"command":"ls"}'] },
    ],
    words: ['{"n":12345678901234567000,"command":"cat [masked] \\"x\\""}', '{"command":"ls"}'],
  },
]

describe.each(dialectNames)('%s', (dialect) => {
  test('what is marked is masked wherever it is told, and the answer is as it was otherwise', async () => {
    for (const [order, cases] of [
      [inText, texts],
      [inCall, calls],
    ] as const) {
      for (const { said, words } of cases) {
        for (const escaped of [false, true]) {
          const bytes = bytesOf(answerIn(dialect, said, { escaped }))
          for (const size of [stride, 40, bytes.length]) {
            for (const ticks of [false, true]) {
              const left = await judged(dialect, inSteps(bytes, size), [order], { ticks })
              const { reply, answer } = readLeft(dialect, left.text)
              expect([left.stop, reply.ending]).toEqual([null, 'complete'])
              expect(wordsOf(answer.choices[0]?.message.parts ?? [])).toEqual([...words])
              expect(/hunt|er2|\\u0068\\u0075/.test(left.text)).toBe(false)
            }
          }
        }
      }
    }
  })
  test('events that tell nothing of it keep their bytes, and the others are JSON still', async () => {
    const end = dialect === 'gemini' ? '\r\n\r\n' : '\n\n'
    const text = answerIn(dialect, [{ kind: 'text', pieces: ['One. ', 'hun', 'ter2', ' three.'] }])
    const left = await judged(dialect, [bytesOf(text)], [inText])
    const [before, after] = [text.split(end), left.text.split(end)]
    expect(after.length).toBe(before.length)
    for (const [at, frame] of before.entries()) {
      const isTold = /"hun"|ter2/.test(frame)
      expect(after[at] === frame).toBe(!isTold)
      if (isTold) JSON.parse(after[at]?.slice(after[at].indexOf('data:') + 5) ?? '')
    }
  })
  test('a range that grows while it is told shows one mask', async () => {
    const text = answerIn(dialect, [{ kind: 'text', pieces: ['My pass:', ' hun', 'ter2', ' ok. ', 'Bye'] }])
    for (const ticks of [false, true]) {
      const left = await judged(dialect, inSteps(bytesOf(text), 30), [afterWord], { ticks })
      const { answer } = readLeft(dialect, left.text)
      expect(wordsOf(answer.choices[0]?.message.parts ?? [])).toEqual(['My [masked] ok. Bye'])
    }
  })
  test('a message that is marked as a whole is masked as a whole, its calls too', async () => {
    const order = orderOf('raise "too long" if:\n    (msg: Message)\n    msg.role == "assistant"', {
      action: 'mask',
    })
    const text = answerIn(dialect, [
      { kind: 'text', pieces: ['One. ', 'Two.'] },
      { kind: 'call', name: 'run', pieces: ['{"command":', '"ls"}'] },
    ])
    const left = await judged(dialect, [bytesOf(text)], [order])
    const { answer } = readLeft(dialect, left.text)
    expect(wordsOf(answer.choices[0]?.message.parts ?? [])).toEqual(['[masked]', '{"command":"[masked]"}'])
  })
  test('what cannot be masked any more blocks', async () => {
    const order = orderOf(
      'raise "both" if:\n    (msg: Message)\n    "zebra" in msg.content\n    "first" in msg.content',
      {
        action: 'mask',
      },
    )
    const text = answerIn(dialect, [{ kind: 'text', pieces: ['The first. ', 'And a zebra.'] }])
    const left = await judged(dialect, inSteps(bytesOf(text), 30), [order])
    expect(left.text.includes('first')).toBe(true)
    expect([left.stop?.kind, left.text.includes('zebra')]).toEqual(['block', false])
  })
  test('a body that is told whole is masked in place, every other byte as it was', async () => {
    for (const [order, body, words] of [
      [inText, wholeText(dialect), 'It is [masked] [masked].'],
      [inCall, wholeCall(dialect), '{"n":12345678901234567000,"command":"cat [masked]"}'],
    ] as const) {
      const left = await judged(dialect, inSteps(bytesOf(body), 50), [order], { isStream: false })
      expect([left.stop, left.text]).toEqual([null, body.replaceAll('hunter2', '[masked]')])
      const { message } = dialects[dialect].readAnswer(JSON.parse(left.text)).choices[0] ?? { message: null }
      expect(wordsOf(message?.parts ?? [])).toEqual([words])
    }
  })
  test('what came compressed leaves inflated, and says so', async () => {
    const text = answerIn(dialect, texts[1]?.said ?? [])
    const run = { encoding: 'gzip' }
    const left = await judged(dialect, inSteps(zlib.gzipSync(text), 25), [inText], run)
    expect(wordsOf(readLeft(dialect, left.text).answer.choices[0]?.message.parts ?? [])).toEqual([
      'It is [masked], so. Bye',
    ])
  })
})

const spaced = (value: unknown) => JSON.stringify(value, null, 1)

function wholeText(dialect: DialectName): string {
  const text = 'It is hunter2 hunter2.'
  switch (dialect) {
    case 'openai-chat':
      return spaced({
        id: 'c',
        choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      })
    case 'openai-responses':
      return spaced({
        object: 'response',
        output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }],
      })
    case 'anthropic':
      return spaced({
        type: 'message',
        role: 'assistant',
        content: [{ type: 'text', text }],
        stop_reason: 'end_turn',
      })
    case 'gemini':
      return spaced({ candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP' }] })
  }
}

function wholeCall(dialect: DialectName): string {
  const input = '{"n": 12345678901234567890, "command": "cat hunter2"}'
  const told = JSON.stringify(input)
  switch (dialect) {
    case 'openai-chat':
      return `{"choices": [{"index": 0, "message": {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": {"name": "run", "arguments": ${told}}}]}}]}`
    case 'openai-responses':
      return `{"object": "response", "output": [{"type": "function_call", "name": "run", "call_id": "1", "arguments": ${told}}]}`
    case 'anthropic':
      return `{"type": "message", "content": [{"type": "tool_use", "id": "1", "name": "run", "input": ${input}}]}`
    case 'gemini':
      return `{"candidates": [{"content": {"parts": [{"functionCall": {"name": "run", "args": ${input}}}]}}]}`
  }
}

test('the tokens of a masked text are left out, and those of the others kept', async () => {
  const chunk = (content: string) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, logprobs: { content: [{ token: content, logprob: -1 }] } }] })}\n\n`
  const left = await judged(
    'openai-chat',
    [bytesOf(chunk('fine ') + chunk('hunter2') + chunk(' yes'))],
    [inText],
  )
  expect(left.text).toBe(
    `${chunk('fine ')}data: {"choices":[{"index":0,"delta":{"content":"[masked]"},"logprobs":null}]}\n\n${chunk(' yes')}`,
  )
})

test('the same text in another field of the event is masked with it', async () => {
  const delta = {
    reasoning: 'a hunter2 ',
    reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'a hunter2 ' }],
  }
  const text = `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`
  const left = await judged('openai-chat', [bytesOf(text)], [inText])
  expect(left.text).toBe(text.replaceAll('hunter2', '[masked]'))
})

test('the seal of masked thinking is taken off, and that of other thinking stays', async () => {
  for (const [pieces, hasSeal] of [
    [['a hunter2'], false],
    [['a lion'], true],
  ] as const) {
    const text = answerIn('anthropic', [{ kind: 'thinking', pieces }])
    const left = await judged('anthropic', [bytesOf(text)], [inText])
    expect(left.text.includes('c2VhbA==')).toBe(hasSeal)
  }
})

test('an event whose data comes in several lines is one of one line where it is masked', async () => {
  const text = 'id: 7\r\ndata: {"candidates":[{"content":\r\ndata: {"parts":[{"text":"hunter2"}]}}]}\r\n\r\n'
  const left = await judged('gemini', [bytesOf(text)], [inText])
  expect(readLeft('gemini', left.text).answer.choices[0]?.message.parts[0]).toMatchObject({
    text: '[masked]',
  })
  expect(left.text.startsWith('id: 7\r\ndata: ')).toBe(true)
})

test('the elements of a list are masked in place', async () => {
  const said: readonly Said[] = [{ kind: 'text', pieces: ['It is hun', 'ter2. ', 'Bye'] }]
  const text = answerIn('gemini', said, { form: 'elements' })
  const left = await judged('gemini', inSteps(bytesOf(text), 20), [inText], { isStream: false })
  expect(left.text).toBe(text.replace('It is hun', 'It is [masked]').replace('ter2', ''))
})
