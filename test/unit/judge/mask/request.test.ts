import { expect, test } from 'bun:test'
import { toInvariant } from '../../../../src/conversation/invariant.ts'
import { dialects } from '../../../../src/dialect/index.ts'
import type { DialectName } from '../../../../src/dialect/dialect.ts'
import { maskBody, maskParts } from '../../../../src/judge/mask/request.ts'

function mask(dialect: DialectName, text: string, ...ranges: readonly string[]): string | null {
  const { sources } = toInvariant(dialects[dialect].readRequest(JSON.parse(text)))
  return maskBody(text, sources, [{ ranges }])
}

test('only the marked characters change, every other byte stays as it was written', () => {
  const text =
    '{ "model":"m",\n "messages" : [{"content" :"call 555-1234 now \\u00e9","role":"user"}] , "x":1e2 }'
  expect(mask('openai-chat', text, 'messages.0', 'messages.0.content', 'messages.0.content:5-13')).toBe(
    text.replace('"call 555-1234 now \\u00e9"', '"call [masked] now é"'),
  )
})

test('ranges count characters and not their halves', () => {
  const text = JSON.stringify({ messages: [{ role: 'user', content: '𝄞𝄞 secret 𝄞' }] })
  expect(mask('openai-chat', text, 'messages.0.content:3-9')).toBe(text.replace('secret', '[masked]'))
})

test('each dialect is masked where it says it', () => {
  const said: Record<DialectName, string> = {
    'openai-chat': '{"messages":[{"role":"user","content":[{"type":"text","text":"a secret"}]}]}',
    'openai-responses': '{"input":"a secret"}',
    anthropic: '{"messages":[{"role":"user","content":[{"type":"text","text":"a secret"}]}]}',
    gemini: '{"contents":[{"role":"user","parts":[{"text":"a secret"}]}]}',
  }
  for (const dialect of ['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const) {
    const isPlain = dialect === 'openai-responses'
    const address = `messages.0.content${isPlain ? '' : '.0.text'}:2-8`
    expect(mask(dialect, said[dialect], address)).toBe(said[dialect].replace('secret', '[masked]'))
  }
})

test('arguments are masked within the text of JSON that holds them, and where they stand as a value', () => {
  const call = {
    id: 'c',
    type: 'function',
    function: { name: 'f', arguments: '{"a": {"b": ["x", "a secret\\n"]} }' },
  }
  const text = JSON.stringify({ messages: [{ role: 'assistant', content: null, tool_calls: [call] }] })
  const masked = mask('openai-chat', text, 'messages.0.tool_calls.0.function.arguments.a.b.1:2-8')
  expect(JSON.parse(masked ?? '').messages[0].tool_calls[0].function.arguments).toBe(
    '{"a": {"b": ["x", "a [masked]\\n"]} }',
  )
  const use = { type: 'tool_use', id: 't', name: 'f', input: { a: { 'b/c': 'a secret' } } }
  const written = JSON.stringify({ messages: [{ role: 'assistant', content: [use] }] })
  expect(mask('anthropic', written, 'messages.0.tool_calls.0.function.arguments.a.b/c:2-8')).toBe(
    written.replace('secret', '[masked]'),
  )
})

test('without a part that is marked, the text that is marked as a whole goes', () => {
  const text = '{"messages":[{"role":"user","content":"all of it"}]}'
  expect(mask('openai-chat', text, 'messages.0.content')).toBe(text.replace('all of it', '[masked]'))
})

test('what cannot be replaced is told: a message, a number, a picture, nothing at all', () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
  const text = JSON.stringify({ messages: [{ role: 'user', content: [image] }] })
  expect(mask('openai-chat', text, 'messages.0')).toBeNull()
  expect(mask('openai-chat', text, 'messages.0.content.0')).toBeNull()
  expect(mask('openai-chat', text, 'messages.7.content')).toBeNull()
  expect(mask('openai-chat', text)).toBeNull()
})

test('several findings in one text and in several are masked together', () => {
  const text = '{"messages":[{"role":"user","content":"one two three"},{"role":"user","content":"four"}]}'
  const { sources } = toInvariant(dialects['openai-chat'].readRequest(JSON.parse(text)))
  const findings = [
    { ranges: ['messages.0.content:8-13'] },
    { ranges: ['messages.1.content:0-4'] },
    { ranges: ['messages.0.content:0-3'] },
  ]
  expect(maskBody(text, sources, findings)).toBe(
    text.replace('one', '[masked]').replace('three', '[masked]').replace('four', '[masked]'),
  )
})

test('ranges that overlap or touch are one', () => {
  const parts = (...ranges: readonly (readonly [number, number])[]) =>
    ranges.map(([start, end]) => ({ start, end }))
  expect(maskParts('abcdefgh', parts([1, 3], [2, 5]))).toBe('a[masked]fgh')
  expect(maskParts('abcdefgh', parts([2, 5], [1, 3], [5, 6]))).toBe('a[masked]gh')
  expect(maskParts('abcdefgh', parts([0, 8], [2, 3]))).toBe('[masked]')
  expect(maskParts('abcdefgh', parts([0, 1], [7, 8]))).toBe('[masked]bcdefg[masked]')
  expect(maskParts('abc', parts([1, 1]))).toBe('abc')
  expect(maskParts('abc', [null, { start: 0, end: 1 }])).toBe('[masked]')
})
