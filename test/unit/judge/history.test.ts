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

/** Where all of it is judged. */
function open(most?: number) {
  const { turn, answered } = createHistory(most)
  const newFrom = (scope: string, messages: readonly Message[]): number => {
    const { from, judged } = turn(scope, messages)
    judged()
    return from
  }
  return { newFrom, answered }
}

const [ask, reply, next, more] = [
  said('user', 'a'),
  said('assistant', 'b'),
  said('user', 'c'),
  said('user', 'd'),
]

test('the first time all of a conversation is new, and later what came since', () => {
  const { newFrom } = open()
  expect(newFrom('s', [ask])).toBe(0)
  expect(newFrom('s', [ask, reply, next])).toBe(1)
  expect(newFrom('s', [ask, reply, next, reply, more])).toBe(3)
})

test('the same request again is judged as it was, however often it comes', () => {
  const { newFrom } = open()
  newFrom('s', [ask])
  for (let again = 0; again < 3; again++) expect(newFrom('s', [ask, reply, next])).toBe(1)
  expect(newFrom('s', [ask])).toBe(0)
})

test('what was answered belongs to the turn', () => {
  const { newFrom, answered } = open()
  newFrom('s', [ask])
  answered('s', [ask], reply)
  expect(newFrom('s', [ask, reply, next])).toBe(2)
})

test('other rules, another client and another beginning make it new', () => {
  const { newFrom } = open()
  newFrom('s', [ask])
  expect(newFrom('t', [ask, next])).toBe(0)
  expect(newFrom('s', [more, ask, next])).toBe(0)
  expect(newFrom('s', [reply, next])).toBe(0)
})

test('a conversation without messages is nothing new', () => {
  const { newFrom } = open()
  expect(newFrom('s', [])).toBe(0)
  expect(newFrom('s', [ask])).toBe(0)
})

test('of many turns the oldest are forgotten, and then judged again', () => {
  const { newFrom } = open(2)
  newFrom('s', [ask])
  newFrom('s', [next])
  newFrom('s', [more])
  expect(newFrom('s', [ask, reply])).toBe(0)
  expect(newFrom('s', [more, reply])).toBe(1)
})

test('what could not be judged is new until it is', () => {
  const { turn } = createHistory()
  turn('s', [ask])
  const longer = turn('s', [ask, reply, next])
  expect(longer.from).toBe(0)
  longer.judged()
  turn('s', [ask, reply, next, reply])
  expect(turn('s', [ask, reply, next, reply, more]).from).toBe(3)
})
