import { expect, test } from 'bun:test'
import { createLineWriter } from '../../../src/cli/lines.ts'

test('lines of one moment are one write, in order', () => {
  const written: string[] = []
  const lines = createLineWriter((text) => void written.push(text))
  lines.write('one\n')
  lines.write('two\n')
  expect(written).toEqual([])
  lines.flush()
  lines.flush()
  expect(written).toEqual(['one\ntwo\n'])
})

test('a log whose reader has gone or whose disk is full stops nothing, and takes up again', () => {
  const written: string[] = []
  let code: string | null = 'EPIPE'
  const lines = createLineWriter((text) => {
    if (code !== null) throw Object.assign(new Error('write'), { code })
    written.push(text)
  })
  lines.write('lost\n')
  lines.flush()
  code = 'ENOSPC'
  lines.write('lost too\n')
  lines.flush()
  code = null
  lines.write('three\n')
  lines.flush()
  expect(written).toEqual(['three\n'])
})

test('any other error is a bug, and is thrown', () => {
  const lines = createLineWriter(() => {
    throw new TypeError('not so')
  })
  lines.write('one\n')
  expect(() => lines.flush()).toThrow('not so')
})
