import { expect, test } from 'bun:test'
import { chainOf, hashOf } from '../../../../src/trace/session/chain.ts'
import { historyOf, mostMessages, tipsOf } from '../../../../src/trace/session/history.ts'
import { answer, conversation, messages } from '../../../support/said.ts'

test('a hash stands for its message and all before it', () => {
  const { hashes } = chainOf('seed', messages('u:one', 'a:two', 'u:three'))
  expect(chainOf('seed', messages('u:one', 'a:two', 'u:other')).hashes.slice(0, 2)).toEqual(
    hashes.slice(0, 2),
  )
  const changed = chainOf('seed', messages('u:other', 'a:two', 'u:three')).hashes
  for (const [at, hash] of hashes.entries()) expect(changed[at]).not.toBe(hash)
  expect(chainOf('other', messages('u:one')).hashes).not.toEqual(hashes.slice(0, 1))
  expect(hashes.every((hash) => /^[\da-f]{32}$/.test(hash))).toBe(true)
})

test('system messages may change from turn to turn', () => {
  const one = chainOf('seed', messages('s:It is Monday', 'u:Hello', 's:Be brief', 'a:Hi'))
  expect(chainOf('seed', messages('s:It is Tuesday', 'u:Hello', 'a:Hi'))).toEqual(one)
  expect(one.isAnswer).toEqual([false, true])
})

test('lists of texts that join to the same text have different hashes', () => {
  expect(hashOf('ab', 'c')).not.toBe(hashOf('a', 'bc'))
  expect(hashOf('a:1', '')).not.toBe(hashOf('a', ':1'))
})

test('an answer is found by the next request that tells it', () => {
  const first = historyOf('default', [], conversation(['u:Hello']))
  const { tips, answers } = tipsOf(first, answer(null, 'Hi', 'Good day'))
  expect(answers).toBe(1)
  for (const [at, words] of ['Hi', 'Good day'].entries()) {
    const next = historyOf('default', [], conversation(['u:Hello', `a:${words}`, 'u:More']))
    expect(next.hashes[1]).toBe(tips[at] ?? '')
  }
})

test('the same words in another project or under another key are another history', () => {
  const said = conversation(['u:Hello', 'a:Hi'])
  const one = historyOf('default', [], said).hashes
  expect(historyOf('other', [], said).hashes).not.toEqual(one)
  expect(historyOf('default', [['x-session-id', 'k']], said).hashes).not.toEqual(one)
})

test('a request that names an earlier answer goes on from it', () => {
  const first = historyOf('default', [], conversation(['u:Hello']))
  const { tips } = tipsOf(first, answer('resp_1', 'Hi'))
  const next = historyOf('default', [], conversation(['u:More'], { previous_response_id: 'resp_1' }))
  expect(next.begins).toBe('at-answer')
  expect(tips).toContain(next.hashes[0] ?? '')
  expect(next.isAnswer).toEqual([true, false])
})

test('without an answer there is nothing to be found by', () => {
  const first = historyOf('default', [], conversation(['u:Hello']))
  expect(tipsOf(first, null)).toEqual({ tips: [], answers: 0 })
  expect(tipsOf(first, answer('id'))).toEqual({ tips: [], answers: 0 })
})

test('a history of too many messages has only its keys', () => {
  const lines = Array.from({ length: mostMessages + 1 }, (_, at) => `u:${at}`)
  const most = historyOf('default', [['x-session-id', 'k']], conversation(lines.slice(1)))
  expect(most.hashes.length).toBe(mostMessages)
  const more = historyOf('default', [['x-session-id', 'k']], conversation(lines))
  expect(more.hashes).toEqual([])
  expect(more.keys).toEqual(most.keys)
})

test('a request nobody can read has what its headers say', () => {
  const history = historyOf('default', [['x-session-id', 'k']], null)
  expect(history).toMatchObject({ key: 'k', hashes: [], title: null, begins: 'here' })
  expect(history.keys.length).toBe(1)
})
