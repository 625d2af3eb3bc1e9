import { expect, test } from 'bun:test'
import { createFrames } from '../../../src/judge/frames.ts'
import type { Bytes } from '../../../src/wire/body.ts'

const bytesOf = (text: string): Bytes => new TextEncoder().encode(text)

/** Frames as texts, with what was told in each; the last one is what nothing had ended. */
function framesOf(text: string, size: number, isStream = true) {
  const frames = createFrames(isStream, 1 << 20)
  const bytes = bytesOf(text)
  const list = []
  for (let at = 0; at < bytes.length; at += size) list.push(...frames.feed(bytes.slice(at, at + size)))
  list.push(...frames.finish())
  expect(Buffer.concat(list.map((frame) => frame.bytes)).toString()).toBe(text)
  expect(frames.openBytes()).toBe(0)
  return list
    .map(({ bytes: told, events }) => ({
      text: new TextDecoder().decode(told),
      data: events.map(({ data }) => data),
    }))
    .filter((frame) => frame.text !== '')
}

const sizes = [1, 2, 3, 5, 1000]

test.each(sizes)('an event is a frame up to and with its blank line, read %d bytes at a time', (size) => {
  for (const end of ['\n', '\r\n', '\r']) {
    const one = `event: a${end}data: {"löwe":1}${end}${end}`
    const two = `: note${end}data: {"a":${end}data:2}${end}id: 7${end}${end}`
    const three = `data: [DONE]${end}${end}`
    const list = framesOf(one + two + three, size).map(({ data }) => data)
    expect(list.flat()).toEqual(['{"löwe":1}', '{"a":\n2}', '[DONE]'])
    expect(list.every((data) => data.length === 1)).toBe(true)
  }
})

test.each(sizes)('a bare object behind the events is one frame to the end, %d at a time', (size) => {
  const list = framesOf('data: {"a":1}\n\n{\n\n"error": 2}\n\n', size)
  expect(list).toEqual([
    { text: 'data: {"a":1}\n\n', data: ['{"a":1}'] },
    { text: '{\n\n"error": 2}\n\n', data: ['{\n\n"error": 2}'] },
  ])
})

test.each(sizes)('an element is a frame with what stands before it, %d at a time', (size) => {
  const list = framesOf(' [{"a":"]"}\r\n,\r\n{"b":[{}]}]\n', size, false)
  expect(list).toEqual([
    { text: ' [{"a":"]"}\r\n', data: ['{"a":"]"}\r\n'] },
    { text: ',\r\n{"b":[{}]}', data: ['\r\n{"b":[{}]}'] },
    { text: ']\n', data: [] },
  ])
})

test('what is neither waits as a whole', () => {
  expect(framesOf('\n {"a":1}', 2, false)).toEqual([{ text: '\n {"a":1}', data: [] }])
  expect(framesOf('  \n', 1)).toEqual([{ text: '  \n', data: [] }])
})

test('a frame has both halves of its last line end', () => {
  const frames = createFrames(true, 1000)
  expect(frames.feed(bytesOf('data: 1\r\n\r'))).toEqual([])
  expect(frames.feed(bytesOf('\n'))[0]?.bytes.length).toBe(11)
})

test('what is no plain event among plain ones is read as it is', () => {
  const text = 'data: 1\n\nevent: a\ndata: 2\n\ndata:3\n\ndata: 4\rdata: 5\n\ndata: ö\n\n'
  expect(framesOf(`: first\n\n${text}`, 1000).flatMap(({ data }) => data)).toEqual([
    '1',
    '2',
    '3',
    '4\n5',
    'ö',
  ])
  const frames = createFrames(true, 1000)
  frames.feed(bytesOf(': first\n\n'))
  expect(frames.feed(bytesOf(text)).flatMap(({ events }) => events.map(({ data }) => data))).toEqual([
    '1',
    '2',
    '3',
    '4\n5',
    'ö',
  ])
})
