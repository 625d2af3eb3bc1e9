import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openFiles } from '../../../../src/cli/files.ts'
import { openInstance } from '../../../../src/cli/instance/instance.ts'
import type { TraceSource } from '../../../../src/cli/source.ts'
import { createApi } from '../../../../src/api/api.ts'
import { createReader } from '../../../../src/trace/read.ts'
import { createSessions } from '../../../../src/trace/session/show.ts'
import { dialects } from '../../../../src/dialect/index.ts'
import { fakeTraces } from '../../../support/heads.ts'
import { conversing } from '../../../support/sessions.ts'
import {
  batchOf,
  createFolder,
  keeperOf,
  meansOf,
  quiet,
  startedAt,
  storeAt,
  whole,
} from '../../../support/traces.ts'
import { play } from '../world.ts'
import { checkPolicies } from '../../../support/policies.ts'

const first = { model: 'm', messages: [{ role: 'user', content: 'What is a weir?' }] }
const answer = { id: 'x', choices: [{ index: 0, message: { role: 'assistant', content: 'A low dam' } }] }
const second = {
  model: 'm',
  messages: [...first.messages, answer.choices[0]?.message, { role: 'user', content: 'And a dam?' }],
}
const id = '01hf7yat00000000000a'
const later = '01hf7yat00000000000b'

/** A store in a folder, with two turns in it; `before`: as a Weir without sessions has left it. */
function withStore(path: string, before: 'before' | 'now' = 'now'): TraceSource {
  const store = storeAt(join(path, 'traces.sqlite'))
  const keeper = keeperOf(store, { means: { dialects } })
  const said = [first, second].map((request, at) =>
    whole(at === 0 ? id : later, JSON.stringify(request), JSON.stringify(answer)),
  )
  keeper.keep(batchOf(1, ...said))
  if (before === 'before') {
    store.database.run('UPDATE traces SET session = NULL, parent = NULL, messages = 0, links = NULL')
    for (const table of ['link', 'session', 'session_key']) store.database.run(`DELETE FROM ${table}`)
  }
  store.close()
  return openFiles(path, { now: () => startedAt, log: quiet })
}

test('sessions are listed, one a line', async () => {
  using folder = createFolder()
  const source = withStore(folder.path)
  const { out, code } = await play(['sessions', 'list'], { openTraces: async () => source })
  expect(code).toBe(0)
  expect(out).toBe(`${id}\t2023-11-14 22:13:20\t4.0 ms\t2\t4\t10\t14\tsmall\tWhat is a weir?\n`)
})

test('on a terminal they are a table, and as JSON an object a line', async () => {
  using folder = createFolder()
  const table = await play(['sessions', 'list'], {
    isTerminal: true,
    openTraces: async () => withStore(folder.path),
  })
  expect(table.out).toContain('SESSION')
  using other = createFolder()
  const json = await play(['sessions', 'list', '--json', '--text', 'weir'], {
    openTraces: async () => withStore(other.path),
  })
  expect(JSON.parse(json.out)).toMatchObject({ id, traces: 2 })
})

test('a session is shown with each message once', async () => {
  using folder = createFolder()
  const { out } = await play(['sessions', 'show', id], { openTraces: async () => withStore(folder.path) })
  expect(out.split('What is a weir?')).toHaveLength(3)
  expect(out).toContain(`${later} user\nAnd a dam?`)
  expect(out).toContain(`${id} assistant\nA low dam`)
})

test('what is no session is an error', async () => {
  const { code, err } = await play(['sessions', 'show', 'x'])
  expect([code, err]).toEqual([1, 'weir: There is no session x\n'])
})

test('traces of an earlier Weir are put into sessions, once', async () => {
  using folder = createFolder()
  const source = withStore(folder.path, 'before')
  expect((await source.sessions({}, { limit: 9, cursor: null })).sessions).toEqual([])
  const openTraces = async () => openFiles(folder.path, { now: () => startedAt, log: quiet })
  const rebuilt = await play(['sessions', 'rebuild'], { openTraces })
  expect(rebuilt.out).toBe('2 traces read, 2 of them put into sessions\n')
  const again = await play(['sessions', 'rebuild'], { openTraces })
  expect(again.out).toBe('0 traces read, 0 of them put into sessions\n')
  expect((await play(['sessions', 'show', id], { openTraces })).out).toContain('And a dam?')
  await source.close()
})

test('there is nothing to rebuild where nothing is, or elsewhere', async () => {
  using folder = createFolder()
  const empty = openFiles(folder.path, { now: () => startedAt, log: quiet })
  const { out } = await play(['sessions', 'rebuild'], { openTraces: async () => empty })
  expect(out).toBe('0 traces read, 0 of them put into sessions\n')
  const { code, err } = await play(['sessions', 'rebuild'])
  expect([code, err]).toEqual([1, 'weir: Only the files can be worked on: leave --url out\n'])
})

test('a running Weir tells the same', async () => {
  const { store, say } = conversing()
  say(['u:What is a weir?'], 'A low dam', { id })
  say(['u:What is a weir?', 'a:A low dam', 'u:And a dam?'], 'Higher', { id: later })
  const reader = createReader(store)
  const sessions = createSessions(store, { reader, dialects: meansOf().dialects, now: () => 0 })
  const fake = fakeTraces()
  const api = createApi({
    traces: {
      ...fake.traces,
      sessions: async (filter) => sessions.sessions(filter),
      session: async (id) => sessions.session(id),
    },
    subscribe: fake.subscribe,
    token: undefined,
    isLoopback: true,
    version: '1',
    checkPolicies,
    allowSilence: () => {},
    log: quiet,
  })
  const openTraces = async () =>
    openInstance({
      url: 'http://localhost',
      token: null,
      stop: new AbortController().signal,
      send: async (request) => api.handle(request),
      warn: () => {},
    })
  const list = await play(['sessions', 'list', '--since', '2020-01-01', '--limit', '1'], { openTraces })
  expect(list.out).toContain('What is a weir?')
  const show = await play(['sessions', 'show', id], { openTraces })
  expect(show.out).toContain(`${later} assistant\nHigher`)
  expect((await play(['sessions', 'show', 'nobody'], { openTraces })).err).toContain('no session nobody')
})
