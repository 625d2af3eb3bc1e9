import { expect, test } from 'bun:test'
import { cut, leastPieceBytes } from '../../../src/trace/pieces.ts'

const encoder = new TextEncoder()

function piecesOf(text: string): string[] {
  const bytes = encoder.encode(text)
  const decoder = new TextDecoder()
  let start = 0
  return cut(bytes).map((end) => decoder.decode(bytes.subarray(start, (start = end))))
}

const long = (letter: string) => letter.repeat(leastPieceBytes)
const message = (letter: string) => `{"role":"user","content":"${long(letter)}"}`

test('the stretches join to the body, wherever it breaks off', () => {
  const body = JSON.stringify({
    model: 'a',
    system: [{ text: long('s') }],
    messages: [{ content: `${long('x')}"\\` }, { content: [long('ü'), { deep: [1, 2, [3]] }] }, long('😀')],
    rest: { a: [1, 2], b: long('z') },
  })
  const bytes = encoder.encode(body)
  for (let length = 0; length <= bytes.length; length++) {
    const ends = cut(bytes.subarray(0, length))
    expect(ends.toSorted((one, other) => one - other)).toEqual(ends)
    expect(new Set(ends).size).toBe(ends.length)
    expect(ends.at(-1) ?? 0).toBe(length)
  }
})

test('a turn has all stretches of the turn before, but for its tail', () => {
  const turn = (messages: string[]) => `{"model":"m","messages":[${messages.join(',')}],"stream":true}`
  const before = piecesOf(turn([message('a'), message('b')]))
  const after = piecesOf(turn([message('a'), message('b'), message('c')]))
  expect(before).toEqual(['{"model":"m","messages":[', message('a'), `,${message('b')}`, '],"stream":true}'])
  expect(after).toEqual([...before.slice(0, 3), `,${message('c')}`, '],"stream":true}'])
})

test('what varies before a top-level array does not change the stretches within it', () => {
  const one = piecesOf(`{"temperature":1,"input":[${message('a')}]}`)
  const other = piecesOf(`{"temperature":0.25,"input":[${message('a')}]}`)
  expect(one[1]).toBe(message('a'))
  expect(other[1]).toBe(message('a'))
})

test('a long member at the top, such as instructions, is a stretch of its own', () => {
  const pieces = piecesOf(`{"instructions":"${long('i')}","model":"m","input":[1]}`)
  expect(pieces[0]).toBe(`{"instructions":"${long('i')}"`)
})

test('short elements share a stretch until it is long enough, counted from the front', () => {
  const short = `"${'a'.repeat(100)}"`
  const pieces = piecesOf(`{"a":[${[short, short, short, short].join(',')}]}`)
  expect(pieces).toEqual(['{"a":[', [short, short, short].join(','), `,${short}]}`])
})

test('a stretch closes at the first boundary at or past its least length, not before', () => {
  const exact = `"${'a'.repeat(leastPieceBytes - 2)}"`
  const less = `"${'a'.repeat(leastPieceBytes - 3)}"`
  expect(piecesOf(`{"a":[${exact},1]}`)).toEqual(['{"a":[', exact, ',1]}'])
  expect(piecesOf(`{"a":[${less},1]}`)).toEqual(['{"a":[', `${less},1`, ']}'])
})

test('brackets, commas and quotes within strings are text', () => {
  const tricky = JSON.stringify(`],[{"}\\",${long('q')}\\`)
  expect(piecesOf(`{"a":[${tricky},${tricky}]}`)).toEqual(['{"a":[', tricky, `,${tricky}`, ']}'])
})

test('arrays further down are not cut', () => {
  const content = `{"content":[${message('a')},${message('b')}]}`
  expect(piecesOf(`{"messages":[${content}]}`)).toEqual(['{"messages":[', content, ']}'])
})

test('what is not JSON is one piece, and past 128 KiB pieces of 64 KiB', () => {
  expect(cut(encoder.encode(`hello ${long('h')}`))).toEqual([262])
  const large = new Uint8Array(200_000).fill(1)
  expect(cut(large)).toEqual([65_536, 131_072, 196_608, 200_000])
  expect(cut(new Uint8Array(131_072).fill(1))).toEqual([131_072])
  expect(cut(new Uint8Array(0))).toEqual([])
})

test('a body of many tiny elements has a bounded number of pieces', () => {
  const body = encoder.encode(`{"input":[${'1,'.repeat(4_000_000)}1]}`)
  expect(cut(body).length).toBeLessThanOrEqual(16_384)
})
