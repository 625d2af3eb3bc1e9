import { expect, test } from 'bun:test'
import type { Message } from '../../../src/conversation/conversation.ts'
import { createHistory } from '../../../src/judge/history.ts'

function said(role: Message['role'], text: string): Message {
  return {
    role,
    roleText: role,
    parts: [{ kind: 'text', text, at: '', extra: {} }],
    isPlain: true,
    at: '',
    extra: {},
  }
}

const [ask, reply, next, more] = [
  said('user', 'a'),
  said('assistant', 'b'),
  said('user', 'c'),
  said('user', 'd'),
]

test('the first time all of a conversation is new, and later what came since', () => {
  const { newFrom } = createHistory()
  expect(newFrom('s', [ask])).toBe(0)
  expect(newFrom('s', [ask, reply, next])).toBe(1)
  expect(newFrom('s', [ask, reply, next, reply, more])).toBe(3)
})

test('the same request again is judged as it was, however often it comes', () => {
  const { newFrom } = createHistory()
  newFrom('s', [ask])
  for (let again = 0; again < 3; again++) expect(newFrom('s', [ask, reply, next])).toBe(1)
  expect(newFrom('s', [ask])).toBe(0)
})

test('what was answered belongs to the turn', () => {
  const { newFrom, answered } = createHistory()
  newFrom('s', [ask])
  answered('s', [ask], reply)
  expect(newFrom('s', [ask, reply, next])).toBe(2)
})

test('other rules, another client and another beginning make it new', () => {
  const { newFrom } = createHistory()
  newFrom('s', [ask])
  expect(newFrom('t', [ask, next])).toBe(0)
  expect(newFrom('s', [more, ask, next])).toBe(0)
  expect(newFrom('s', [reply, next])).toBe(0)
})

test('a conversation without messages is nothing new', () => {
  const { newFrom } = createHistory()
  expect(newFrom('s', [])).toBe(0)
  expect(newFrom('s', [ask])).toBe(0)
})

test('of many turns the oldest are forgotten, and then judged again', () => {
  const { newFrom } = createHistory(2)
  newFrom('s', [ask])
  newFrom('s', [next])
  newFrom('s', [more])
  expect(newFrom('s', [ask, reply])).toBe(0)
  expect(newFrom('s', [more, reply])).toBe(1)
})
