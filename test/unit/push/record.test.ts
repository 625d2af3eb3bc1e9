import { expect, test } from 'bun:test'
import { createRecord } from '../../../src/push/record.ts'
import { quiet } from '../../support/traces.ts'

const change = { id: 'a', state: 'sent', attempts: 1, dueAt: 0, detail: null, remoteId: null } as const

test('a change is written if the thread that writes says so, and only then', async () => {
  const asked: unknown[] = []
  const answers = ['{"kind":"done","json":"null"}', '{"kind":"refused","code":"stopping","message":"no"}']
  const record = createRecord(async (text) => (asked.push(JSON.parse(text)), answers.shift() ?? ''), quiet)
  expect(await record(change)).toBe(true)
  expect(await record(change)).toBe(false)
  expect(asked[0]).toMatchObject({ kind: 'pushed', changes: [change] })
  const lost = createRecord(() => Promise.reject(new Error('it died')), quiet)
  expect(await lost(change)).toBe(false)
})
