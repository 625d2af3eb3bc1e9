import { expect, test } from 'bun:test'
import { answerFacts } from '../../../src/explorer/answer.ts'

const answer = { ending: 'complete', model: 'small', error: null, unknownEvents: {} } as const
const told = { answer, dialect: 'anthropic', model: 'small', reply: { stop_reason: 'end_turn' } } as const

test('an answer tells why it stopped and that it came whole', () => {
  expect(answerFacts(told)).toEqual([
    ['stopped by', 'end_turn'],
    ['ended as', 'whole'],
  ])
})

test('another model than the one that was asked is named, and events that nobody knows are counted', () => {
  const other = {
    ...answer,
    ending: 'cut',
    model: 'small-2',
    unknownEvents: { news: 1200, more: 1 },
  } as const
  expect(answerFacts({ ...told, answer: other, reply: null })).toEqual([
    ['ended as', 'cut off'],
    ['answered by', 'small-2'],
    ['unknown events', 'news × 1\u202f200, more'],
  ])
})

test('what a provider says cannot hide on the page', () => {
  const reply = { stop_reason: 'end\u202e' }
  expect(answerFacts({ ...told, answer: null, reply })).toEqual([['stopped by', 'end[U+202E]']])
})

test('what a provider says at length is shortened, and never within a character', () => {
  const [[, text = ''] = []] = answerFacts({ ...told, reply: { stop_reason: `${'x'.repeat(199)}\u{1F600}` } })
  expect(text).toBe(`${'x'.repeat(199)}…`)
  const [[, most = ''] = []] = answerFacts({ ...told, reply: { stop_reason: 'x'.repeat(200) } })
  expect(most).toBe('x'.repeat(200))
})

test('without a rebuilt answer nothing is said of it', () => {
  expect(answerFacts({ answer: null, dialect: null, model: null, reply: null })).toEqual([])
})
