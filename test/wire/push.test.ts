import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { wallClock } from '../../src/core/clock.ts'
import { createRemote } from '../../src/push/remote.ts'
import { at } from '../support/json.ts'
import { createProvider, whole } from '../support/provider.ts'
import { createRemoteStore, type Behaviour, type Remote } from '../support/remote.ts'
import { findsWord, policiesIn } from '../support/rules.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startWeir, type Settings, type Weir } from '../support/weir.ts'

/** Traces of a project on their way to a remote that takes them, and to one that does not. */
let remote: Remote
let weir: Weir | undefined
const key = 'inv-canary-of-the-push-key'

beforeAll(async () => {
  remote = await createRemoteStore()
})

afterAll(() => remote.stop())

afterEach(async () => {
  await weir?.[Symbol.asyncDispose]()
  weir = undefined
  remote.stored.length = 0
  remote.behave = () => ({ kind: 'take' })
  remote.answers = 'all'
})

function pushing(more: Settings = {}): Settings {
  return { projects: { default: { push: { url: remote.url, key, when: 'always', ...more } } } }
}

async function ask({ url }: Weir, headers: Record<string, string> = {}, content = 'Hello', to = '/demo') {
  const body = JSON.stringify({ model: 'fast', messages: [{ role: 'user', content }], temperature: 0.5 })
  const response = await fetch(`${url}${to}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  await response.text()
  return { id: response.headers.get('x-weir-trace') ?? '', status: response.status }
}

async function pushed(from: Weir, id: string, state: string) {
  return until(
    `${id} to be ${state}`,
    async () => {
      const { pushed } = await from.trace(id)
      return pushed?.state === state ? pushed : undefined
    },
    15_000,
  )
}

test('a trace is pushed as Invariant has it, once, and says so', async () => {
  weir = await startWeir(pushing())
  const { id } = await ask(weir)
  expect(await pushed(weir, id, 'sent')).toEqual({
    state: 'sent',
    attempts: 1,
    detail: null,
    remoteId: 'remote-0',
  })
  const { payload } = remote.stored[0] ?? {}
  expect(remote.stored).toHaveLength(1)
  expect(payload).toMatchObject({
    messages: [[{ role: 'user', content: 'Hello' }, { role: 'assistant' }]],
    annotations: null,
    dataset: 'default',
    metadata: [{ model: 'fast', temperature: 0.5, via_gateway: true, weir_trace: id }],
  })
  const [call] = remote.calls.slice(-1)
  expect(call?.target).toBe('/api/v1/push/trace')
  expect(call?.header('authorization')).toBe(`Bearer ${key}`)
  expect((await weir.traces())[0]?.push).toBe('sent')
  await until('the metrics', async () => (await weir?.metric('weir_push_sent_traces')) === 1)
}, 20_000)

test('a request says that its trace is not to be pushed, and its provider hears nothing of it', async () => {
  weir = await startWeir(pushing())
  const { id } = await ask(weir, { 'Invariant-Push': 'skip' })
  expect(await pushed(weir, id, 'skipped')).toMatchObject({
    detail: 'The request asked for it: Invariant-Push: skip',
  })
  const wrong = await ask(weir, { 'Invariant-Push': 'never' })
  expect(wrong.status).toBe(400)
}, 20_000)

test('what was cut after it had arrived is found at the remote, not sent again', async () => {
  const done = new Set<string>()
  const once: Behaviour[] = [{ kind: 'cut', after: true }]
  remote.behave = ({ trace }) =>
    done.has(trace) ? { kind: 'take' } : (done.add(trace), once[0] ?? { kind: 'take' })
  for (const answers of ['all', 'list'] as const) {
    remote.answers = answers
    weir = await startWeir(pushing())
    const { id } = await ask(weir)
    expect(await pushed(weir, id, 'sent')).toMatchObject({ state: 'sent', attempts: 1 })
    expect(remote.stored.filter(({ trace }) => trace === id)).toHaveLength(1)
    await weir[Symbol.asyncDispose]()
    weir = undefined
  }
}, 60_000)

test('a remote that refuses a trace gets it no more, and the reason is told', async () => {
  remote.behave = () => ({ kind: 'status', status: '422 Unprocessable Entity' })
  weir = await startWeir(pushing())
  const { id } = await ask(weir)
  expect(await pushed(weir, id, 'refused')).toMatchObject({
    detail: 'It answered with status 422: no',
    attempts: 1,
  })
  expect(weir.lines).toContainEqual({
    level: 'warn',
    event: 'push-refused',
    fields: { project: 'default', trace: id, why: 'It answered with status 422: no' },
  })
}, 20_000)

test('what was refused is told over the API, and sent at once when it is put back there', async () => {
  remote.behave = () => ({ kind: 'status', status: '422 Unprocessable Entity' })
  weir = await startWeir(pushing())
  const { id } = await ask(weir)
  await pushed(weir, id, 'refused')
  const { url } = weir
  const sums = async () => at(await (await fetch(`${url}/api/pushes`)).json(), 'projects', 0)
  expect(await sums()).toMatchObject({ project: 'default', entries: 0, refused: 1, oldestAt: null })
  remote.behave = () => ({ kind: 'take' })
  const retry = (query: string) => fetch(`${url}/api/pushes/retry${query}`, { method: 'POST' })
  expect(await (await retry('?project=other')).json()).toEqual({ waiting: 0 })
  expect(await (await retry('')).json()).toEqual({ waiting: 1 })
  expect(await pushed(weir, id, 'sent')).toMatchObject({ attempts: 2, detail: null })
  expect(await sums()).toMatchObject({ entries: 0, sent: 1, refused: 0 })
}, 20_000)

test('what a remote says of the key is hidden wherever it is told: in traces, the log, the store', async () => {
  remote.behave = () => ({ kind: 'status', status: '422 Unprocessable Entity', detail: `bad key ${key}` })
  weir = await startWeir(pushing())
  const { id } = await ask(weir)
  expect(await pushed(weir, id, 'refused')).toMatchObject({ detail: expect.stringContaining('bad key ***') })
  expect(JSON.stringify([weir.lines, await weir.trace(id)])).not.toContain(key)
  const files = new Bun.Glob('*').scanSync(weir.folder)
  for (const file of files) expect(readFileSync(join(weir.folder, file)).includes(key)).toBe(false)
}, 20_000)

test('like Invariant, what calls tools waits for the next request, and what a rule blocks is pushed with what it found', async () => {
  const provider = await createProvider(async (call) => {
    const isCall = String(await call.body()).includes('look')
    const message = isCall
      ? {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'l', arguments: '{}' } }],
        }
      : { role: 'assistant', content: 'secret word' }
    const finish_reason = isCall ? 'tool_calls' : 'stop'
    const body = JSON.stringify({
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason }],
    })
    call.send(whole(body, ['Content-Type: application/json']))
  })
  using folder = createFolder()
  policiesIn(folder.path, { word: findsWord('secret word') })
  try {
    weir = await startWeir({
      providers: { fake: { dialect: 'openai-chat', url: provider.url } },
      rules: [{ file: join(folder.path, 'word.policy'), name: 'word' }],
      ...pushing({ when: 'like-invariant' }),
    })
    const called = await ask(weir, { 'Invariant-Push': 'push' }, 'look', '/fake')
    const silent = await ask(weir, {}, 'look', '/fake')
    const blocked = await ask(weir, {}, 'Hello', '/fake')
    expect(blocked.status).toBe(400)
    await pushed(weir, called.id, 'sent')
    await pushed(weir, blocked.id, 'sent')
    expect(await pushed(weir, silent.id, 'skipped')).toMatchObject({
      detail: expect.stringContaining('calls tools'),
    })
    expect(provider.received().toString().toLowerCase()).not.toContain('invariant-push')
    const found = remote.stored.find(({ trace }) => trace === blocked.id)?.payload
    expect(found?.messages).toEqual([
      [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'secret word' },
      ],
    ])
    expect(found?.annotations).toMatchObject([
      [{ extra_metadata: { source: 'guardrails-error', guardrail: { name: 'word', action: 'block' } } }],
    ])
  } finally {
    await provider.stop()
  }
}, 30_000)

test('another Weir is a remote: it gets the trace, and takes it once', async () => {
  await using other = await startWeir()
  weir = await startWeir(pushing({ url: other.url, dataset: 'from-afar', key: undefined }))
  const { id } = await ask(weir)
  const told = await pushed(weir, id, 'sent')
  const target = { url: other.url, key: null }
  const stop = new AbortController().signal
  const there = createRemote({ target, fetch, now: wallClock, stop })
  const metadata = [{ weir_trace: id }]
  const again = JSON.stringify({
    messages: [[{ role: 'user', content: 'Hi' }]],
    metadata,
    dataset: 'from-afar',
  })
  expect(await there.send(again)).toEqual({ kind: 'sent', remoteId: told.remoteId })
  expect((await other.traces()).map(({ project }) => project)).toEqual(['from-afar'])
}, 30_000)

test('a remote that is away holds nothing up, and what waits is bounded: the oldest is dropped and told', async () => {
  remote.behave = () => ({ kind: 'status', status: '429 Too Many Requests', more: ['Retry-After: 3600'] })
  weir = await startWeir(pushing({ mostEntries: 2 }))
  const ids: string[] = []
  for (let turn = 0; turn < 4; turn++) ids.push((await ask(weir)).id)
  expect(await pushed(weir, ids[0] ?? '', 'dropped')).toMatchObject({ detail: 'More than 2 waited' })
  await pushed(weir, ids[1] ?? '', 'dropped')
  expect((await weir.trace(ids[3])).pushed?.state).toMatch(/waiting|sending/)
  await until('the metrics', async () => (await weir?.metric('weir_push_dropped_traces')) === 2)
  expect(await weir.metric('weir_push_waiting_traces')).toBe(2)
}, 20_000)
