import { expect, test } from 'bun:test'
import { createSseReader } from '../../../src/wire/sse.ts'
import { bytesOf, inSteps } from '../../support/cuts.ts'

type Read = { readonly events: { event: string | undefined; data: string }[]; readonly isWhole: boolean }

function read(pieces: Iterable<Uint8Array>, mostCharacters?: number): Read {
  const events: Read['events'] = []
  const reader = createSseReader(({ event, data }) => events.push({ event, data }), mostCharacters)
  for (const piece of pieces) reader.feed(piece)
  return { events, isWhole: reader.finish() }
}

/** Every way to cut the text in two, and byte by byte, reads the same. */
function readAtEveryCut(text: string): Read {
  const bytes = bytesOf(text)
  const whole = read([bytes])
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole)
  }
  expect(read(inSteps(bytes, 1))).toEqual(whole)
  return whole
}

function data(...texts: readonly string[]): Read['events'] {
  return texts.map((text) => ({ event: undefined, data: text }))
}

for (const [name, end] of [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
] as const) {
  test(`characters of four bytes stay whole at every cut, with ${name}`, () => {
    const { events, isWhole } = readAtEveryCut(`data: é€🙂${end}${end}data: 🙂${end}${end}`)
    expect(events).toEqual(data('é€🙂', '🙂'))
    expect(isWhole).toBe(true)
  })

  test(`comments, ids, names and several lines of data are read, with ${name}`, () => {
    const text = [': hi', '', 'id: 4', 'event: e', 'data: a', ': between', 'data:b', '', 'data', '', ''].join(
      end,
    )
    expect(readAtEveryCut(text).events).toEqual([{ event: 'e', data: 'a\nb' }, ...data('')])
  })

  test(`a last event without its blank line is told if it is whole, with ${name}`, () => {
    for (const last of ['{"a":1}', '[DONE]']) {
      for (const tail of ['', end]) {
        const { events, isWhole } = readAtEveryCut(`data: 1${end}${end}data: ${last}${tail}`)
        expect(events).toEqual(data('1', last))
        expect(isWhole).toBe(true)
      }
    }
  })

  test(`half an event at the end is not told, and the stream counts as torn, with ${name}`, () => {
    for (const last of [
      'data: {"a":',
      'data: {"a":1',
      'data: [DO',
      'data: 12',
      'event: message_stop',
      'da',
      'data: {"a":1',
    ]) {
      const { events, isWhole } = readAtEveryCut(`data: 1${end}${end}${last}`)
      expect(events).toEqual(data('1'))
      expect(isWhole).toBe(false)
    }
  })

  test(`a bare JSON object behind the events is told as an event, with ${name}`, () => {
    const bare = JSON.stringify({ error: { code: 499, text: '{' } }, null, 2).replaceAll('\n', end)
    const { events, isWhole } = readAtEveryCut(`data: {"a":1}${end}${end}${bare}${end}`)
    expect(events).toEqual(data('{"a":1}', bare))
    expect(isWhole).toBe(true)
  })
}

test('a bare JSON object that is all there is, is told', () => {
  expect(readAtEveryCut('{"error":{}}').events).toEqual(data('{"error":{}}'))
})

test('a bare object starts at its first brace, whatever ends its lines', () => {
  expect(readAtEveryCut('data: 1\r\r{"a":[\n{}]}').events).toEqual(data('1', '{"a":[\n{}]}'))
  expect(readAtEveryCut('data: 1\n\n{"a":[\r{}]}').events).toEqual(data('1', '{"a":[\r{}]}'))
})

test('a brace within data never starts a bare object', () => {
  const { events } = readAtEveryCut('data: x{"a":1}\n\ndata: {"b":\ndata: {}}\n\n')
  expect(events).toEqual(data('x{"a":1}', '{"b":\n{}}'))
})

test('a byte order mark is no part of the first line', () => {
  expect(readAtEveryCut('\uFEFFdata: a\n\n').events).toEqual(data('a'))
})

test('only line ends end a line: U+2028, U+2029 and U+0085 do not', () => {
  expect(readAtEveryCut('data: a\u2028b\u2029c\u0085d\n\n').events).toEqual(data('a\u2028b\u2029c\u0085d'))
})

test('a byte that is no UTF-8 is shown as such and breaks nothing', () => {
  const bytes = new Uint8Array([...bytesOf('data: a'), 0xff, ...bytesOf('b\n\n')])
  expect(read([bytes]).events).toEqual(data('a\uFFFDb'))
})

test('an event of just the bound is told, one beyond it ends the telling without a throw', () => {
  const text = `data: ${'x'.repeat(100)}`
  for (const step of [1, 7, 1_000]) {
    expect(read(inSteps(bytesOf(`${text}\n\ndata: a\n\n`), step), 100).events).toHaveLength(2)
    const { events, isWhole } = read(inSteps(bytesOf(`data: a\n\n${text}x\n\ndata: b\n\n`), step), 100)
    expect(events).toEqual(data('a'))
    expect(isWhole).toBe(false)
  }
})

test('a line without end is held up to the bound and no further', () => {
  const { events, isWhole } = read(Array<Uint8Array>(1_000).fill(bytesOf('data: endless ')), 1_000)
  expect(events).toEqual([])
  expect(isWhole).toBe(false)
})

test('an event of 8 MB in pieces of 4 KB takes linear time', () => {
  const bytes = bytesOf(`data: ${'x'.repeat(8 << 20)}\n\n`)
  const startedAt = performance.now()
  expect(read(inSteps(bytes, 4_096)).events[0]?.data).toHaveLength(8 << 20)
  // It takes about 30 ms; joining the pieces anew with each read would take minutes.
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})

test('finishing twice tells the last event once', () => {
  const events: string[] = []
  const reader = createSseReader(({ data: text }) => events.push(text))
  reader.feed(bytesOf('data: {}'))
  reader.finish()
  reader.finish()
  reader.feed(bytesOf('data: late\n\n'))
  expect(events).toEqual(['{}'])
})

test('of a stream without any blank line, one event a line, those are told that are whole', () => {
  const lines = ['{"a":1}', '{"b":2}', '{"c"']
  const text = lines.map((line) => `data: ${line}\n`).join('')
  expect(readAtEveryCut(text)).toEqual({ events: data('{"a":1}\n{"b":2}'), isWhole: false })
  expect(readAtEveryCut(text.replace('{"c"', '[DONE]'))).toEqual({
    events: data('{"a":1}\n{"b":2}\n[DONE]'),
    isWhole: true,
  })
})

test('an event that its blank line ended is told, whatever it says', () => {
  expect(readAtEveryCut('data: half {\r\r')).toEqual({ events: data('half {'), isWhole: true })
  expect(readAtEveryCut('data: half {\r')).toEqual({ events: [], isWhole: false })
})
