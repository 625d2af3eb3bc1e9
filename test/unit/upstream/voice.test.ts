import { expect, test } from 'bun:test'
import { Fault } from '../../../src/core/fault.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { createVoice } from '../../../src/upstream/voice.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const stream = (more: Record<string, string> = {}, status = 200) =>
  new Response(null, { status, headers: { 'content-type': 'text/event-stream; charset=utf-8', ...more } })
const cut = new Fault('provider-cut', 'It broke off')

test('a farewell is an event of the dialect, behind a blank line where the last event is torn', () => {
  for (const dialect of Object.values(dialects)) {
    const event = dialect.refuseEvent(cut, 'id')
    for (const [last, wanted] of [
      [null, event],
      ['data: {}\n\n', event],
      ['data: {}\r\n\r\n', event],
      ['data: {}\n', `\n\n${event}`],
      ['data: {"a', `\n\n${event}`],
    ] as const) {
      const voice = createVoice(stream(), dialect, 'id')
      if (last !== null) voice.hear(encode(last))
      expect([dialect.name, last, voice.farewell(cut)]).toEqual([dialect.name, last, wanted])
    }
  }
})

test('nothing is said in what has no events, is compressed, is an error, or is of no dialect', () => {
  const chat = dialects['openai-chat']
  for (const voice of [
    createVoice(new Response(null, { headers: { 'content-type': 'application/json' } }), chat, 'id'),
    createVoice(stream({ 'content-encoding': 'gzip' }), chat, 'id'),
    createVoice(stream({}, 429), chat, 'id'),
    createVoice(stream(), null, 'id'),
  ]) {
    voice.hear(encode('data: {}\n\n'))
    expect([voice.farewell(cut), voice.comment(), voice.mayEnd()]).toEqual(['', '', true])
  }
})

test('the end mark is heard, wherever it is cut; what cannot be read may tell it with every part', () => {
  const chat = dialects['openai-chat']
  const voice = createVoice(stream(), chat, 'id')
  const heard = ['data: {"choices":[]}\n\n', 'data: [DO', 'NE]\n\n'].map((text) => voice.hear(encode(text)))
  expect(heard).toEqual(['more', 'more', 'end'])
  expect(createVoice(stream({ 'content-encoding': 'gzip' }), chat, 'id').hear(encode('x'))).toBe('perhaps')
  expect(createVoice(stream({}, 429), chat, 'id').hear(encode('data: [DONE]\n\n'))).toBe('more')
})

test('a comment is only said between two events, and only where it is borne', () => {
  for (const dialect of Object.values(dialects)) {
    const voice = createVoice(stream(), dialect, 'id')
    voice.hear(encode('data: {}\n\n'))
    expect(voice.comment() !== '').toBe(dialect.bearsComments)
    voice.hear(encode('data: {'))
    expect(voice.comment()).toBe('')
  }
})
