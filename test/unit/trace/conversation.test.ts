import { expect, test } from 'bun:test'
import { type Said, conversationOf, mostConversationBytes } from '../../../src/trace/conversation.ts'

const request = { model: 'small', messages: [{ role: 'user', content: 'Hello' }], temperature: 1 }
const reply = { choices: [{ message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }] }

const answer = { ending: 'complete', model: null, error: null, unknownEvents: {} } as const

const of = (more: Partial<Said> = {}) =>
  conversationOf({
    origin: 'recorded',
    dialect: 'openai-chat',
    model: 'named',
    request,
    requestHeaders: [['content-type', 'application/json']],
    reply,
    answer,
    kept: { request: 100, reply: 100 },
    ...more,
  })

test('a trace tells what was asked, and behind it what was answered', () => {
  expect(of()).toMatchObject({
    model: 'small',
    messages: [
      { role: 'user', at: '/messages/0', parts: [{ kind: 'text', text: 'Hello' }] },
      { role: 'assistant', at: '/choices/0/message', parts: [{ kind: 'text', text: 'Hi' }] },
    ],
    settings: { temperature: 1 },
    replyFrom: 1,
    ends: [{ finish: 'stop', finishReason: 'stop' }],
  })
})

test('an exchange of no dialect has no conversation', () => {
  expect(of({ dialect: null })).toBeNull()
})

test('without an answer it is what was asked', () => {
  for (const body of [null, 'torn {', { kind: 'binary', contentType: null, bytes: 5, sha256: null }]) {
    expect(of({ reply: body })).toMatchObject({ replyFrom: 1, ends: [], messages: [{ role: 'user' }] })
  }
})

test('what was not told as JSON has none', () => {
  const form = { kind: 'multipart', contentType: 'multipart/form-data', bytes: 5, sha256: null, parts: [] }
  for (const body of [null, 'text', form]) expect(of({ request: body })).toBeNull()
})

test('the model is the one that the path named where the body names none', () => {
  expect(of({ dialect: 'gemini', request: { contents: [] }, reply: null })?.model).toBe('named')
})

test('what was given to tools is told as it was written', () => {
  const message = { content: [{ type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }] }
  const argumentTexts = { '/content/0/input': '{ "a": 1.0 }' }
  const told = of({ dialect: 'anthropic', reply: message, answer: { ...answer, argumentTexts } })
  expect(told?.messages[1]?.parts[0]).toMatchObject({ argumentsText: '{ "a": 1.0 }' })
})

test('bodies up to the bound are told so, compressed ones counted eightfold', () => {
  const most = mostConversationBytes
  expect(of({ kept: { request: most - 1, reply: 1 } })).not.toBeNull()
  expect(of({ kept: { request: most, reply: 1 } })).toBeNull()
  for (const [coding, times] of [
    ['identity', 1],
    ['ZSTD', 8],
    ['gzip', 8],
  ] as const) {
    const requestHeaders = [['Content-Encoding', coding]] as const
    const kept = { request: most / times, reply: 0 }
    expect(of({ requestHeaders, kept })).not.toBeNull()
    expect(of({ requestHeaders, kept: { ...kept, reply: 1 } })).toBeNull()
  }
})
