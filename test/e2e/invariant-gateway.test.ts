import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Instance, startWeir } from '../support/executable.ts'
import { createSdk, type Sdk } from '../support/invariant-sdk.ts'
import { at, listAt, textAt } from '../support/json.ts'
import { createOldGateway, type Message, type OldGateway } from '../support/old-gateway.ts'
import { findsWord } from '../support/rules.ts'
import { until } from '../support/until.ts'

/** An old gateway whose Explorer and evaluator are the executable: rules hold, and its traces are there, place by place. */
let weir: Instance
let gateway: OldGateway
let sdk: Sdk
const key = `inv-${'0'.repeat(64)}`

beforeAll(async () => {
  weir = await startWeir()
  gateway = createOldGateway({ url: weir.url, key })
  sdk = createSdk({ url: weir.url, key, library: 'requests' })
}, 60_000)

afterAll(() => weir[Symbol.asyncDispose]())

type Rule = {
  readonly name: string
  readonly policy: string
  readonly action: string
  readonly enabled?: boolean
}

async function ruled(name: string, ...rules: readonly Rule[]): Promise<string> {
  const dataset = textAt(await sdk.call('POST', '/dataset/create', { name }), 'id')
  for (const rule of rules)
    await sdk.call('POST', `/dataset/${dataset}/policy`, { enabled: true, extra_metadata: {}, ...rule })
  return name
}

type Note = { readonly says: unknown; readonly at: unknown; readonly marks: string; readonly rule: unknown }

/** Remarks of a trace with what stands at their places; Python counts code points. */
async function notesOf(trace: string | null): Promise<Note[]> {
  const whole = await sdk.call('GET', `/trace/${trace}`)
  return listAt(whole, 'annotations').map((each) => {
    const address = textAt(each, 'address')
    const [path = '', range] = address.split(':')
    const place = at(whole, ...path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step)))
    const [start, end] = range?.split('-').map(Number) ?? []
    return {
      says: at(each, 'content'),
      at: address,
      marks: typeof place === 'string' ? [...place].slice(start, end).join('') : JSON.stringify(place),
      rule: at(each, 'extra_metadata', 'guardrail', 'name'),
    }
  })
}

const wave = '\u{1F30A}'
const user = (content: unknown): Message => ({ role: 'user', content })
const model = (content: string): Message => ({ role: 'assistant', content, refusal: null })

test('a dataset that is not there has no rules, and the first conversation makes it', async () => {
  const request = [{ role: 'system', content: 'Be brief' }, user('Hello')]
  const metadata = { model: 'gpt-4o', temperature: 0.5, usage: { total_tokens: 9 } }
  const told = await gateway.chat({ dataset: 'fresh', request, answer: [model('Hi')], metadata })
  expect(told).toEqual({ kind: 'passed', trace: expect.any(String) })
  const [listed] = listAt(await sdk.call('GET', '/dataset/byuser/developer/fresh/traces'))
  expect(listed).toMatchObject({
    index: 0,
    name: 'Run 0',
    annotations_by_source: {},
    extra_metadata: { ...metadata, via_gateway: true },
  })
  const trace = await sdk.call('GET', `/trace/${textAt(listed, 'id')}`)
  expect(at(trace, 'messages')).toEqual([...request, { role: 'assistant', content: 'Hi' }])
  const own = await (await fetch(`${weir.url}/api/traces?project=fresh`)).json()
  expect(listAt(own, 'traces')).toMatchObject([{ origin: 'pushed', outcome: 'unknown', model: 'gpt-4o' }])
})

