import { expect, test } from 'bun:test'
import { isObject, objectsAt } from '../../../../src/conversation/json.ts'
import { dialects } from '../../../../src/dialect/index.ts'
import { rebuildAtEveryCut } from '../../../support/cuts.ts'
import { dataOnly, withCrlf, type Fields } from '../../../support/streams/told.ts'

/** What a gateway that merges read by read is known to lose of a generation, row by row. None of it is lost here. */

const { gemini } = dialects
const chunk = (parts: readonly Fields[], candidate: Fields = {}, top: Fields = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, ...candidate }],
  modelVersion: 'swift',
  ...top,
})
const end = { finishReason: 'STOP' }
const told = (...chunks: readonly unknown[]) => rebuildAtEveryCut(gemini, withCrlf(dataOnly(...chunks)))
const candidatesOf = (body: unknown) => (isObject(body) ? objectsAt(body, 'candidates') : [])
const partsOf = (body: unknown) => {
  const content = candidatesOf(body)[0]?.['content']
  return isObject(content) ? content['parts'] : undefined
}

test('G1: an event, a character and the reason at the end may come in two reads', () => {
  const reply = told(chunk([{ text: 'Grüß ' }]), chunk([{ text: 'Gott 🙂' }], end))
  expect(reply).toMatchObject({ ending: 'complete', body: { candidates: [{ finishReason: 'STOP' }] } })
  expect(partsOf(reply.body)).toEqual([{ text: 'Grüß Gott 🙂' }])
})

test('G2: a text may have the words of the format in it', () => {
  const text = 'data: {"candidates": []}\r\n\r\ndata: "'
  expect(partsOf(told(chunk([{ text }], end)).body)).toEqual([{ text }])
})

test('G3: an array of chunks is a stream too', () => {
  const chunks = [chunk([{ text: 'a]' }]), chunk([{ text: '"[é' }]), chunk([{ text: 'c' }], end)]
  const array = `[${chunks.map((one) => JSON.stringify(one, null, 2)).join('\r\n,\r\n')}\r\n]\r\n`
  expect(rebuildAtEveryCut(gemini, array, 'application/json')).toEqual(told(...chunks))
  expect(rebuildAtEveryCut(gemini, array.slice(0, -3), 'application/json').ending).toBe('cut')
  const error = { code: 500, status: 'INTERNAL' }
  const failed = `[${JSON.stringify(chunks[0])},\n${JSON.stringify({ error })}]`
  expect(rebuildAtEveryCut(gemini, failed, 'application/json')).toMatchObject({
    ending: 'error',
    error,
    body: { modelVersion: 'swift' },
  })
})

test('G4: candidates are not blended', () => {
  const by = (index: number, text: string, more: Fields = {}) => ({
    candidates: [{ index, content: { parts: [{ text }] }, ...more }],
  })
  const { body } = told(by(0, 'A1'), by(1, 'B1'), by(0, 'A2', end), by(1, 'B2', end))
  expect(candidatesOf(body).map(({ content }) => content)).toEqual([
    { parts: [{ text: 'A1A2' }] },
    { parts: [{ text: 'B1B2' }] },
  ])
})

test('G5: thoughts stay apart from the answer, and no signature is lost', () => {
  const { body } = told(
    chunk([{ text: 'let me', thought: true }]),
    chunk([{ text: ' see', thought: true }]),
    chunk([{ text: '42' }]),
    chunk([{ text: '!', thoughtSignature: 'AA' }]),
    chunk([{ thoughtSignature: 'BB' }], end),
  )
  expect(partsOf(body)).toEqual([
    { text: 'let me see', thought: true },
    { text: '42' },
    { text: '!', thoughtSignature: 'AA' },
    { thoughtSignature: 'BB' },
  ])
})

