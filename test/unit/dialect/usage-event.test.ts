import { expect, test } from 'bun:test'
import { isUsageEvent } from '../../../src/dialect/openai-chat/usage-event.ts'

const told = (data: unknown) => isUsageEvent(Buffer.from(`data: ${JSON.stringify(data)}\n\n`))
const usage = { prompt_tokens: 1, completion_tokens: 2 }

test('the event that is added has counts and no choice', () => {
  expect(told({ id: 'x', choices: [], usage })).toBe(true)
  expect(isUsageEvent(Buffer.from('data:{"choices" : [ ],\r\ndata: "usage": {}}\r\n\r\n'))).toBe(true)
  expect(isUsageEvent(Buffer.from(`id: 1\ndata: {"choices":[],"usage":{}}`))).toBe(true)
})

test('counts beside a choice, no counts, errors and what cannot be read are the answer', () => {
  expect(told({ choices: [{ delta: {} }], usage })).toBe(false)
  expect(told({ choices: [], usage: null })).toBe(false)
  expect(told({ choices: [], prompt_filter_results: [] })).toBe(false)
  expect(told({ usage })).toBe(false)
  expect(told({ choices: [], usage, error: { message: 'no' } })).toBe(false)
  for (const text of ['data: [DONE]\n\n', 'data: "usage"\n\n', 'data: {"usage":\n\n', ': "usage"\n\n', '']) {
    expect(isUsageEvent(Buffer.from(text))).toBe(false)
  }
})
