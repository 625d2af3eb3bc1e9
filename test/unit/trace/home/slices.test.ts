import { expect, test } from 'bun:test'
import { createChanges } from '../../../../src/trace/home/change.ts'
import { createHome, type HomeQuestion } from '../../../../src/trace/home/questions.ts'
import { localWho } from '../../../../src/trace/home/who.ts'
import { createPieceStore } from '../../../../src/trace/piece-store.ts'
import { memoryStore, startedAt } from '../../../support/traces.ts'

/** Lists that the thread that reads gives out slice by slice: with a clock that ends each after one item. */
type Listed = {
  readonly name: string
  readonly index?: number
  readonly messages?: readonly { readonly content: string }[]
}

function createPlace() {
  const store = memoryStore()
  const apply = createChanges(store, createPieceStore(store.database))
  let at = startedAt
  const change = (kind: 'snippet' | 'dataset-create', body: object) =>
    apply({ kind, who: localWho }, Buffer.from(JSON.stringify(body)), (at += 1000))
  const push = (count: number) => {
    const messages = Array.from({ length: count }, () => [])
    apply({ kind: 'push', who: localWho }, Buffer.from(JSON.stringify({ messages, dataset: 'filled' })), at)
  }
  let clock = 0
  const ask = createHome(store, () => (clock += 20))
  const all = (question: (after: number) => HomeQuestion) => {
    const slices: Listed[][] = []
    for (let after: number | null = -1; after !== null;) {
      const answer = ask(question(after))
      if (answer.kind !== 'told') throw new Error(answer.kind)
      slices.push(JSON.parse(answer.json))
      after = answer.next
    }
    return slices
  }
  return { change, push, all }
}

test('snippets come in slices, the newest first, and no more than were asked for', () => {
  const { change, all } = createPlace()
  for (const content of ['a', 'b', 'c', 'd']) change('snippet', { content: [{ role: 'user', content }] })
  const told = (limit: number) => {
    const slices = all((after) => ({ kind: 'snippets', who: localWho, limit, after }))
    expect(Math.max(...slices.map(({ length }) => length))).toBeLessThan(3)
    return slices.flat().map(({ messages }) => messages?.[0]?.content)
  }
  expect(told(3)).toEqual(['d', 'c', 'b'])
  expect(told(100)).toEqual(['d', 'c', 'b', 'a'])
  expect(told(0)).toEqual([])
})

test('the traces of a project come in slices, from where one asks and no more than one asks for', () => {
  const { push, all } = createPlace()
  push(5)
  const told = (offset: number, limit: number, numbers: readonly number[] | null = null) => {
    const dataset = { username: 'developer', name: 'filled' }
    const of = { dataset, offset, limit, numbers }
    const slices = all((after) => ({ kind: 'traces', who: localWho, ...of, after }))
    expect(Math.max(...slices.map(({ length }) => length))).toBeLessThan(3)
    return slices.flat().map(({ index }) => index)
  }
  expect(told(0, 100)).toEqual([0, 1, 2, 3, 4])
  expect(told(1, 3)).toEqual([1, 2, 3])
  expect(told(0, 100, [4, 2, 2, 0, 9])).toEqual([0, 2, 4])
  expect(told(1, 1, [4, 2, 0])).toEqual([2])
})

test('projects come in slices, and only those that were asked for', () => {
  const { change, all } = createPlace()
  for (const name of ['one', 'two', 'three', 'other'])
    change('dataset-create', { name, is_public: name === 'two' })
  const told = (limit: number, kind: 'any' | 'public' | 'private', text = '') => {
    const list = { kind }
    return all((after) => ({ kind: 'datasets', who: localWho, list, text, limit, after }))
      .flat()
      .map(({ name }) => name)
  }
  expect(told(3, 'any')).toEqual(['other', 'three', 'two'])
  expect(told(100, 'private')).toEqual(['other', 'three', 'two', 'one'])
  expect(told(100, 'public')).toEqual(['two'])
  expect(told(100, 'any', 'T')).toEqual(['other', 'three', 'two'])
})
