import { expect, test } from 'bun:test'
import type { Message, Part } from '../../../src/conversation/conversation.ts'
import { readJson } from '../../../src/conversation/json.ts'
import { fingerprint } from '../../../src/conversation/fingerprint.ts'

const place = { at: '/somewhere', extra: {} }

const text = (said: string): Part => ({ ...place, kind: 'text', text: said })
const call = (argumentsText: string, more: Partial<Extract<Part, { kind: 'call' }>> = {}): Part => ({
  ...place,
  kind: 'call',
  id: 'call_1',
  name: 'look',
  argumentsText,
  arguments: parsed(argumentsText),
  argumentsAt: '',
  isFreeform: false,
  isServers: false,
  ...more,
})
const result = (parts: Part[], more: Partial<Extract<Part, { kind: 'result' }>> = {}): Part => ({
  ...place,
  kind: 'result',
  callId: 'call_1',
  name: null,
  isError: false,
  isServers: false,
  parts,
  isPlain: false,
  ...more,
})
const other = (original: unknown): Part => ({ ...place, kind: 'other', type: 'new', original })
const image = (url: string): Part => ({
  ...place,
  kind: 'image',
  media: { kind: 'url', mediaType: null, url },
})

function parsed(argumentsText: string): unknown {
  return readJson(argumentsText)
}

function of(parts: readonly Part[], more: Partial<Message> = {}): string {
  return fingerprint({
    role: 'assistant',
    roleText: 'assistant',
    parts,
    isPlain: false,
    at: '',
    extra: {},
    ...more,
  })
}

test('a fingerprint is 128 bits in hexadecimal, and always the same', () => {
  expect(of([text('Hi')])).toMatch(/^[0-9a-f]{32}$/)
  expect(of([text('Hi')])).toBe(of([text('Hi')]))
})

test('what a client leaves out, splits or adds does not count', () => {
  const whole = of([text('One and two')])
  expect(of([text('One'), text(' and'), text(''), text(' two')])).toBe(whole)
  expect(of([{ ...place, kind: 'thinking', text: 'Hm', signature: 'x' }, text('One and two')])).toBe(whole)
  expect(
    of([text('One'), { ...place, kind: 'thinking', text: 'Hm', signature: null }, text(' and two')]),
  ).toBe(whole)
  expect(of([{ kind: 'text', text: 'One and two', at: '/9', extra: { cache_control: {} } }])).toBe(whole)
  expect(
    of([text('One and two')], { isPlain: true, at: '/3', extra: { id: 'msg_1' }, roleText: 'model' }),
  ).toBe(whole)
  expect(of([call('{}', { isServers: true }), result([], { isServers: true }), text('One and two')])).toBe(
    whole,
  )
  expect(of([text('One and two'), other({ type: 'item_reference' })])).toBe(whole)
})

test('arguments count as values, freeform ones as text', () => {
  const told = of([call('{"a":1,"b":[1,{"c":2,"d":3}]}')])
  expect(of([call('{ "b": [1.0, {"d":3,"c":2}], "a": 1 }')])).toBe(told)
  expect(of([call('{"a":2,"b":[1,{"c":2,"d":3}]}')])).not.toBe(told)
  expect(of([call('')])).toBe(of([call('{}')]))
  expect(of([call('{"a"')])).not.toBe(of([call('{"b"')]))
  expect(of([call('{ }', { isFreeform: true })])).not.toBe(of([call('{}', { isFreeform: true })]))
})

test('what was said counts', () => {
  const all = [
    of([]),
    of([text('a')]),
    of([text('a')], { role: 'user' }),
    of([{ ...place, kind: 'refusal', text: 'a' }]),
    of([text('a'), call('{}')]),
    of([call('{}'), text('a')]),
    of([call('{}')]),
    of([call('{}', { id: 'call_2' })]),
    of([call('{}', { name: 'find' })]),
    of([result([text('a')])]),
    of([result([text('a')], { isError: true })]),
    of([result([text('a')], { callId: 'call_2' })]),
    of([result([]), text('a')]),
    of([image('https://a.example/1.png')]),
    of([image('https://a.example/2.png')]),
    of([{ ...place, kind: 'document', media: { kind: 'parts', mediaType: null, parts: [text('a')] } }]),
    of([{ ...place, kind: 'document', media: { kind: 'data', mediaType: null, base64: 'YQ==' } }]),
    of([{ ...place, kind: 'document', media: { kind: 'file', mediaType: null, id: 'file_1' } }]),
    of([other({ a: 1 })], { role: 'user' }),
    of([other({ a: 2 })], { role: 'user' }),
  ]
  expect(new Set(all).size).toBe(all.length)
})

test('no text can pass for the structure around it', () => {
  expect(of([text('a'), image('b')])).not.toBe(of([text('aimage1:b')]))
  expect(of([call('{}', { id: 'a', name: 'bc' })])).not.toBe(of([call('{}', { id: 'ab', name: 'c' })]))
  expect(of([result([text('a')]), text('b')])).not.toBe(of([result([text('a'), text('b')])]))
})

test('a part of nobody counts without its mark for the cache', () => {
  const told = of([other({ type: 'new', b: 1, a: 2 })], { role: 'user' })
  expect(
    of([other({ a: 2, type: 'new', b: 1, cache_control: { type: 'ephemeral' } })], { role: 'user' }),
  ).toBe(told)
  expect(of([other('new')], { role: 'user' })).not.toBe(told)
})

test('audio that a model spoke is known by its id, with or without the sound', () => {
  const spoken = of([
    {
      kind: 'audio',
      media: { kind: 'data', mediaType: null, base64: 'AAAA' },
      at: '',
      extra: { id: 'audio_1', transcript: 'Hi' },
    },
  ])
  expect(of([{ ...place, kind: 'audio', media: { kind: 'file', mediaType: null, id: 'audio_1' } }])).toBe(
    spoken,
  )
})

test('arguments nested deeper than any call has do not exhaust the stack', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const value: unknown = JSON.parse(deep)
  expect(of([call(deep, { arguments: value })])).toMatch(/^[0-9a-f]{32}$/)
})
