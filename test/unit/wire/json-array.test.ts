import { expect, test } from 'bun:test'
import { createJsonArrayReader } from '../../../src/wire/json-array.ts'
import { bytesOf, inSteps } from '../../support/cuts.ts'

type Read = { readonly elements: string[]; readonly isWhole: boolean }

function read(pieces: Iterable<Uint8Array>, mostBytes = 1_000): Read {
  const elements: string[] = []
  const reader = createJsonArrayReader((text) => elements.push(text.trim()), mostBytes)
  for (const piece of pieces) reader.feed(piece)
  return { elements, isWhole: reader.finish() }
}

function readAtEveryCut(text: string): Read {
  const bytes = bytesOf(text)
  const whole = read([bytes])
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole)
  }
  expect(read(inSteps(bytes, 1))).toEqual(whole)
  return whole
}

test('elements are told one by one, whatever their strings say, at every cut', () => {
  const elements = ['{"text":"},{ ] \\" \\\\"}', '{"a":[[],{"b":"🙂"}]}', '[1,2]', '7']
  expect(readAtEveryCut(`[${elements.join('\r\n,\r\n')}]\r\n`)).toEqual({ elements, isWhole: true })
})

test('an empty array has no elements', () => {
  expect(readAtEveryCut('[ ]')).toEqual({ elements: [], isWhole: true })
})

test('an array that never ends tells what was whole, and that it was torn', () => {
  expect(readAtEveryCut('[{"a":1},{"b":')).toEqual({ elements: ['{"a":1}'], isWhole: false })
  expect(readAtEveryCut('')).toEqual({ elements: [], isWhole: false })
})

test('an element of just the bound is told, one beyond it ends the telling', () => {
  const element = `"${'x'.repeat(8)}"`
  expect(read([bytesOf(`[${element},1]`)], 10)).toEqual({ elements: [element, '1'], isWhole: true })
  expect(read(inSteps(bytesOf(`[0,${element} ,1]`), 1), 10)).toEqual({ elements: ['0'], isWhole: false })
})
