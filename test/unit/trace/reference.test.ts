import { expect, test } from 'bun:test'
import { readReply, readRequest } from '../../../src/explorer/reading.ts'
import { referenceLines } from '../../../src/trace/reference.ts'

const size = (bytes: number) => `${bytes} B`
const binary = { kind: 'binary', contentType: 'audio/mpeg', bytes: 9, sha256: 'abc' }
const form = {
  kind: 'multipart',
  contentType: 'multipart/form-data',
  bytes: 90,
  sha256: null,
  parts: [
    { name: 'model', fileName: null, contentType: null, bytes: 7, sha256: 'd', text: 'whisper' },
    { name: 'file', fileName: 'a.mp3', contentType: 'audio/mpeg', bytes: 3, sha256: 'e' },
    { name: null, fileName: null, contentType: null, bytes: 2, sha256: 'f' },
  ],
}

test('a reference is told in a line, each part of a form in one of its own', () => {
  expect(referenceLines(binary, size)).toEqual(['audio/mpeg, 9 B, sha256 abc'])
  expect(referenceLines(form, size)).toEqual([
    'multipart/form-data, 90 B, sha256 unknown',
    'model: whisper',
    'file: a.mp3, audio/mpeg, 3 B, sha256 e',
    '-: 2 B, sha256 f',
  ])
})

test('what only looks like one is none', () => {
  for (const body of [null, 'x', 7, [], {}, { kind: 'binary' }, { kind: 'other', bytes: 3 }])
    expect(referenceLines(body, size)).toBeNull()
  expect(referenceLines({ kind: 'multipart', bytes: 1, parts: [7, {}] }, size)).toEqual([
    'binary, 1 B, sha256 unknown',
    '-: ',
  ])
})

test('the explorer reads it, whatever the dialect', () => {
  expect(readRequest(null, form)[0]).toMatchObject({ role: 'user', parts: [{ kind: 'text' }] })
  expect(readReply('openai-chat', binary)[0]?.parts).toEqual([
    { kind: 'text', text: 'audio/mpeg, 9 B, sha256 abc' },
  ])
})
