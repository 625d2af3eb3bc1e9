import { expect, test } from 'bun:test'
import type { JsonObject } from '../../../../src/conversation/json.ts'
import type { Header } from '../../../../src/merge/report.ts'
import { keysOf, mostKeyLength } from '../../../../src/trace/session/key.ts'

const one = '0b5d0a6e-3c1f-4f0a-9a86-2f6f1f0f9a11'
const two = '1c6e1b7f-4d20-4a1b-8b97-3a7a2a1a0b22'
const hash = 'a'.repeat(64)

const inHeader = (name: string, value: string = one): readonly string[] => keysOf([[name, value]], {})
const inBody = (settings: JsonObject): readonly string[] => keysOf([], settings)

test('agents name their sessions in headers', () => {
  for (const name of ['x-claude-code-session-id', 'X-Claude-Code-Session-Id', 'session_id', 'Session-Id']) {
    expect(inHeader(name)).toEqual([one])
  }
  for (const name of ['conversation_id', 'thread-id', 'x-session-id', 'x-opencode-session']) {
    expect(inHeader(name)).toEqual([one])
  }
})

test("Claude Code's user names the session, in its old form and in its JSON", () => {
  expect(inBody({ metadata: { user_id: `user_${hash}_account__session_${one}` } })).toEqual([one])
  expect(inBody({ metadata: { user_id: `user_${hash}_account_${two}_session_${one}` } })).toEqual([one])
  const user = JSON.stringify({ device_id: hash, account_uuid: two, session_id: one })
  expect(inBody({ metadata: { user_id: user } })).toEqual([one])
})

test('a user, a device or an account is no session', () => {
  expect(inBody({ metadata: { user_id: 'alice' } })).toEqual([])
  expect(inBody({ metadata: { user_id: `user_${hash}` } })).toEqual([])
  expect(inBody({ metadata: { user_id: '{"device_id":"a"}' } })).toEqual([])
  expect(inBody({ metadata: { user_id: '{"session_id":' } })).toEqual([])
  expect(inBody({ user: one, safety_identifier: one })).toEqual([])
  expect(inHeader('mcp-session-id')).toEqual([])
})

test('the body names it in the fields of SDKs and gateways', () => {
  expect(inBody({ session_id: 'a run' })).toEqual(['a run'])
  expect(inBody({ metadata: { conversation_id: 'c1' } })).toEqual(['c1'])
  expect(inBody({ client_metadata: { session_id: one } })).toEqual([one])
  // Gemini CLI, in the wrapping of its own endpoint.
  expect(inBody({ request: { session_id: one } })).toEqual([one])
})

test("the Responses API's conversation is one, as a text or as an object", () => {
  expect(inBody({ conversation: 'conv_1' })).toEqual(['conv_1'])
  expect(inBody({ conversation: { id: 'conv_1' } })).toEqual(['conv_1'])
  expect(inBody({ conversation: null })).toEqual([])
})

test('a cache key counts only where it is made for one session', () => {
  expect(inBody({ prompt_cache_key: one })).toEqual([one])
  expect(inBody({ prompt_cache_key: 'my-application-v2' })).toEqual([])
})

test('a header comes before the body, and what names a sub-agent before whose it is', () => {
  expect(keysOf([['x-session-id', two]], { session_id: one })).toEqual([two])
  const headers: Header[] = [
    ['x-codex-parent-thread-id', one],
    ['session_id', two],
  ]
  expect(keysOf(headers, {})).toEqual([two, one])
  expect(keysOf([['x-codex-parent-thread-id', one]], {})).toEqual([one])
  expect(
    keysOf(
      [
        ['session-id', one],
        ['x-codex-parent-thread-id', one],
      ],
      {},
    ),
  ).toEqual([one])
})

test('what is empty, too long or not to be shown is none', () => {
  const long = 'k'.repeat(mostKeyLength)
  expect(inHeader('x-session-id', long)).toEqual([long])
  expect(inHeader('x-session-id', `${long}k`)).toEqual([])
  expect(inHeader('x-session-id', '')).toEqual([])
  expect(inHeader('x-session-id', ' ')).toEqual([])
  expect(inBody({ session_id: 'line\nbreak' })).toEqual([])
  expect(inBody({ session_id: 5, metadata: [one], client_metadata: null })).toEqual([])
  const inherited: JsonObject = JSON.parse('{"__proto__": {"session_id": "x"}}')
  expect(inBody(inherited)).toEqual([])
})
