import { expect, test } from 'bun:test'
import { createVeil } from '../../../src/wire/veil.ts'

type Hidden = { readonly at: number; readonly length: number }

/** What is shown of the parts, how much that covers, and what was hidden: events with "secret" in them. */
function show(parts: readonly Uint8Array[]) {
  const hidden: Hidden[] = []
  const veil = createVeil({
    hides: (event) => new TextDecoder().decode(event).includes('secret'),
    hidden: (at, length) => void hidden.push({ at, length }),
  })
  const all = [...parts.map(veil.show), veil.rest()]
  const covers = all.reduce((sum, shown) => sum + shown.covers, 0)
  return { text: Buffer.concat(all.map(({ bytes }) => bytes)).toString(), hidden, covers }
}

/** The text in two parts at every place, in single bytes, and whole. */
function* cutsOf(text: string): Generator<Uint8Array[]> {
  const bytes = Buffer.from(text)
  yield [bytes]
  yield [...bytes].map((byte) => Uint8Array.of(byte))
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
}

const before = 'data: one 😀\n\nevent: x\ndata: two\n\n: comment\n\n'
const after = 'data: [DONE]\n\n'

test.each([
  ['\n', '\n\n'],
  ['\r\n', '\r\n\r\n'],
])('an event is hidden at every cut, and all else is as it was, with lines that end in %j', (line, blank) => {
  const [first, secret, last] = [before, 'id: 7\ndata: secret\n\n', after].map((text) =>
    text.replaceAll('\n', line),
  )
  const text = `${first}${secret}${last}`
  expect(secret?.endsWith(blank)).toBe(true)
  for (const parts of cutsOf(text)) {
    expect(show(parts)).toEqual({
      text: `${first}${last}`,
      hidden: [{ at: Buffer.byteLength(first ?? ''), length: secret?.length ?? 0 }],
      covers: Buffer.byteLength(text),
    })
  }
})

test('a stream without such an event is the same chunks, not copies of them', () => {
  const veil = createVeil({ hides: () => false, hidden: () => undefined })
  const chunks = [Buffer.from(before), Buffer.from(after)]
  expect(chunks.map((chunk) => veil.show(chunk).bytes)).toEqual(chunks)
  for (const chunk of chunks) expect(veil.show(chunk).bytes).toBe(chunk)
  expect(veil.rest()).toEqual({ bytes: new Uint8Array(0), covers: 0 })
})

test('an event waits for its end, and what came before it does not', () => {
  const veil = createVeil({ hides: () => false, hidden: () => undefined })
  const first = veil.show(Buffer.from('data: one\n\ndata: tw'))
  expect([Buffer.from(first.bytes).toString(), first.covers]).toEqual(['data: one\n\n', 11])
  expect(veil.show(Buffer.from('o'))).toEqual({ bytes: new Uint8Array(0), covers: 0 })
  const last = veil.show(Buffer.from('\n\n'))
  expect([Buffer.from(last.bytes).toString(), last.covers]).toEqual(['data: two\n\n', 11])
})

test('an event that the stream ends in is judged as it is', () => {
  for (const parts of cutsOf('data: one\n\ndata: two'))
    expect(show(parts).text).toBe('data: one\n\ndata: two')
  for (const parts of cutsOf('data: one\n\ndata: secret')) {
    expect(show(parts)).toEqual({ text: 'data: one\n\n', hidden: [{ at: 11, length: 12 }], covers: 23 })
  }
})

test('several are hidden, also one behind the other and at the very beginning', () => {
  const text = 'data: secret\n\ndata: secret\n\ndata: a\n\ndata: secret\n\n'
  for (const parts of cutsOf(text)) {
    const { text: shown, hidden } = show(parts)
    expect(shown).toBe('data: a\n\n')
    expect(hidden.map(({ at }) => at)).toEqual([0, 14, 37])
  }
})

test('an event that is too long to be held flows, and the next one is looked at again', () => {
  const long = `data: secret ${'x'.repeat(200_000)}\n\n`
  const veil = createVeil({ hides: (event) => event.includes(0x73), hidden: () => undefined })
  const first = veil.show(Buffer.from(long.slice(0, 100_000)))
  expect(first.covers).toBe(100_000)
  expect(veil.show(Buffer.from(long.slice(100_000))).covers).toBe(long.length - 100_000)
  expect(veil.show(Buffer.from('data: secret\n\n')).bytes.byteLength).toBe(0)
})

test('blank lines between events, and no bytes at all, are shown as they come', () => {
  for (const parts of cutsOf('\n\r\n\n')) expect(show(parts).text).toBe('\n\r\n\n')
  expect(show([new Uint8Array(0)])).toEqual({ text: '', hidden: [], covers: 0 })
})
