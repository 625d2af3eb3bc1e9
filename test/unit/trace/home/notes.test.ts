import { expect, test } from 'bun:test'
import type { Judged } from '../../../../src/merge/judged.ts'
import { createNotes } from '../../../../src/trace/home/notes.ts'
import { memoryStore, startedAt } from '../../../support/traces.ts'

test('what rules found of an exchange is told as the gateway of Invariant told it', () => {
  const { database } = memoryStore()
  const finding = {
    mode: 'hold',
    on: 'request',
    line: 1,
    args: [],
    kwargs: {},
    spans: [],
    leftBytes: 0,
  } as const
  const judged: Judged = {
    policy: 'hash',
    verdict: 'block',
    findings: [
      {
        ...finding,
        kind: 'violation',
        order: 'no-secrets',
        action: 'block',
        message: 'a secret',
        ranges: ['messages.0', 'messages.0.content:1-7', 'messages.1.content'],
      },
      { ...finding, kind: 'error', order: 'broken', action: 'log', message: 'no such word', ranges: [] },
    ],
  }
  database.run('INSERT INTO judged (id, data) VALUES (?, ?)', ['a', JSON.stringify(judged)])
  const row = { seq: 1, id: 'a', user: null, owner: 'developer', started_at: startedAt, verdict: 'block' }
  const notes = createNotes(database)(row)
  expect(notes.map(({ content, address, source, user }) => [content, address, source, user])).toEqual([
    ['a secret', 'messages.0.content:1-7', 'guardrails-error', 'developer'],
    ['a secret', 'messages.1.content', 'guardrails-error', 'developer'],
    ['no such word', null, 'guardrails-error', 'developer'],
  ])
  expect(JSON.parse(notes[0]?.metadata ?? '')).toEqual({
    source: 'guardrails-error',
    guardrail: { id: 'no-secrets', name: 'no-secrets', action: 'block' },
  })
  expect(createNotes(database)({ ...row, verdict: null })).toEqual([])
})

test('what blocks stands before what is noted, and what is the same is told once', () => {
  const { database } = memoryStore()
  const finding = {
    kind: 'violation',
    mode: 'hold',
    on: 'answer',
    line: 1,
    args: [],
    kwargs: {},
    spans: [],
  } as const
  const at = (order: string, action: 'block' | 'log') =>
    ({ ...finding, order, action, message: order, ranges: ['messages.0'], leftBytes: 0 }) as const
  const header = 'guardrails from request header'
  const findings = [at('noted', 'log'), at(header, 'block'), at(header, 'block'), at('noted', 'log')]
  const judged: Judged = { policy: 'hash', verdict: 'block', findings }
  database.run('INSERT INTO judged (id, data) VALUES (?, ?)', ['a', JSON.stringify(judged)])
  const row = { seq: 1, id: 'a', user: null, owner: 'developer', started_at: startedAt, verdict: 'block' }
  const notes = createNotes(database)(row)
  expect(notes.map(({ content, metadata }) => [content, JSON.parse(metadata ?? '').guardrail.id])).toEqual([
    [header, 'guardrails-from-header'],
    ['noted', 'noted'],
  ])
})
