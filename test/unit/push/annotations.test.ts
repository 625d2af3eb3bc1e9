import { expect, test } from 'bun:test'
import { annotationsOf as annotationsAt, mostSpecific } from '../../../src/push/annotations.ts'

const messages = [{ role: 'user', content: 'Hello' }]
const annotationsOf = (verdicts: readonly unknown[]) => annotationsAt(verdicts, messages)

test('of places within each other the innermost stays; a number that begins like another is no place within it', () => {
  expect(mostSpecific(['messages.1', 'messages.1.content', 'messages.1.content:1-7'])).toEqual([
    'messages.1.content:1-7',
  ])
  expect(mostSpecific(['messages.1', 'messages.10.content', 'messages.1'])).toEqual([
    'messages.1',
    'messages.10.content',
  ])
  expect(mostSpecific(['messages[0]', 'messages[0].content:L0'])).toEqual(['messages[0].content:L0'])
})

const finding = { order: 'secrets', args: ['found one'], message: 'm', ranges: ['messages.0.content:1-2'] }

test('what blocks stands before what is logged, and what is the same is told once', () => {
  const annotations = annotationsOf([
    { ...finding, action: 'log', args: ['logged'] },
    { ...finding, action: 'block' },
    { ...finding, action: 'block' },
  ])
  expect(annotations).toEqual([
    {
      content: 'found one',
      address: 'messages.0.content:1-2',
      extra_metadata: {
        source: 'guardrails-error',
        guardrail: { id: 'secrets', name: 'secrets', action: 'block' },
      },
    },
    expect.objectContaining({ content: 'logged' }),
  ])
})

test('what points nowhere, or could not be judged, is told of the whole trace', () => {
  expect(annotationsOf([{ ...finding, ranges: [] }])).toMatchObject([{ address: '<root>' }])
  expect(annotationsOf([{ ...finding, args: [], message: 'too slow', ranges: [] }])).toMatchObject([
    { content: 'too slow' },
  ])
  expect(annotationsOf([{ args: [{ a: 1 }] }])).toMatchObject([{ content: '{"a":1}', address: '<root>' }])
  expect(annotationsOf([{}, null, 3, 'text'])).toMatchObject([{ content: 'A rule was broken' }])
  expect(annotationsOf([{ ...finding, ranges: ['messages.1.content', 'nonsense'] }])).toMatchObject([
    { address: '<root>' },
  ])
  expect(annotationsOf([])).toEqual([])
})
