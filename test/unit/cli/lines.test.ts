import { expect, test } from 'bun:test'
import { createLineWriter } from '../../../src/cli/lines.ts'

/** A reader that takes a text when it is told to, or fails with a code. */
function createReader(mostBytes = 100) {
  const given: string[] = []
  const ends: ((error?: Error) => void)[] = []
  const lines = createLineWriter({
    write: (text) => {
      given.push(text)
      return new Promise((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())))
    },
    toldOf: (count) => `${count} dropped\n`,
    mostBytes,
  })
  const take = async (error?: Error) => {
    ends.shift()?.(error)
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  }
  const fail = (code: string) => take(Object.assign(new Error('write'), { code }))
  return { lines, given, take, fail }
}

test('lines of one moment are one write, in order, and the next ones wait until it has been taken', async () => {
  const { lines, given, take } = createReader()
  lines.write('one\n')
  lines.write('two\n')
  expect(given).toEqual([])
  const flushed = lines.flush(1000)
  expect(given).toEqual(['one\ntwo\n'])
  lines.write('three\n')
  expect(given).toHaveLength(1)
  await take()
  expect(given).toEqual(['one\ntwo\n', 'three\n'])
  await take()
  await flushed
  expect(lines.droppedLines()).toBe(0)
})

test('past the bound lines are dropped, counted, and told of where they are missing', async () => {
  const { lines, given, take } = createReader(8)
  lines.write('one\n')
  void lines.flush(1000)
  lines.write('two\n')
  lines.write('3\n')
  lines.write('four\n')
  expect(lines.droppedLines()).toBe(2)
  await take()
  expect(given).toEqual(['one\n', 'two\n2 dropped\n'])
  lines.write('five')
  await take()
  expect(given[2]).toBe('five')
  await take()
  expect(lines.droppedLines()).toBe(2)
})

test('the bound counts bytes, also those that a reader has been given and not yet taken', async () => {
  const { lines, given, take } = createReader(8)
  lines.write('äää')
  void lines.flush(1000)
  lines.write('xyz')
  lines.write('xy')
  expect(lines.droppedLines()).toBe(1)
  await take()
  lines.write('abcdef')
  lines.write('g')
  expect(lines.droppedLines()).toBe(2)
  expect(given).toEqual(['äää', 'xy1 dropped\n'])
})

test('a log whose reader has gone or whose disk is full stops nothing, and takes up again', async () => {
  const { lines, given, take, fail } = createReader()
  lines.write('lost\n')
  void lines.flush(1000)
  await fail('ENOSPC')
  lines.write('lost too\n')
  void lines.flush(1000)
  await fail('EPIPE')
  lines.write('three\n')
  void lines.flush(1000)
  await take()
  expect(given.at(-1)).toBe('three\n2 dropped\n')
  expect(lines.droppedLines()).toBe(2)
})

test('any other error is a bug, and is thrown', async () => {
  const { lines, take } = createReader()
  lines.write('one\n')
  const flushed = lines.flush(1000).catch(String)
  await take(new TypeError('not so'))
  expect(await flushed).toBe('TypeError: not so')
})

test('nobody waits for a reader that stands still longer than told', async () => {
  const { lines, given } = createReader()
  lines.write('one\n')
  await lines.flush(1)
  lines.write('two\n')
  await lines.flush(1)
  expect([given, lines.rest(), lines.rest()]).toEqual([['one\n'], 'two\n', ''])
})
