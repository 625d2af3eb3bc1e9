import { expect, test } from 'bun:test'
import { createDetections, questionKey } from '../../../src/guard/detections.ts'
import type { Detection } from '../../../src/guard/detector.ts'

const nothing: Detection = { findings: [] }

/** How many of these texts are known without being asked for: looking keeps an answer alive. */
function known(detections: ReturnType<typeof createDetections>, texts: readonly string[]): number {
  return texts.filter((text) => detections.get('llm', '', text) !== undefined).length
}

test('an answer is found by detector, options and text', () => {
  const detections = createDetections()
  detections.set('pii', 'a', 'text', nothing)
  expect(detections.get('pii', 'a', 'text')).toBe(nothing)
  expect(detections.get('pii', 'b', 'text')).toBeUndefined()
  expect(detections.get('llm', 'a', 'text')).toBeUndefined()
  expect(detections.get('pii', 'a', 'other')).toBeUndefined()
})

test('what another configuration answered is not found, and the order of options does not matter', () => {
  const one = questionKey({ identity: 'one' }, { a: 1, b: 2 })
  expect(questionKey({ identity: 'one' }, { b: 2, a: 1 })).toBe(one)
  expect(questionKey({ identity: 'two' }, { a: 1, b: 2 })).not.toBe(one)
  expect(questionKey({}, {})).toBe('')
})

test('there are never more entries than there is room for', () => {
  const detections = createDetections({ bytes: 1e9, entries: 100 })
  const texts = Array.from({ length: 1000 }, (_, at) => `text ${at}`)
  for (const text of texts) detections.set('llm', '', text, nothing)
  const count = known(detections, texts.toReversed())
  expect(count).toBeLessThanOrEqual(100)
  expect(count).toBeGreaterThanOrEqual(50)
})

test('embeddings are weighed by their numbers, and texts by their length', () => {
  const numbers = Array.from({ length: 1000 }, () => 0.5)
  const detections = createDetections({ bytes: 200_000, entries: 1e6 })
  const texts = Array.from({ length: 100 }, (_, at) => `text ${at}`)
  for (const text of texts) detections.set('llm', '', text, { findings: [], value: numbers })
  expect(known(detections, texts.toReversed())).toBeLessThanOrEqual(25)
  detections.set('llm', '', 'x'.repeat(60_000), nothing)
  expect(detections.get('llm', '', 'x'.repeat(60_000))).toBeUndefined()
})

test('what is asked for again and again stays, whatever else comes', () => {
  const detections = createDetections({ bytes: 1e9, entries: 10 })
  detections.set('llm', '', 'often', nothing)
  for (let at = 0; at < 1000; at++) {
    detections.set('llm', '', `once ${at}`, nothing)
    expect(detections.get('llm', '', 'often')).toBe(nothing)
  }
})

test('an answer that is set again counts once', () => {
  const detections = createDetections({ bytes: 1e9, entries: 10 })
  detections.set('llm', '', 'first', nothing)
  for (let at = 0; at < 100; at++) detections.set('llm', '', 'again', { findings: [], value: String(at) })
  expect(detections.get('llm', '', 'first')).toBe(nothing)
  expect(detections.get('llm', '', 'again')?.value).toBe('99')
})

test('without room nothing is kept', () => {
  const detections = createDetections({ bytes: 0, entries: 0 })
  detections.set('llm', '', 'text', nothing)
  expect(detections.get('llm', '', 'text')).toBeUndefined()
})
