import { expect, test } from 'bun:test'
import { createGrowth, type Grows } from '../../../src/wire/sse-run.ts'
import { createSseReader } from '../../../src/wire/sse.ts'
import { bytesOf, inSteps } from '../../support/cuts.ts'

/** Runs of events: how many are told, and that they say the same as one by one. */

const growth = createGrowth('text', ['noise'])
const grows: Grows = ({ data }) => (data.includes('"text"') ? growth : null)

type Told = { readonly event?: string | undefined; readonly data: string }
type Read = { readonly told: readonly Told[]; readonly isWhole: boolean }

function read(pieces: Iterable<Uint8Array>, grown = grows, mostCharacters?: number): Read {
  const told: Told[] = []
  const reader = createSseReader(({ event, data }) => told.push({ event, data }), mostCharacters, grown)
  for (const piece of pieces) reader.feed(piece)
  return { told, isWhole: reader.finish() }
}

/** What the events say, however many they are; the same at every cut, and as without runs. */
function readAtEveryCut(text: string, mostCharacters?: number): string {
  const bytes = bytesOf(text)
  const alone = saidBy(read([bytes], () => null, mostCharacters))
  expect(saidBy(read(inSteps(bytes, 1), grows, mostCharacters))).toBe(alone)
  for (let cut = 0; cut <= bytes.length; cut++) {
    const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)]
    const said = saidBy(read(pieces, grows, mostCharacters))
    if (said !== alone) expect(said, `cut at ${cut}`).toBe(alone)
  }
  return alone
}

function saidBy({ told, isWhole }: Read): string {
  const said: string[] = []
  for (const { event = '', data } of told) {
    const text = textOf(data)
    if (text === null) said.push(`\n${event} ${data}\n`)
    else said.push(text)
  }
  return `${said.join('')} ${isWhole}`
}

/** Null for what is no event of the run: one that cannot be read, or that says something else. */
function textOf(data: string): string | null {
  try {
    const told: unknown = JSON.parse(data)
    const text: unknown = typeof told === 'object' && told !== null && 'text' in told ? told.text : null
    return typeof text === 'string' ? text : null
  } catch {
    return null
  }
}

function stream(...texts: readonly string[]): string {
  return texts.map((text) => `event: e\ndata: {"id":1,"text":${JSON.stringify(text)}}\n\n`).join('')
}

test('events that differ in their text are told as one behind the first', () => {
  const { told, isWhole } = read([bytesOf(stream('a', 'b"', '\\', '', '🙂\n', 'c'))])
  expect(told).toEqual([
    { event: 'e', data: '{"id":1,"text":"a"}' },
    { event: 'e', data: '{"id":1,"text":"b\\"\\\\🙂\\nc"}' },
  ])
  expect(isWhole).toBe(true)
})

test('what they say does not depend on where they are cut', () => {
  expect(readAtEveryCut(stream('a', 'b"', '\\', '', '🙂\n', '{"text":"c"}', 'c'))).toBe(
    'ab"\\🙂\n{"text":"c"}c true',
  )
})

test('lines that end with CRLF, names left out, and blanks before the last brace or the line end belong to it', () => {
  for (const form of [
    (text: string) => text.replaceAll('\n', '\r\n'),
    (text: string) => text.replaceAll('event: e\n', ''),
    (text: string) => text.replaceAll('data: ', 'data:'),
    (text: string) => text.replaceAll('}\n', '} \n'),
    (text: string) => text.replaceAll('"b"}', '"b"   }').replaceAll('"c"}', '"c" }'),
  ]) {
    const text = form(stream('a', 'b', 'c', 'd'))
    expect(read([bytesOf(text)]).told).toHaveLength(2)
    expect(readAtEveryCut(text)).toBe('abcd true')
  }
})

test('of noise beside the text the last one stands', () => {
  const text = ['"1"', '"x"', '"y"', '""']
    .map((noise, at) => `data: {"text":"${at}","noise":${noise}}\n\n`)
    .join('')
  expect(read([bytesOf(text)]).told.at(-1)).toEqual({ event: undefined, data: '{"text":"123","noise":""}' })
  expect(readAtEveryCut(text)).toBe('0123 true')
})

test('numbers and noise that are no JSON are for the parser to read', () => {
  for (const noise of ['01', '1.5', '-1', '1e5', '12345678901234567', 'null', '"\\"x"', '"\u0001"', '"é"']) {
    const text = [1, noise, 2].map((value) => `data: {"text":"a","noise":${value}}\n\n`).join('')
    readAtEveryCut(text)
    expect(read([bytesOf(text)]).told).toHaveLength(3)
  }
})