test('rules of the dataset block requests and answers, log ones only note, and paused ones rest', async () => {
  const dataset = await ruled(
    'blocks',
    { name: 'puns', policy: findsWord('pun', 'No puns'), action: 'block' },
    { name: 'rain', policy: findsWord('rain', 'Rain!'), action: 'log' },
    { name: 'snow', policy: findsWord('snow', 'Snow!'), action: 'block', enabled: false },
  )
  const asked = await gateway.chat({
    dataset,
    request: [user(`${wave}${wave} rain, snow and a pun`)],
    answer: [model('never told')],
  })
  expect(asked).toMatchObject({
    kind: 'refused',
    where: 'request',
    errors: [{ args: ['No puns'], guardrail: { name: 'puns', action: 'block' } }],
  })
  // What blocked first, then what was to be logged.
  const trace = 'trace' in asked ? asked.trace : null
  expect(await notesOf(trace)).toEqual([
    { says: 'No puns', at: 'messages.0.content:20-23', marks: 'pun', rule: 'puns' },
    { says: 'Rain!', at: 'messages.0.content:3-7', marks: 'rain', rule: 'rain' },
  ])
  const answered = await gateway.chat({
    dataset,
    request: [user('Tell me something')],
    answer: [model(`${wave} a pun\nin the rain`)],
  })
  expect(answered).toMatchObject({ kind: 'refused', where: 'response' })
  expect(await notesOf('trace' in answered ? answered.trace : null)).toEqual([
    { says: 'No puns', at: 'messages.1.content:4-7', marks: 'pun', rule: 'puns' },
    { says: 'Rain!', at: 'messages.1.content:15-19', marks: 'rain', rule: 'rain' },
  ])
  const passed = await gateway.chat({ dataset, request: [user('snow')], answer: [model('It may rain')] })
  expect(passed.kind).toBe('passed')
  const listed = listAt(await sdk.call('GET', `/dataset/byuser/developer/${dataset}/traces`))
  expect(listed.map((each) => at(each, 'annotations_by_source'))).toEqual([
    { 'guardrails-error': 2 },
    { 'guardrails-error': 2 },
    { 'guardrails-error': 1 },
  ])
  const found = await sdk.call('GET', `/dataset/byuser/developer/${dataset}/s?query=is:invariant`)
  expect(at(found, 'result', 'Rain!', 'traces')).toEqual([0, 1, 2])
})

/** The same turn as the gateway made it of each provider's messages. */
const turns: Readonly<Record<string, (country: string) => readonly Message[]>> = {
  'OpenAI, arguments as a text': (country) => [
    user([{ type: 'text', text: `${wave} Capital?` }]),
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'capital', arguments: JSON.stringify({ country }) } },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: `${wave} Madrid` },
  ],
  'Anthropic, a message for each block': (country) => [
    user([{ type: 'text', text: `${wave} Capital?` }]),
    { role: 'assistant', content: 'Looking' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 't1', type: 'function', function: { name: 'capital', arguments: { country } } }],
    },
    { role: 'tool', content: [{ type: 'text', text: `${wave} Madrid` }], tool_call_id: 't1' },
  ],
  'Gemini, without ids': (country) => [
    user([{ type: 'text', text: `${wave} Capital?` }]),
    {
      role: 'assistant',
      tool_calls: [{ type: 'function', function: { name: 'capital', arguments: { country } } }],
    },
    { role: 'tool', tool_name: 'capital', content: `${wave} Madrid` },
  ],
}

for (const [shape, turn] of Object.entries(turns)) {
  test(`calls of tools and their results are judged and shown, ${shape}`, async () => {
    const dataset = await ruled(
      `tools-${shape.replaceAll(/[^a-z]/gi, '')}`,
      {
        name: 'calls',
        policy:
          'raise "Not there" if:\n    (call: ToolCall)\n    call is tool:capital\n    call.function.arguments["country"] == "Atlantis"\n',
        action: 'block',
      },
      {
        name: 'results',
        policy:
          'raise "A town" if:\n    (o: ToolOutput)\n    (part: str) in text(o.content)\n    "Madrid" in part\n',
        action: 'log',
      },
    )
    const passed = await gateway.chat({ dataset, request: turn('Spain'), answer: [model('Madrid')] })
    expect(passed.kind).toBe('passed')
    const [town, ...more] = await notesOf('trace' in passed ? passed.trace : null)
    expect(town).toMatchObject({ says: 'A town', marks: 'Madrid', rule: 'results' })
    expect(more).toEqual([])
    const refused = await gateway.chat({ dataset, request: turn('Atlantis'), answer: [] })
    expect(refused).toMatchObject({ kind: 'refused', where: 'request' })
    const [call] = await notesOf('trace' in refused ? refused.trace : null)
    expect(call).toMatchObject({ says: 'Not there', at: expect.stringMatching(/\.tool_calls\.0$/) })
    expect(JSON.parse(call?.marks ?? '')).toMatchObject({ function: { arguments: { country: 'Atlantis' } } })
  })
}

test('rules of a header stand for those of the dataset, and such as cannot be read are told with their line', async () => {
  const dataset = await ruled('headed', {
    name: 'puns',
    policy: findsWord('pun', 'No puns'),
    action: 'block',
  })
  const chat = { dataset, request: [user('a pun')], answer: [model('fine weather')] }
  const header = findsWord('weather', 'No weather')
  const refused = await gateway.chat({ ...chat, header })
  expect(refused).toMatchObject({ kind: 'refused', where: 'response', errors: [{ args: ['No weather'] }] })
  const broken = await gateway.chat({ ...chat, header: 'raise "x" if:\n    (m: Mesage)\n' })
  expect(broken).toMatchObject({ kind: 'refused', where: 'request' })
  const [error] = broken.kind === 'refused' ? broken.errors : []
  expect(String(error?.args[0])).toStartWith('Failed to create policy from policy source.')
  expect(String(error?.args[0])).toContain('Mesage')
  expect(await notesOf('trace' in broken ? broken.trace : null)).toEqual([])
  const without = await gateway.chat({ ...chat, dataset: null, header })
  expect(without).toMatchObject({ kind: 'refused', where: 'response', trace: null })
})

