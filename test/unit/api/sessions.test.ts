import { expect, test } from 'bun:test'
import type { SessionView } from '../../../src/trace/session/show.ts'
import { messageOf, startApi } from '../../support/api.ts'
import { fakeTraces, storedTrace } from '../../support/heads.ts'

const id = storedTrace().record.id

const session: SessionView = {
  id,
  project: 'default',
  key: 'mine',
  title: 'Hello',
  startedAt: 1,
  endedAt: 2,
  traces: 1,
  messages: 0,
  models: ['small'],
  usage: null,
  threads: [],
  exchanges: [{ id, parent: null, messages: 0 }],
  unread: [],
}

function start() {
  const fake = fakeTraces()
  fake.sessions.push(session)
  return startApi({}, fake)
}

test('sessions are listed without their messages', async () => {
  const { json } = start()
  const { threads, exchanges, unread, ...head } = session
  expect(await json('/sessions')).toEqual({ sessions: [head], next: null })
})

test('filters and the cursor of a list reach the store', async () => {
  const { ask, calls } = start()
  const query = 'project=mine&text=hello&since=5&until=1970-01-01T00:00:01Z&limit=7&before=12'
  expect((await ask(`/sessions?${query}`)).status).toBe(200)
  expect(calls).toEqual([{ project: 'mine', text: 'hello', since: 5, until: 1000, limit: 7, before: '12' }])
})

test('a session is told whole, and what is none is not found', async () => {
  const { ask, json } = start()
  expect(await json(`/sessions/${id}`)).toEqual(session)
  const missing = await ask('/sessions/nobody')
  expect(missing.status).toBe(404)
  expect(await messageOf(missing)).toBe('There is no session "nobody"')
})

test('parameters that mean nothing are refused', async () => {
  const { ask } = start()
  expect(await messageOf(await ask('/sessions?model=x'))).toContain('Unknown parameter "model"')
  expect(await messageOf(await ask('/sessions?before=x'))).toBe(
    'The parameter "before" must be the "next" of the page before',
  )
  expect((await ask('/traces?session=x')).status).toBe(400)
})

test('the traces of a session are listed by its id', async () => {
  const { ask, calls } = start()
  await ask(`/traces?session=${id}`)
  expect(calls).toEqual([{ session: id, limit: 50 }])
})
