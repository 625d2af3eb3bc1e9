import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { createRemoteStore, type Behaviour, type Remote } from '../support/remote.ts'
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

async function ask({ url }: Weir, headers: Record<string, string> = {}, content = 'Hello') {
  const body = JSON.stringify({ model: 'fast', messages: [{ role: 'user', content }], temperature: 0.5 })
  const response = await fetch(`${url}/demo/v1/chat/completions`, {
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

test('a remote that refuses a trace gets it no more, and the reason is told without the key', async () => {
  remote.behave = () => ({ kind: 'status', status: `422 ${key}` })
  weir = await startWeir(pushing())
  const { id } = await ask(weir)
  expect(await pushed(weir, id, 'refused')).toMatchObject({
    detail: 'It answered with status 422: no',
    attempts: 1,
  })
  expect(JSON.stringify([weir.lines, await weir.trace(id)])).not.toContain(key)
}, 20_000)

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
