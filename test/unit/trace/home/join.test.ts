import { expect, test } from 'bun:test'
import { joinMessages } from '../../../../src/trace/home/join.ts'
import { momentOf, readMoment, writeMoment } from '../../../../src/trace/home/moment.ts'

const say = (content: string, timestamp?: string) => ({
  role: 'user',
  content,
  ...(timestamp !== undefined && { timestamp }),
})
const at = (second: number) => `2025-01-01T10:00:${String(second).padStart(2, '0')}+00:00`
const times = { createdAt: readMoment(at(0)), now: readMoment(at(30)) }
const contents = (messages: readonly object[]) => messages.map((message) => Reflect.get(message, 'content'))

test('what has no time comes last, and gets the time it came at', () => {
  const { messages, moved } = joinMessages([say('a', at(1))], [say('b'), say('c')], times)
  expect(messages.slice(1)).toEqual([say('b', at(30)), say('c', at(30))])
  expect(moved).toEqual([0])
})

test('what is older goes before, and tells where the others went', () => {
  const present = [say('without'), say('b', at(10)), say('d', at(20))]
  const { messages, moved } = joinMessages(present, [say('c', at(15)), say('a', at(5))], times)
  expect(contents(messages)).toEqual(['without', 'a', 'b', 'c', 'd'])
  expect(moved).toEqual([0, 2, 4])
})

test('at the same moment, who was there first stays first', () => {
  const { messages } = joinMessages([say('first', at(5))], [say('second', at(5)), say('third', at(5))], times)
  expect(contents(messages)).toEqual(['first', 'second', 'third'])
})

test('a time that was pushed and is none counts as not told', () => {
  const { messages } = joinMessages([say('odd', 'soon')], [say('b', at(1))], times)
  expect(contents(messages)).toEqual(['odd', 'b'])
  expect(messages[0]).toEqual(say('odd', 'soon'))
})

test.each([
  ['2025-01-23T10:30:00+00:00', '2025-01-23T10:30:00+00:00'],
  ['2025-01-23T10:30:00Z', '2025-01-23T10:30:00+00:00'],
  ['2025-01-23T10:30:00', '2025-01-23T10:30:00+00:00'],
  ['2025-01-23 10:30', '2025-01-23T10:30:00+00:00'],
  ['2025-01-23', '2025-01-23T00:00:00+00:00'],
  ['2025-01-23T10:30:00.1234567+02:00', '2025-01-23T08:30:00.123456+00:00'],
  ['2025-01-23T10:30:00-0530', '2025-01-23T16:00:00+00:00'],
  ['2024-02-29T00:00:00.000001Z', '2024-02-29T00:00:00.000001+00:00'],
])('%s is the moment %s', (text, moment) => {
  expect(writeMoment(readMoment(text))).toBe(moment)
})

test.each(['', 'soon', '2025', '2025-13-01', '2025-02-30', '2025-01-01T25:00:00', 17, null, undefined, {}])(
  '%p is no moment',
  (text) => {
    expect(() => readMoment(text)).toThrow('Invalid timestamp format')
  },
)

test('milliseconds are told with their parts', () => {
  expect(momentOf(1_700_000_000_000.25)).toBe('2023-11-14T22:13:20.000250+00:00')
})
