import { expect, test } from 'bun:test'
import { dialects } from '../../../src/dialect/index.ts'
import { bytesOf, inSteps, rebuild } from '../../support/cuts.ts'

/** What was given to a tool is kept as it was written, where the body has it parsed: a number too long for one is whole. */

const written = '{"id": 12345678901234567890,  "price": 1.0, "name": "\\u00e9"}'
const call = `{"functionCall":{"args":${written},"name":"f"}}`
const generation = `{"candidates":[{"content":{"parts":[{"text":"a"},${call},{"functionCall":{"name":"g","args":{}}}]},"finishReason":"STOP"}]}`
const inGeneration = { '/candidates/0/content/parts/1/functionCall/args': written }
const use = `{"type":"tool_use","id":"t","name":"f","input":${written}}`
const inMessage = { '/content/1/input': written }

test('gemini: in an answer that came whole', () => {
  expect(rebuild(dialects.gemini, [bytesOf(generation)], 'application/json').argumentTexts).toEqual(
    inGeneration,
  )
})

test('gemini: in a stream, by the place the call has in the end', () => {
  const chunks = [
    '{"candidates":[{"index":1,"content":{"parts":[{"text":"other"}]}}]}',
    `{"candidates":[7,{"index":0,"content":{"parts":[{"text":"a"},${call}]}},{"index":1,"content":{"parts":[${call}]}}]}`,
    '{"candidates":[{"index":0,"finishReason":"STOP"},{"index":1,"finishReason":"STOP"}]}',
  ]
  const wanted = { ...inGeneration, '/candidates/1/content/parts/1/functionCall/args': written }
  const events = bytesOf(chunks.map((chunk) => `data: ${chunk}\r\n\r\n`).join(''))
  expect(rebuild(dialects.gemini, inSteps(events, 1)).argumentTexts).toEqual(wanted)
  expect(
    rebuild(dialects.gemini, [bytesOf(`[${chunks.join(',')}]`)], 'application/json').argumentTexts,
  ).toEqual(wanted)
})

test('gemini: arguments told one by one were never written as a whole', () => {
  const chunks = [
    '{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","willContinue":true}}]}}]}',
    '{"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":[{"jsonPath":"$.a","numberValue":1}]}}]}}]}',
  ]
  const events = bytesOf(chunks.map((chunk) => `data: ${chunk}\r\n\r\n`).join(''))
  expect(rebuild(dialects.gemini, [events]).argumentTexts).toEqual({})
})

test('anthropic: in an answer that came whole', () => {
  const message = `{"type":"message","content":[{"type":"text","text":"a"},${use},{"type":"tool_use","input":{}}]}`
  expect(rebuild(dialects.anthropic, [bytesOf(message)], 'application/json').argumentTexts).toEqual(inMessage)
})

test('anthropic: in a stream whose message or block came whole, and where deltas told it', () => {
  const events = (...texts: readonly string[]) => bytesOf(texts.map((text) => `data: ${text}\n\n`).join(''))
  const inStart = `{"type":"message_start","message":{"content":[{"type":"text","text":"a"},${use}]}}`
  expect(rebuild(dialects.anthropic, [events(inStart)]).argumentTexts).toEqual(inMessage)
  const inBlock = `{"type":"content_block_start","index":1,"content_block":${use}}`
  expect(rebuild(dialects.anthropic, [events(inBlock)]).argumentTexts).toEqual({
    '/content/0/input': written,
  })
  const delta = {
    type: 'content_block_delta',
    index: 1,
    delta: { type: 'input_json_delta', partial_json: '{ }' },
  }
  const inDelta = events(inBlock, JSON.stringify(delta))
  expect(rebuild(dialects.anthropic, [inDelta]).argumentTexts).toEqual({ '/content/0/input': '{ }' })
})

test('chat completions and Responses have their arguments as text already', () => {
  const chat = { choices: [{ message: { tool_calls: [{ function: { arguments: written } }] } }] }
  const reply = rebuild(dialects['openai-chat'], [bytesOf(JSON.stringify(chat))], 'application/json')
  expect([reply.body, reply.argumentTexts]).toEqual([chat, undefined])
})