test('G6: every kind of part and everything said beside them is kept', () => {
  const parts = [
    { inlineData: { mimeType: 'audio/wav', data: 'AAAA' } },
    { inlineData: { mimeType: 'audio/wav', data: 'BBBB' } },
    { executableCode: { language: 'PYTHON', code: 'x' } },
    { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
    { fileData: { mimeType: 'image/png', fileUri: 'gs://x' } },
    { functionResponse: { name: 'f', response: { a: 1 } } },
    { toolCall: { id: 'a' } },
    { tomorrow: { kind: 'new' } },
  ]
  const beside = {
    citationMetadata: { citations: [{ uri: 'a' }] },
    safetyRatings: [{ category: 'C', probability: 'LOW' }],
    logprobsResult: { chosenCandidates: [{ token: 'a' }] },
    urlContextMetadata: { urlMetadata: [{ retrievedUrl: 'u' }] },
    finishMessage: 'fine',
    avgLogprobs: -0.5,
  }
  const top = { promptFeedback: { safetyRatings: [] }, responseId: 'r', createTime: 'now' }
  const { body } = told(...parts.map((part) => chunk([part])), chunk([], { ...end, ...beside }, top))
  expect(partsOf(body)).toEqual(parts)
  expect(candidatesOf(body)[0]).toMatchObject(beside)
  expect(body).toMatchObject(top)
})

test('G6: what a search found is kept, in whichever chunk it was told', () => {
  const chunks = { groundingChunks: [{ web: { uri: 'a' } }], webSearchQueries: ['q'] }
  const supports = { groundingSupports: [{ segment: { endIndex: 1 } }], webSearchQueries: [] }
  const { body } = told(
    chunk([{ text: 'a' }], { groundingMetadata: chunks }),
    chunk([{ text: 'b' }], { groundingMetadata: supports }),
    chunk([], { ...end, groundingMetadata: {} }),
  )
  expect(candidatesOf(body)[0]?.['groundingMetadata']).toEqual({ ...supports, ...chunks })
})

test('G7: calls beside one another stay in one turn, each with its id', () => {
  const calls = ['1', '2'].map((id) => ({ functionCall: { id, name: 'f', args: { id } } }))
  expect(partsOf(told(chunk([{ text: 'a' }, ...calls]), chunk([], end)).body)).toEqual([
    { text: 'a' },
    ...calls,
  ])
})

test('G7: calls told argument by argument, by turns, are told apart by their ids', () => {
  const open = (id: string) => ({ functionCall: { id, name: `f${id}`, willContinue: true } })
  const piece = (id: string, stringValue: string, willContinue: boolean) => ({
    functionCall: { id, partialArgs: [{ jsonPath: '$.a', stringValue, willContinue }], willContinue },
  })
  const { body } = told(
    chunk([open('1'), open('2')]),
    chunk([piece('1', 'x', true), piece('2', 'y', true)]),
    chunk([piece('2', 'Y', false), piece('1', 'X', false)], end),
  )
  expect(partsOf(body)).toEqual([
    { functionCall: { id: '1', name: 'f1', args: { a: 'xX' } } },
    { functionCall: { id: '2', name: 'f2', args: { a: 'yY' } } },
  ])
})

test('G11: a reason of one candidate is not the end of another', () => {
  const first = {
    candidates: [
      { index: 0, content: { parts: [{ text: 'a' }] } },
      { index: 1, ...end },
    ],
  }
  expect(told(first).ending).toBe('cut')
  expect(told(first, { candidates: [{ index: 0, ...end }] }).ending).toBe('complete')
})

test('G12: the model that answered is known', () => {
  expect(told(chunk([{ text: 'a' }], end)).model).toBe('swift')
})

test('G13: a candidate without a role, and one without content, is a candidate', () => {
  const { body } = told(
    { candidates: [{ content: { parts: [{ text: 'a' }] } }] },
    { candidates: [{ index: 1, ...end }, { ...end }] },
  )
  expect(candidatesOf(body)).toEqual([
    { index: 0, content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' },
    { index: 1, finishReason: 'STOP' },
  ])
})

test('a prompt that is blocked late ends it', () => {
  expect(told(chunk([{ text: 'a' }]), { promptFeedback: { blockReason: 'OTHER' } }).ending).toBe('complete')
})