test('a session of MCP is pushed with its first message and grows by each further one', async () => {
  const dataset = await ruled(
    'mcp',
    {
      name: 'eve',
      policy:
        'raise "Not Eve" if:\n    (call: ToolCall)\n    call is tool:last\n    call.function.arguments["of"] == "Eve"\n    input.metadata.mcp_server == "messenger"\n    input.action == "block"\n',
      action: 'block',
    },
    {
      name: 'food',
      policy:
        'raise "Food" if:\n    (o: ToolOutput)\n    (part: str) in text(o.content)\n    "food" in part\n',
      action: 'log',
    },
  )
  const metadata = { session_id: 'inv-1', mcp_client: 'tester', mcp_server: 'messenger' }
  const session = gateway.openSession(dataset, metadata)
  const call = (id: number, of: string): Message => ({
    role: 'assistant',
    content: '',
    tool_calls: [{ id: `call_${id}`, type: 'function', function: { name: 'last', arguments: { of } } }],
    timestamp: `2026-01-01T10:00:0${id}.000${id}`,
  })
  const result = (id: number): Message => ({
    role: 'tool',
    tool_call_id: `call_${id}`,
    content: [{ type: 'text', text: `${wave} What is your favourite food?` }],
    error: null,
    timestamp: `2026-01-01T10:00:0${id}.500${id}`,
  })
  const said = []
  for (const message of [call(2, 'Ada'), result(2), call(3, 'Eve'), call(4, 'Bob'), result(4)])
    said.push(await session.say(message))
  expect(said).toEqual(['told', 'told', 'blocked', 'told', 'told'])
  const trace = await sdk.call('GET', `/trace/${session.trace()}`)
  expect(trace).toMatchObject({ index: 0, extra_metadata: { source: 'mcp', ...metadata } })
  const messages = listAt(trace, 'messages')
  expect(
    messages.map((message) => at(message, 'tool_calls', 0, 'id') ?? at(message, 'tool_call_id')),
  ).toEqual(['call_2', 'call_2', 'call_3', 'call_4', 'call_4'])
  expect(at(messages[1], 'error')).toBeNull()
  expect(at(messages[4], 'timestamp')).toBe('2026-01-01T10:00:04.500400+00:00')
  expect(
    (await notesOf(session.trace())).map(({ says, at, marks }) => [says, at, marks.slice(0, 4)]),
  ).toEqual([
    ['Food', 'messages.1.content.0.text:25-29', 'food'],
    ['Not Eve', 'messages.2.tool_calls.0', '{"id'],
    ['Food', 'messages.4.content.0.text:25-29', 'food'],
  ])
})

test('where keys are needed, one that may push and use the gateway is enough, and a wrong one is told as such', async () => {
  await using shared = await startWeir()
  const first = (await shared.run('keys', 'create', '--user', 'ada', '--rights', 'admin')).stdout.trim()
  const admin = createSdk({ url: shared.url, key: first, library: 'requests' })
  // Made with the files, it holds within half a second.
  await until(
    'the key to hold',
    async () => at(await admin.call('GET', '/user/identity'), 'username') === 'ada',
  )
  const rights = ['push', 'gateway']
  const own = textAt(await admin.call('POST', '/keys/create', { name: 'old', user: 'ada', rights }), 'key')
  const dataset = textAt(await admin.call('POST', '/dataset/create', { name: 'shared' }), 'id')
  const policy = { name: 'puns', policy: findsWord('pun', 'No puns'), action: 'block', enabled: true }
  await admin.call('POST', `/dataset/${dataset}/policy`, policy)
  const chat = { dataset: 'shared', request: [user('a pun')], answer: [model('Ha')] }
  const old = createOldGateway({ url: shared.url, key: own })
  const told = await old.chat(chat)
  expect(told).toMatchObject({ kind: 'refused', where: 'request', trace: expect.any(String) })
  const stranger = createOldGateway({ url: shared.url, key })
  expect(await stranger.chat(chat)).toEqual({ kind: 'failed', status: 401 })
  expect(listAt(await admin.call('GET', '/dataset/byuser/ada/shared/traces'))).toHaveLength(1)
}, 30_000)