test('an event with anything else to it ends the run, and the next begins behind it', () => {
  const text = `${stream('a', 'b', 'c')}: a comment\n\nevent: f\ndata: {"x":1}\n\n${stream('d', 'e')}id: 1\n${stream('f')}`
  expect(read([bytesOf(text)]).told.map(({ event }) => event)).toEqual(['e', 'e', 'f', 'e', 'e'])
  expect(readAtEveryCut(text)).toBe('abc\nf {"x":1}\ndef true')
})

test('a text that is no JSON string breaks its own event and no other', () => {
  for (const broken of ['\t', '\\x', '\\u12', '\\', '"']) {
    const text = stream('a', 'b', 'BROKEN', 'c', 'd').replace('BROKEN', broken)
    expect(readAtEveryCut(text)).toStartWith('ab\n')
    expect(readAtEveryCut(text)).toEndWith('\ncd true')
  }
})

test('half a character stays broken, whatever the next event starts with', () => {
  const bytes = bytesOf(stream('a', 'b', 'é', 'é', 'c'))
  // The second byte of the first é becomes a letter, the first one of the second é too.
  const [first = 0, second = 0] = [bytes.indexOf(0xc3), bytes.lastIndexOf(0xc3)]
  const halves = bytes.with(first + 1, 0x78).with(second, 0x78)
  const alone = saidBy(read([halves], () => null))
  expect(alone).toBe('ab\ufffdxx\ufffdc true')
  const moved = Uint8Array.from([...bytes].filter((_, at) => at !== first + 1 && at !== second))
  expect(saidBy(read([moved], () => null))).toBe('ab\ufffd\ufffdc true')
  for (const broken of [halves, moved]) {
    for (let cut = 0; cut <= broken.length; cut++) {
      const pieces = [broken.subarray(0, cut), broken.subarray(cut)]
      expect(saidBy(read(pieces))).toBe(saidBy(read([broken], () => null)))
    }
  }
})

test('characters of several bytes, and what stands for a broken one, are text like any other', () => {
  const text = stream('é', '🙂', 'ф', '\ufffd', '日本', '語')
  expect(readAtEveryCut(text)).toBe('é🙂ф\ufffd日本語 true')
  expect(read([bytesOf(text.replace('\ufffd', ''))]).told).toHaveLength(2)
})

test('a field that stands twice, or in a text, makes no run', () => {
  for (const data of ['{"text":"a","text":"b"}', '{"text":"a","x":{"text":"b"}}', '{"text":1}', '["text"]']) {
    expect(read([bytesOf(`data: ${data}\n\n`.repeat(5))]).told).toHaveLength(5)
  }
})

test('an event beyond the bound ends the telling, within a run as anywhere', () => {
  const most = '{"id":1,"text":"12345"}'.length
  const text = stream('a', 'b', '12345', 'c')
  expect(readAtEveryCut(text, most)).toBe('ab12345c true')
  expect(readAtEveryCut(text.replace('12345', '123456'), most)).toBe('ab false')
  // Twice: once over, the parser must not be asked again.
  const beyond = stream('x'.repeat(200), 'y'.repeat(200))
  expect(readAtEveryCut(stream('a', 'b') + beyond + stream('c'), most)).toBe('ab false')
})

test('a bare object that events follow is not what the stream ended with', () => {
  const bare = '{"error":{"code":500}}\n\n'
  expect(readAtEveryCut(stream('a', 'b', 'c') + bare)).toContain('"code":500')
  expect(readAtEveryCut(stream('a', 'b') + bare + stream('c', 'd'))).not.toContain('500')
})

test('after many events of other kinds the rest of a read is parsed at once', () => {
  const other = 'data: {"x":1}\n\n'.repeat(20)
  const text = other + stream('a', 'b', 'c', 'd')
  expect(read([bytesOf(text)]).told).toHaveLength(24)
  expect(readAtEveryCut(text)).toEndWith('abcd true')
})

test('20,000 events that differ in their text take time that grows with their number', () => {
  const bytes = bytesOf(stream(...Array.from({ length: 20_000 }, (_, at) => `${at} `)))
  const startedAt = performance.now()
  const { told } = read(inSteps(bytes, 1 << 16))
  expect(told.length).toBeLessThan(200)
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})
