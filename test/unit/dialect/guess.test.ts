import { expect, test } from 'bun:test'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { guessDialect } from '../../../src/dialect/guess.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { createGuessingMerge } from '../../../src/merge/guessing.ts'
import { createSseReader } from '../../../src/wire/sse.ts'
import { bytesOf, rebuild } from '../../support/cuts.ts'
import { dataOnly } from '../../support/streams/told.ts'
import { streams } from '../../support/streams/index.ts'

for (const name of dialectNames) {
  test(`${name}: its streams and its whole answers are known for what they are`, () => {
    for (const { name: told, text, reply } of streams[name]) {
      const names: unknown[] = []
      const merge = createGuessingMerge((found) => names.push(found))
      const reader = createSseReader(merge.add)
      reader.feed(bytesOf(text))
      const guessed = merge.finish(reader.finish() ? undefined : 'torn')
      // An error alone is the same in all of them.
      if (reply.body === null) continue
      expect(names, told).toEqual([name])
      expect(guessed).toEqual(rebuild(dialects[name], [bytesOf(text)]))
      const whole = guessDialect(guessed.body)
      // What is left of a stream without its beginning may not say what it was.
      if (guessed.ending === 'complete') expect(whole, told).toBe(name)
    }
  })
}

test('what no dialect says is of no dialect', () => {
  const others = [
    null,
    7,
    'x',
    [],
    {},
    { object: 'list', data: [] },
    { object: 'text_completion', choices: [{ text: 'a' }] },
  ]
  for (const told of [...others, { type: 'transcript.text.delta' }, { choices: [{}] }])
    expect(guessDialect(told)).toBeNull()
})

test('twenty events that say nothing are waited for, and none of them is lost', () => {
  const silent = Array.from({ length: 19 }, () => ({ choices: [], prompt_filter_results: [1] }))
  const told = {
    object: 'chat.completion.chunk',
    choices: [{ delta: { content: 'a' }, finish_reason: 'stop' }],
  }
  const read = (count: number) => {
    const merge = createGuessingMerge()
    for (const chunk of [...silent, ...silent].slice(0, count)) merge.add({ data: JSON.stringify(chunk) })
    merge.add({ data: JSON.stringify(told) })
    return merge.finish().body
  }
  expect(read(19)).toMatchObject({ prompt_filter_results: [1], choices: [{ message: { content: 'a' } }] })
  expect(read(20)).toMatchObject({ prompt_filter_results: [1], choices: [{ delta: { content: 'a' } }] })
})

test('an error alone is told, whoever it is from', () => {
  const merge = createGuessingMerge()
  merge.add({ data: dataOnly({ error: { code: 'x' } }).slice('data: '.length) })
  expect(merge.finish()).toMatchObject({ ending: 'error', error: { code: 'x' } })
})
