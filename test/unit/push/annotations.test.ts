import { expect, test } from 'bun:test'
import { annotationsOf as annotationsAt } from '../../../src/push/annotations.ts'

const messages = [{ role: 'user', content: 'Hello' }]
const annotationsOf = (verdicts: readonly unknown[]) => annotationsAt(verdicts, messages)

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

test('a rule of the request goes by the id that the gateway of Invariant gave it', () => {
  const name = 'guardrails from request header'
  expect(annotationsOf([{ ...finding, order: name }])).toMatchObject([
    { extra_metadata: { guardrail: { id: 'guardrails-from-header', name, action: 'log' } } },
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
