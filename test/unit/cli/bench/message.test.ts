import { expect, test } from 'bun:test'
import { createMessageReader } from '../../../../src/cli/bench/message.ts'

const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\na;x=1\r\n0123456789\r\n0\r\n\r\n'
const sized = 'HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nsizable'
const empty = 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n'
const trailed = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nsum: 1\r\n\r\n'

/** One line per message: the first line of its head, and its body's bytes. */
function read(pieces: readonly string[], unsized: 'empty' | 'until-close' = 'empty'): string[] {
  const messages: string[] = []
  let start = ''
  let bytes = 0
  const reader = createMessageReader(
    {
      head: (text) => {
        start = text.split('\r\n')[0] ?? ''
        bytes = 0
      },
      body: (count) => void (bytes += count),
      end: () => void messages.push(`${start} ${bytes}`),
    },
    unsized,
  )
  for (const piece of pieces) reader.push(Buffer.from(piece))
  if (unsized === 'until-close') messages.push(`${start} ${bytes}`)
  return messages
}

const all = ['HTTP/1.1 200 OK 15', 'HTTP/1.1 200 OK 7', 'HTTP/1.1 204 No Content 0', 'HTTP/1.1 200 OK 1']

test('messages that follow one another are told apart at every cut', () => {
  const text = chunked + sized + empty + trailed
  for (let cut = 0; cut <= text.length; cut++)
    expect(read([text.slice(0, cut), text.slice(cut)])).toEqual(all)
})

test('messages that come byte by byte are the same messages', () => {
  expect(read([...(chunked + sized + empty + trailed)])).toEqual(all)
})

test('a chunk is copied before its memory is used again', () => {
  const heads: string[] = []
  const reader = createMessageReader(
    { head: (text) => heads.push(text), body: () => {}, end: () => {} },
    'empty',
  )
  const memory = Buffer.from('GET / HTTP')
  reader.push(memory)
  memory.fill('#')
  reader.push(Buffer.from('/1.1\r\n\r\n'))
  expect(heads).toEqual(['GET / HTTP/1.1'])
})

test('a request without a length has no body, an answer without one has all that comes', () => {
  expect(read(['GET / HTTP/1.1\r\nhost: x\r\n\r\nGET'])).toEqual(['GET / HTTP/1.1 0'])
  expect(read(['HTTP/1.1 200 OK\r\n\r\nbody', ' and more'], 'until-close')).toEqual(['HTTP/1.1 200 OK 13'])
})

test('a chunk without a size is an error', () => {
  expect(() => read(['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhello\r\n'])).toThrow('size')
})

test('an answer whose end is missing has not ended', () => {
  expect(read([chunked.slice(0, -2)])).toEqual([])
  expect(read([sized.slice(0, -1)])).toEqual([])
})
