import { expect, test } from 'bun:test'
import { isObject } from '../../../../src/conversation/json.ts'
import { dialects } from '../../../../src/dialect/index.ts'
import { rebuildAtEveryCut } from '../../../support/cuts.ts'
import { dataOnly, named, type Event, type Fields } from '../../../support/streams/told.ts'

/** Responses that are not told the way OpenAI tells them: by others, from the middle, or with events of tomorrow. */

const responses = dialects['openai-responses']
const base = { id: 'r', object: 'response', status: 'in_progress', model: 'vast' }
const created: Event = { type: 'response.created', response: { ...base, output: [] } }
const event = (name: string, fields: Fields): Event => ({
  type: `response.${name}`,
  output_index: 0,
  ...fields,
})
const told = (...events: readonly Event[]) => rebuildAtEveryCut(responses, named(...events))
const outputOf = (body: unknown) => (isObject(body) ? body['output'] : undefined)
const item = (id: string) => ({ id, type: 'message', content: [] })
const done = { ...base, status: 'completed', output: [{ type: 'message', content: [] }] }

test('items that are told by id, or by nothing, are told apart', () => {
  const { body } = told(
    created,
    { type: 'response.output_item.added', item: item('a') },
    { type: 'response.output_text.delta', delta: 'a1' },
    { type: 'response.output_item.added', item: item('b') },
    { type: 'response.output_text.delta', delta: 'b1' },
    { type: 'response.output_text.delta', item_id: 'a', delta: ' a2' },
    { type: 'response.output_item.done', item: { ...item('b'), content: ['all of b'] } },
  )
  expect(outputOf(body)).toMatchObject([
    { id: 'a', content: [{ text: 'a1 a2' }] },
    { id: 'b', content: ['all of b'] },
  ])
})

test('a stream that is taken up in the middle has what it told, and at its end all', () => {
  const middle = [
    event('output_text.delta', { sequence_number: 51, content_index: 0, delta: 'lo' }),
    event('output_text.delta', { sequence_number: 52, content_index: 0, delta: '!' }),
  ]
  expect(told(...middle)).toMatchObject({ ending: 'cut', body: { output: [{ content: [{ text: 'lo!' }] }] } })
  expect(told(...middle, { type: 'response.completed', response: done })).toMatchObject({
    ending: 'complete',
    body: done,
  })
})

test('a response waits, runs, and ends as it says itself, whatever the event is called', () => {
  const queued = { type: 'response.queued', response: { ...base, status: 'queued', background: true } }
  expect(told(queued)).toMatchObject({ ending: 'cut', body: { background: true } })
  for (const type of ['response.completed', 'response.done', 'response.cancelled', 'response.incomplete'])
    expect(told(queued, { type, response: done })).toMatchObject({ ending: 'complete', body: done })
  expect(told(queued, { type: 'response.updated', response: done }).ending).toBe('complete')
  const failed = { ...done, status: 'failed', error: { code: 'x' } }
  for (const type of ['response.failed', 'response.done'])
    expect(told(queued, { type, response: failed })).toMatchObject({
      ending: 'error',
      error: { code: 'x' },
      body: failed,
    })
  // What is only beginning has not ended, whatever it says.
  expect(told({ type: 'response.created', response: done }).ending).toBe('cut')
})

test('an end that carries no response, or one without output, has what was told before', () => {
  const text = event('output_text.delta', { content_index: 0, delta: 'Hi' })
  expect(told(created, text, { type: 'response.completed' })).toMatchObject({
    ending: 'complete',
    body: { id: 'r', output: [{ content: [{ text: 'Hi' }] }] },
  })
  expect(told(created, { type: 'response.failed', error: null }).ending).toBe('error')
  const usage = { input_tokens: 1, output_tokens: 2 }
  expect(told(created, text, { type: 'response.completed', response: { id: 'r', usage } })).toMatchObject({
    ending: 'complete',
    usage: { input: 1, output: 2 },
    body: { id: 'r', usage, output: [{ content: [{ text: 'Hi' }] }] },
  })
})

test('texts of tomorrow are kept where their names say, and counted', () => {
  const { body, unknownEvents } = told(
    created,
    event('dream_call_wish.delta', { delta: 'to ' }),
    event('dream_call_wish.delta', { delta: 'fly' }),
    event('mcp_call.arguments.delta', { output_index: 1, delta: '{"a"' }),
    event('mcp_call.arguments.done', { output_index: 1, arguments: '{"a":1}' }),
    event('haiku_text.delta', { output_index: 2, content_index: 0, delta: 'old pond' }),
    event('mood.delta', { output_index: 3, summary_index: 0, delta: 'calm' }),
    event('sky.done', { output_index: 4, text: 'blue' }),
    event('weather.changed', { output_index: 5 }),
  )
  expect(outputOf(body)).toMatchObject([
    { type: 'dream_call', wish: 'to fly' },
    { type: 'mcp_call', arguments: '{"a":1}' },
    { type: 'message', content: [{ type: 'haiku_text', text: 'old pond' }] },
    { type: 'reasoning', summary: [{ type: 'mood', text: 'calm' }] },
    { type: 'sky', sky: 'blue' },
  ])
  expect(Object.values(unknownEvents)).toEqual([2, 1, 1, 1, 1, 1, 1])
})

test('sound is kept with its text', () => {
  const { body, unknownEvents } = told(
    created,
    { type: 'response.audio.delta', delta: 'AAAA' },
    { type: 'response.audio.transcript.delta', delta: 'Hel' },
    { type: 'response.audio.transcript.delta', delta: 'lo' },
    { type: 'response.audio.delta', delta: 'BBBB' },
    { type: 'response.audio.done' },
    { type: 'response.audio.transcript.done' },
  )
  expect([body, unknownEvents]).toMatchObject([{ audio: { data: 'AAAABBBB', transcript: 'Hello' } }, {}])
})

test('a call that only its last event tells of has its name', () => {
  const { body } = told(created, event('function_call_arguments.done', { name: 'f', arguments: '{}' }))
  expect(outputOf(body)).toMatchObject([{ type: 'function_call', name: 'f', arguments: '{}' }])
})

test('events without blank lines between them are told one by one', () => {
  const text = dataOnly(
    created,
    event('output_text.delta', { content_index: 0, delta: 'a' }),
    { type: 'response.completed', response: done },
    '[DONE]',
  )
  expect(rebuildAtEveryCut(responses, text.replaceAll('\n\n', '\n'))).toMatchObject({
    ending: 'complete',
    body: done,
    unknownEvents: {},
  })
})
