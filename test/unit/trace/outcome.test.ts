import { expect, test } from 'bun:test'
import type { Begin, End, Head } from '../../../src/merge/report.ts'
import { createReader } from '../../../src/trace/read.ts'
import {
  batchOf,
  beginOf,
  endOf,
  jsonHead,
  keeperOf,
  memoryStore,
  said,
  streamHead,
} from '../../support/traces.ts'

type More = { begin?: Partial<Begin>; head?: Head; end?: Partial<End> }

function outcomeOf(reply: string, { begin = {}, head = streamHead, end = {} }: More = {}) {
  const store = memoryStore()
  const report = { begin: beginOf({ stream: true, ...begin }), head, end: endOf('{}', reply, end) }
  keeperOf(store).keep(batchOf(1, said('a', '{}', reply, report)))
  const { outcome, detail } = createReader(store).get('a') ?? {}
  return [outcome, detail]
}

const complete = 'data: Hi\n\ndata: [DONE]\n\n'
const cut = 'data: Hi\n\n'

test('a stream with its end mark is answered', () => {
  expect(outcomeOf(complete)).toEqual(['answered', null])
})

test('a stream that ended cleanly without its end mark was cut by the provider', () => {
  expect(outcomeOf(cut)).toEqual(['provider-cut', 'The stream ended without its end mark'])
  expect(outcomeOf(cut, { begin: { stream: false } })).toEqual([
    'provider-cut',
    'The stream ended without its end mark',
  ])
})

test('an error within the answer makes it failed, and only its type is told', () => {
  expect(outcomeOf(`${cut}data: !overloaded\n\n`)).toEqual([
    'failed',
    'The provider ended its answer with an error: overloaded',
  ])
  expect(outcomeOf(`${cut}data: !your key sk-1 is bad\n\n`)[1]).toBe(
    'The provider ended its answer with an error',
  )
})

test('what came with an error status, without a dialect, or not as a stream is not judged by its end mark', () => {
  expect(outcomeOf(cut, { end: { status: 500 } })).toEqual(['answered', null])
  expect(outcomeOf(cut, { begin: { dialect: null } })).toEqual(['answered', null])
  expect(outcomeOf('{"half":', { begin: { stream: false }, head: jsonHead })).toEqual(['answered', null])
})

test('without all of its bytes an answer is not judged', () => {
  expect(outcomeOf(cut, { end: { replyBytes: 500, sentBytes: 500 } })).toEqual(['answered', null])
})

test('any other outcome stands as the main thread told it', () => {
  const end = { outcome: 'client-left', detail: 'The client left' } as const
  expect(outcomeOf(cut, { end })).toEqual(['client-left', 'The client left'])
  expect(outcomeOf(complete, { end: { ...end, outcome: 'timed-out' } })).toEqual([
    'timed-out',
    'The client left',
  ])
})

test('whoever left with all of it, end mark included, was answered', () => {
  const end = { outcome: 'client-left', detail: 'The client left' } as const
  expect(outcomeOf(complete, { end })).toEqual(['answered', null])
  const sentBytes = complete.length - 1
  expect(outcomeOf(complete, { end: { ...end, sentBytes } })).toEqual(['client-left', 'The client left'])
  expect(outcomeOf(complete, { end: { ...end, status: 500 } })).toEqual(['client-left', 'The client left'])
})

test('whoever left at an error within the answer left one that had failed', () => {
  for (const outcome of ['client-left', 'interrupted'] as const) {
    const end = { outcome, detail: 'so' }
    const failed = ['failed', 'The provider ended its answer with an error: overloaded']
    expect(outcomeOf(`${cut}data: !overloaded\n\n`, { end })).toEqual(failed)
    expect(outcomeOf(`${cut}data: !overloaded\n\n`, { end: { ...end, sentBytes: 3 } })).toEqual([
      outcome,
      'so',
    ])
  }
})

test('a client that left at what only looked like an end mark has left', () => {
  const end = { clientLeft: true } as const
  expect(outcomeOf(cut, { end })).toEqual(['client-left', 'The client left'])
  expect(outcomeOf(complete, { end })).toEqual(['answered', null])
})
