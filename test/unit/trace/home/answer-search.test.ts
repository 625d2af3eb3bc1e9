import { expect, test } from 'bun:test'
import type { SearchSlice } from '../../../../src/trace/home/answer-search.ts'
import { createChanges } from '../../../../src/trace/home/change.ts'
import { createHome } from '../../../../src/trace/home/questions.ts'
import { localWho } from '../../../../src/trace/home/who.ts'
import { createPieceStore } from '../../../../src/trace/piece-store.ts'
import { memoryStore, startedAt } from '../../../support/traces.ts'

function createPlace() {
  const store = memoryStore()
  const apply = createChanges(store, createPieceStore(store.database))
  const messages = ['a word', 'another word', 'nothing'].map((content) => [{ role: 'user', content }])
  const body = new TextEncoder().encode(JSON.stringify({ messages, dataset: 'searched' }))
  const changed = apply({ kind: 'push', who: localWho }, body, startedAt)
  const pushed = changed.kind === 'done' ? Reflect.get(Object(changed.value), 'id') : []
  const ask = createHome(store, () => startedAt)
  const search = (query: string, isMapped = true): SearchSlice => {
    const dataset = { username: 'developer', name: 'searched' }
    const answer = ask({ kind: 'search', who: localWho, dataset, query, after: -1, isMapped })
    return JSON.parse(answer.kind === 'told' ? answer.json : '{}')
  }
  return { store, ids: (Array.isArray(pushed) ? pushed : []).map(String), search }
}

test('traces are found by their ids here, and by those they had where they came from', () => {
  const { store, ids, search } = createPlace()
  store.database.run("UPDATE told SET foreign_id = 'elsewhere' WHERE seq = 3")
  const numbersOf = (query: string) => search(query).groups.map(({ number }) => number)
  expect(numbersOf(`idfilter:mine:${ids[0]},elsewhere`)).toEqual([0, 2])
  expect(numbersOf('idfilter:mine:nobody')).toEqual([])
})

test('where nobody asks for places, the same traces are found and no places are told', () => {
  const { search } = createPlace()
  const mapped = search('word')
  expect(mapped.groups.map(({ number }) => number)).toEqual([0, 1])
  expect(mapped.mappings).toEqual({
    0: { 'messages.0.content:2-6': { content: 'word', source: 'search' } },
    1: { 'messages.0.content:8-12': { content: 'word', source: 'search' } },
  })
  expect(search('word', false)).toEqual({ ...mapped, mappings: {} })
})
