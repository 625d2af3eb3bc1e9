import { expect, test } from 'bun:test'
import { Fault } from '../../../src/core/fault.ts'
import { dialects } from '../../../src/dialect/index.ts'

/** The shapes by which official SDKs and agents classify an error. */

const limited = new Fault('rate-limited', 'Too many requests', { retryAfterSeconds: 7 })
const message = 'Too many requests (hop: weir, trace: t1)'
const error = { message, type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' }

test('chat completions tell an error object, in a stream as a chunk', () => {
  const { refuse, refuseEvent } = dialects['openai-chat']
  expect(refuse(limited, 't1')).toEqual({ error })
  expect(refuseEvent(limited, 't1')).toBe(`data: ${JSON.stringify({ error })}\n\n`)
})

test('Responses tell it in a stream as an error event, flat and within: without the latter the SDK ends clean', () => {
  const { refuse, refuseEvent } = dialects['openai-responses']
  expect(refuse(limited, 't1')).toEqual({ error })
  const event = { type: 'error', code: 'rate_limit_exceeded', message, param: null, error }
  expect(refuseEvent(limited, 't1')).toBe(`event: error\ndata: ${JSON.stringify(event)}\n\n`)
})

test('Anthropic tells a typed error with the id of the request', () => {
  const { refuse, refuseEvent } = dialects.anthropic
  const body = { type: 'error', error: { type: 'rate_limit_error', message }, request_id: 't1' }
  expect(refuse(limited, 't1')).toEqual(body)
  expect(refuseEvent(limited, 't1')).toBe(`event: error\ndata: ${JSON.stringify(body)}\n\n`)
})

test('Google tells the name gRPC has for it and when to try again, in a stream with CRLF', () => {
  const { refuse, refuseEvent } = dialects.gemini
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }]
  const body = { error: { code: 429, message, status: 'RESOURCE_EXHAUSTED', details } }
  expect(refuse(limited, 't1')).toEqual(body)
  expect(refuseEvent(limited, 't1')).toBe(`data: ${JSON.stringify(body)}\r\n\r\n`)
  expect(refuse(new Fault('provider-cut', 'Gone'), 't1')).toEqual({
    error: { code: 502, message: 'Gone (hop: provider, trace: t1)', status: 'UNAVAILABLE' },
  })
})

test('only dialects whose SDKs bear comments say so', () => {
  const bearing = Object.values(dialects).filter(({ bearsComments }) => bearsComments)
  expect(bearing.map(({ name }) => name)).toEqual(['openai-chat', 'openai-responses', 'anthropic'])
})
