import { expect, test } from 'bun:test'
import type { DialectName, Reply } from '../../../../src/dialect/dialect.ts'
import { dialects } from '../../../../src/dialect/index.ts'
import { momentOf, type Ended } from '../../../../src/trace/push/moment.ts'

const nothing: Reply = { body: null, ending: 'cut', model: null, usage: null, error: null, unknownEvents: {} }

function told(dialect: DialectName, body: unknown, more: Partial<Ended> = {}): Ended {
  const answer: Reply = { ...nothing, body, ending: 'complete' }
  return { dialect, outcome: 'answered', status: 200, requestHeaders: [], answer, isBlocked: false, ...more }
}

const openai = (finish: string | null, calls?: readonly unknown[]) =>
  told('openai-chat', {
    choices: [
      { index: 0, message: { role: 'assistant', content: 'Hi', tool_calls: calls }, finish_reason: finish },
    ],
  })
const anthropic = told('anthropic', {
  role: 'assistant',
  content: [{ type: 'tool_use', id: 'a', name: 'look', input: {} }],
  stop_reason: 'tool_use',
})
const gemini = (finish: string | null) =>
  told('gemini', {
    candidates: [
      {
        content: { role: 'model', parts: [{ text: 'Hi' }] },
        ...(finish !== null && { finishReason: finish }),
      },
    ],
  })
const partial = { outcome: 'failed', answer: { ...nothing, ending: 'error', error: {} } } as const

const pushed: readonly (readonly [string, Ended])[] = [
  ['an OpenAI answer that stopped', openai('stop')],
  ['one that was too long', openai('length')],
  ['one that was filtered', openai('content_filter')],
  ['one that stopped, whatever it calls', openai('stop', [{ id: 'a', type: 'function', function: {} }])],
  ['one without choices', told('openai-chat', { choices: [] })],
  ['one that nobody could read', told('openai-chat', null)],
  ['any answer of Anthropic', anthropic],
  ['one of Anthropic that ended with an error', { ...anthropic, ...partial }],
  ['one of Anthropic that ended early', { ...anthropic, outcome: 'provider-cut' }],
  ['a Gemini answer with a reason', gemini('STOP')],
  ['a Gemini answer with any other reason', gemini('SAFETY')],
  ['what a rule blocked', { ...openai('stop'), outcome: 'refused', status: 400, isBlocked: true }],
]

test.each(pushed)('like Invariant, %s is pushed', (_, ended) => {
  expect(momentOf(ended, 'like-invariant', dialects)).toEqual({ kind: 'push' })
})

const skipped: readonly (readonly [string, Ended, string])[] = [
  ['an OpenAI answer that calls tools', openai('tool_calls'), 'calls tools'],
  ['one without a reason', openai(null), 'does not say how it ended'],
  ['one that ended early', { ...openai('stop'), outcome: 'provider-cut' }, 'broken off'],
  ['one that ended with an error', { ...openai('stop'), ...partial }, 'with an error'],
  ['an error of the provider', { ...openai('stop'), outcome: 'failed', status: 401 }, 'status 401'],
  ['a client that left', { ...anthropic, outcome: 'client-left' }, 'client left'],
  ['a Gemini answer without a reason', gemini(null), 'does not say how it ended'],
  ['a Gemini answer without candidates', told('gemini', { candidates: [] }), 'no answer'],
  ['a refusal of Weir', { ...openai('stop'), outcome: 'refused', status: null }, 'not by a rule'],
  ['what is of no dialect', { ...openai('stop'), dialect: null }, 'no dialect'],
]

test.each(skipped)('like Invariant, %s is not pushed, and the trace says why', (_, ended, why) => {
  expect(momentOf(ended, 'like-invariant', dialects)).toMatchObject({
    kind: 'skip',
    why: expect.stringContaining(why),
  })
})

test('always means whatever became of it, as long as it tells a conversation', () => {
  for (const [, ended] of skipped) {
    const { kind } = momentOf(ended, 'always', dialects)
    expect(kind).toBe(ended.dialect === null ? 'skip' : 'push')
  }
})

test('the request has the last word', () => {
  const say = (word: string) => ({ requestHeaders: [['Invariant-Push', word]] as const })
  expect(momentOf({ ...openai('stop'), ...say('SKIP') }, 'always', dialects).kind).toBe('skip')
  expect(momentOf({ ...openai('tool_calls'), ...say('push') }, 'like-invariant', dialects).kind).toBe('push')
})
