import { expect, test } from 'bun:test'
import {
  addInsertion,
  addReply,
  addRequest,
  createRecording,
  takeReport,
  toEnd,
} from '../../../src/merge/recording.ts'
import { beginOf } from '../../support/traces.ts'

const bounds = { mostRequestBytes: 10, mostReplyBytes: 10 }
const bytes = (length: number) => new Uint8Array(length)
const well = { outcome: 'answered', detail: null } as const

test('a request up to its bound is kept whole, and past it not at all', () => {
  const recording = createRecording('a', 0)
  addRequest(recording, bytes(10), bounds)
  expect([recording.requestBytes, recording.request.list.length]).toEqual([10, 1])
  addRequest(recording, bytes(1), bounds)
  addRequest(recording, bytes(1), bounds)
  expect([recording.requestBytes, recording.request.list]).toEqual([12, []])
})

test('an answer up to its bound is kept, and what comes then is counted', () => {
  const recording = createRecording('a', 1000)
  addReply(recording, bytes(10), 1002.5, bounds)
  addReply(recording, bytes(1), 1003, bounds)
  expect([recording.replyBytes, recording.replyGathered, recording.reads, recording.firstByteMs]).toEqual([
    11,
    10,
    [2500, 10],
    2.5,
  ])
})

test('a report takes what has gathered, and the beginning once', () => {
  const recording = createRecording('a', 0)
  recording.begin = beginOf({ secrets: ['one'] })
  addRequest(recording, bytes(3), bounds)
  addReply(recording, bytes(2), 1, bounds)
  const one = takeReport(recording)
  expect(one.report).toMatchObject({
    begin: { secrets: ['one'] },
    secrets: [],
    requestLength: 0,
    replyLength: 2,
  })
  recording.requestDone = true
  const two = takeReport(recording)
  expect(two.report).toMatchObject({
    begin: null,
    secrets: ['one'],
    requestLength: 3,
    replyLength: 0,
    reads: [],
  })
  recording.end = toEnd(recording, well, 9)
  const three = takeReport(recording)
  expect(three.report).toMatchObject({ requestLength: 0, end: { requestBytes: 3, timing: { endedMs: 9 } } })
})

test('bytes of ours are told by where they stand among those that came', () => {
  const recording = createRecording('a', 0)
  addInsertion(recording, 'first')
  addReply(recording, bytes(4), 1, bounds)
  addInsertion(recording, 'second')
  expect(recording.insertions.map(({ at, with: text }) => [at, text])).toEqual([
    [0, 'first'],
    [4, 'second'],
  ])
})
