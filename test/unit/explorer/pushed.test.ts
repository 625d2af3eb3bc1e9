import { expect, test } from 'bun:test'
import { tellPush } from '../../../src/explorer/pushed.ts'

const told = { attempts: 0, detail: null, remoteId: null }

test('a trace says whether another store has it, after how many attempts, and why not', () => {
  expect(tellPush({ ...told, state: 'waiting' })).toEqual({
    what: 'It waits to be sent.',
    why: null,
    isLost: false,
    isUnderWay: true,
  })
  expect(tellPush({ ...told, state: 'waiting', attempts: 1200, detail: 'status 429' })).toMatchObject({
    what: 'It waits to be sent again, after 1\u202f200 attempts.',
    why: 'status 429',
  })
  expect(tellPush({ ...told, state: 'sent', attempts: 1, remoteId: 'u-1' }).what).toBe(
    'The remote has it as u-1, after 1 attempt.',
  )
  expect(tellPush({ ...told, state: 'skipped', detail: 'Its answer calls tools' })).toMatchObject({
    why: 'Its answer calls tools',
    isLost: false,
    isUnderWay: false,
  })
})

test('what the remote does not have and will not get is lost; what is under way is neither', () => {
  const states = ['waiting', 'sending', 'sent', 'refused', 'dropped', 'skipped'] as const
  const texts = states.map((state) => ({ state, ...tellPush({ ...told, state, attempts: 2 }) }))
  expect(texts.filter(({ isLost }) => isLost).map(({ state }) => state)).toEqual(['refused', 'dropped'])
  expect(texts.filter(({ isUnderWay }) => isUnderWay).map(({ state }) => state)).toEqual([
    'waiting',
    'sending',
  ])
})

test('what a remote says cannot hide on the page', () => {
  const text = tellPush({ state: 'refused', attempts: 1, detail: 'no\u202e', remoteId: null })
  expect(text.why).toBe('no[U+202E]')
})
