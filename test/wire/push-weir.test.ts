import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { payloadOf } from '../../src/push/payload.ts'
import { startChild, type Child } from '../support/child.ts'
import { createGate, type Gate, type Passage } from '../support/gate.ts'
import { at, listAt, textAt } from '../support/json.ts'
import { findsWord, policiesIn } from '../support/rules.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** Traces on their way from one Weir to another, which dies and comes back behind an address that breaks connections. */
const ends: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function remoteIn(folder: string): Promise<Child> {
  const child = await startChild({ log: 'warn' }, { folder })
  ends.push(() => kill(child))
  return child
}

async function kill({ process }: Child): Promise<void> {
  process.kill('SIGKILL')
  await process.exited
}

async function senderTo(gate: Gate, key?: string): Promise<Weir> {
  const folder = createFolder()
  policiesIn(folder.path, { noted: findsWord('river', 'A river'), word: findsWord('sesame', 'Say nothing') })
  const rule = (file: string, action: string) => ({ file: join(folder.path, `${file}.policy`), action })
  const push = { url: gate.url, dataset: 'from-afar', when: 'always', ...(key !== undefined && { key }) }
  const weir = await startWeir({
    projects: { default: { push, rules: [rule('word', 'block'), rule('noted', 'log')] } },
  })
  ends.push(async () => {
    await weir[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })
  return weir
}

const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** What an agent says: words beyond the basic plane, a picture, a call of a tool with its result, and what a rule forbids. */
const conversations: readonly (readonly object[])[] = [
  [{ role: 'user', content: '\u{1F30A} Is the river high? \u{1F469}\u{200D}\u{1F680}' }],
  [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: pixel } },
      ],
    },
  ],
  [
    { role: 'user', content: 'Look it up' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"in": "Zürich"}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'A river' },
  ],
  [{ role: 'user', content: 'Open sesame' }],
]

async function ask({ url }: Weir, messages: readonly object[], stream: boolean): Promise<string> {
  const response = await fetch(`${url}/demo/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'fast', messages, stream, seed: 7 }),
  })
  await response.text()
  return response.headers.get('x-weir-trace') ?? ''
}

async function allSent(weir: Weir, ids: readonly string[]): Promise<void> {
  const isSent = async (id: string) => (await weir.trace(id)).pushed?.state === 'sent'
  await until('all to be sent', async () => (await Promise.all(ids.map(isSent))).every(Boolean), 90_000)
}

/** Each line of what the remote exports: messages with their pictures within, metadata and remarks. */
async function linesOf({ url }: Child): Promise<readonly unknown[]> {
  const base = `${url}/api/v1/dataset/byuser/developer/from-afar`
  const text = await (await fetch(`${base}/download?include_trace_ids=true`)).text()
  const [, ...lines] = text.trim().split('\n')
  return lines.map((line): unknown => JSON.parse(line))
}

const flaps: readonly Passage[] = ['pass', 'cut-after', 'pass', '502-after', 'cut-before']

test('through cuts, a kill -9 and a new start of the remote each trace is there once, as it was told', async () => {
  using folder = createFolder()
  const gate = await createGate()
  ends.push(gate.stop)
  const weir = await senderTo(gate)
  let turn = 0
  gate.behave = ({ method }) => (method === 'POST' ? (flaps[turn++] ?? 'pass') : 'pass')
  let remote = await remoteIn(folder.path)
  gate.open = remote.url
  const ids: string[] = []
  for (const messages of conversations) ids.push(await ask(weir, messages, false))
  await until('some to have come', () => turn >= 3, 20_000)
  // What it has taken it has on its disk; what comes now finds nobody.
  gate.open = null
  await kill(remote)
  for (const messages of conversations) ids.push(await ask(weir, messages, true))
  const before = gate.seen.length
  await until('one to find nobody', () => gate.seen.length > before, 20_000)
  remote = await remoteIn(folder.path)
  gate.open = remote.url
  await allSent(weir, ids)
  const lines = await linesOf(remote)
  expect(lines.map((line) => textAt(line, 'metadata', 'weir_trace')).toSorted()).toEqual(ids.toSorted())
  for (const line of lines) {
    const trace = await weir.trace(textAt(line, 'metadata', 'weir_trace'))
    const told = payloadOf(trace, 'from-afar')
    expect(at(line, 'messages')).toEqual(at(told, 'messages', 0))
    expect(at(line, 'metadata')).toEqual(at(told, 'metadata', 0))
    expect(at(line, 'annotations')).toEqual(at(told, 'annotations', 0) ?? [])
    expect(textAt(line, 'id')).toBe(trace.pushed?.remoteId ?? 'none')
  }
  const notes = lines.flatMap((line) => listAt(line, 'annotations'))
  expect(notes.map((note) => at(note, 'extra_metadata', 'guardrail', 'action'))).toContain('block')
  expect(notes.map((note) => at(note, 'address'))).toContain('messages.0.content:9-14')
}, 150_000)

test('a remote that lets its key only push is asked in vain, and takes the trace once all the same', async () => {
  using folder = createFolder()
  const gate = await createGate()
  ends.push(gate.stop)
  const remote = await remoteIn(folder.path)
  gate.open = remote.url
  const made = await fetch(`${remote.url}/api/v1/keys/create`, {
    method: 'POST',
    body: JSON.stringify({ name: 'push', user: 'developer', rights: ['push'] }),
  })
  const weir = await senderTo(gate, textAt(await made.json(), 'key'))
  let pushes = 0
  gate.behave = ({ method }) => (method === 'POST' && pushes++ === 0 ? 'cut-after' : 'pass')
  const id = await ask(weir, conversations[0] ?? [], false)
  await allSent(weir, [id])
  expect(pushes).toBe(2)
  expect(weir.lines).toContainEqual({
    level: 'warn',
    event: 'push-may-repeat',
    fields: { project: 'default', trace: id, why: expect.stringContaining('401') },
  })
  const there = await remote.traces()
  expect(there.map(({ project, id }) => [project, id])).toEqual([
    ['from-afar', (await weir.trace(id)).pushed?.remoteId ?? 'none'],
  ])
}, 60_000)
