import { expect, test } from 'bun:test'
import { Fault, type Broken } from '../../../src/core/fault.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { likeInvariant, refuseLikeInvariant } from '../../../src/dialect/like-invariant.ts'
import { dialectNames } from '../../../src/dialect/dialect.ts'

/** The shapes in which Invariant's gateway refused, as its clients and the SDKs behind them know them. */
const guardrail = { id: 'g', name: 'no secrets', action: 'block' }
const broken: Broken = {
  part: 'answer',
  errors: [{ args: ['found'], kwargs: { n: 1 }, ranges: ['messages.1.content:0-3'], guardrail }],
}
const fault = new Fault('blocked', 'A rule does not let this answer pass', { broken })
const message = '[Invariant] The response did not pass the guardrails'
const details = { errors: broken.errors }

test('OpenAI is told a text with its details beside it, and within a stream an object', () => {
  const { refuse, refuseEvent } = likeInvariant['openai-chat']
  expect(refuse(fault, 't')).toEqual({ error: message, details })
  expect(refuseEvent(fault, 't')).toBe(`data: ${JSON.stringify({ error: { message, details } })}\n\n`)
})

test('Anthropic is told an error without a type, and within a stream as an error event', () => {
  const { refuse, refuseEvent } = likeInvariant.anthropic
  expect(refuse(fault, 't')).toEqual({ error: { message, details } })
  expect(refuseEvent(fault, 't')).toBe(
    `event: error\ndata: ${JSON.stringify({ error: { message, details } })}\n\n`,
  )
})

test('Google is told an error and feedback on the prompt, and within a stream as a framed candidate', () => {
  const { refuse, refuseEvent } = likeInvariant.gemini
  const error = { code: 400, message, details, status: 'INVARIANT_GUARDRAILS_VIOLATION' }
  const category = 'HARM_CATEGORY_UNSPECIFIED'
  expect(refuse(fault, 't')).toEqual({
    error,
    prompt_feedback: { blockReason: 'SAFETY', safetyRatings: [{ category, probability: 0, blocked: true }] },
  })
  const event = refuseEvent(fault, 't')
  expect(event).toStartWith('data: {')
  expect(event).toEndWith('}\r\n\r\n')
  expect(JSON.parse(event.slice('data: '.length))).toEqual({
    candidates: [{ content: { parts: [{ text: message }] } }],
    error,
    promptFeedback: {
      blockReason: 'SAFETY',
      block_reason_message: `${message}: ${JSON.stringify(details)}`,
      safetyRatings: [{ category, probability: 'HIGH', blocked: true }],
    },
  })
})

test('what was wrong with a request is said of the request', () => {
  const told = refuseLikeInvariant('openai-chat', { part: 'request', errors: [] }, 'whole')
  expect(told).toEqual({
    error: '[Invariant] The request did not pass the guardrails',
    details: { errors: [] },
  })
})

test('Responses, which Invariant never had, are refused as everywhere', () => {
  expect(likeInvariant['openai-responses']).toBe(dialects['openai-responses'])
  expect(refuseLikeInvariant('openai-responses', broken, 'event')).toBeNull()
})

test('all that is no word of a rule is told as everywhere', () => {
  const slow = new Fault('provider-slow', 'Too slow')
  for (const name of dialectNames) {
    expect(likeInvariant[name].refuse(slow, 't')).toEqual(dialects[name].refuse(slow, 't'))
    expect(likeInvariant[name].refuseEvent(slow, 't')).toBe(dialects[name].refuseEvent(slow, 't'))
  }
})
