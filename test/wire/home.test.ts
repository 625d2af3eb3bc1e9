import { afterAll, beforeAll, expect, test } from 'bun:test'
import { at, listAt, textAt } from '../support/json.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** Speaks as Invariant's SDK does: the same paths, headers and bodies, and reads of the answers what it reads. */
let weir: Weir

beforeAll(async () => {
  weir = await startWeir()
})

afterAll(() => weir[Symbol.asyncDispose]())

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const answer = await fetch(`${weir.url}/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer inv-${'0'.repeat(64)}`,
      Accept: 'application/json',
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: answer.status, json: await answer.json() }
}

const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const weather = [
  { role: 'user', content: 'How is the weather in Zürich?' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'get', arguments: '{"city":"Zürich"}' } }],
  },
  { role: 'tool', tool_call_id: 'c1', content: 'Sunny' },
]

test('a pushed trace makes its project and is told as it was pushed', async () => {
  const { status, json } = await call('POST', '/push/trace', {
    messages: [weather, [{ role: 'user', content: [{ type: 'image_url', image_url: { url: pixel } }] }]],
    annotations: [
      [
        {
          content: 'a city',
          address: 'messages.0.content:22-28',
          extra_metadata: { source: 'guardrails-error' },
        },
      ],
      [],
    ],
    dataset: 'weather',
    metadata: [{ model: 'small', name: 'Asked' }, {}],
  })
  expect({ status, json }).toEqual({
    status: 200,
    json: { id: [expect.any(String), expect.any(String)], dataset: 'weather', username: 'developer' },
  })
  const [first, second] = listAt(json, 'id')
  const trace = (await call('GET', `/trace/${first}`)).json
  expect(trace).toMatchObject({
    id: first,
    index: 0,
    name: 'Asked',
    hierarchy_path: [],
    user: 'developer',
    extra_metadata: { model: 'small', name: 'Asked' },
    annotations: [
      {
        trace_id: first,
        content: 'a city',
        address: 'messages.0.content:22-28',
        extra_metadata: { source: 'guardrails-error' },
        user: { id: 'developer', username: 'developer', image_url_hash: '' },
      },
    ],
  })
  expect(at(trace, 'messages', 1, 'tool_calls', 0, 'function', 'arguments')).toEqual({ city: 'Zürich' })
  const picture = (await call('GET', `/trace/${second}`)).json
  expect(at(picture, 'name')).toBe('Run 1')
  const address = textAt(picture, 'messages', 0, 'content', 0, 'image_url', 'url')
  expect(address).toStartWith(`/api/v1/trace/image/weather/${second}/`)
  const image = await fetch(weir.url + address)
  expect(image.headers.get('content-type')).toBe('image/png')
  expect(Buffer.from(await image.arrayBuffer()).toString('base64')).toBe(pixel.slice(22))
})

test('a pushed trace stands in the list of all traces, and says that nobody saw its outcome', async () => {
  const list = await (await fetch(`${weir.url}/api/traces?project=weather`)).json()
  const traces = listAt(list, 'traces')
  expect(traces).toHaveLength(2)
  expect(traces[1]).toMatchObject({
    origin: 'pushed',
    outcome: 'unknown',
    model: 'small',
    status: null,
    cost: null,
  })
  const whole = await (await fetch(`${weir.url}/api/traces/${textAt(traces, 1, 'id')}`)).json()
  expect(at(whole, 'conversation', 'messages')).toHaveLength(3)
})

test('what is no trace is refused and changes nothing', async () => {
  const bad: unknown[] = [
    'nonsense',
    [],
    {},
    { messages: 'hello' },
    { messages: ['hello'] },
    { messages: [[1]] },
    { messages: [[{ content: 'no role' }]] },
    { messages: [weather], annotations: [] },
    { messages: [weather], metadata: [{}, {}] },
    { messages: [weather], dataset: 'my data' },
    {
      messages: [weather],
      dataset: 'fresh',
      annotations: [[{ content: 'x', address: 'messages.9.content' }]],
    },
    {
      messages: [weather],
      dataset: 'fresh',
      annotations: [[{ content: 'x', address: 'messages.0.content:0-999' }]],
    },
  ]
  for (const body of bad) {
    const { status, json } = await call('POST', '/push/trace', body)
    expect({ body, status, detail: typeof at(json, 'detail') }).toEqual({
      body,
      status: 400,
      detail: 'string',
    })
  }
  expect((await call('GET', '/dataset/byuser/developer/fresh')).status).toBe(404)
  expect((await call('GET', '/trace/00000000-0000-0000-0000-000000000000')).json).toMatchObject({
    detail: 'Trace not found',
  })
})

test('twenty clients append to one trace: each keeps its order and nothing is lost', async () => {
  const { json } = await call('POST', '/push/trace', {
    messages: [[{ role: 'user', content: 'begin' }]],
    dataset: 'many',
  })
  const id = textAt(json, 'id', 0)
  await Promise.all(
    Array.from({ length: 20 }, async (_, client) => {
      for (let turn = 0; turn < 10; turn++) {
        const messages = [{ role: 'user', content: `${client}:${turn}` }]
        expect(await call('POST', `/trace/${id}/messages`, { messages })).toEqual({
          status: 200,
          json: { success: true },
        })
      }
    }),
  )
  const trace = (await call('GET', `/trace/${id}`)).json
  const [, ...messages] = listAt(trace, 'messages')
  const said = messages.map((message) => textAt(message, 'content'))
  expect(said).toHaveLength(200)
  for (let client = 0; client < 20; client++) {
    const own = said.filter((text) => text.startsWith(`${client}:`))
    expect(own).toEqual(Array.from({ length: 10 }, (_, turn) => `${client}:${turn}`))
  }
})

test('a message goes where its time says, and moves the remarks about what follows', async () => {
  const messages = [
    { role: 'user', content: 'one', timestamp: '2025-01-01T10:00:00+00:00' },
    { role: 'user', content: 'three', timestamp: '2025-01-01T12:00:00' },
  ]
  const annotations = [[{ content: 'third', address: 'messages.1.content:0-5' }]]
  const { json } = await call('POST', '/push/trace', { messages: [messages], annotations, dataset: 'many' })
  const id = textAt(json, 'id', 0)
  const two = { role: 'user', content: 'two', timestamp: '2025-01-01T12:00:00.5+01:00' }
  await call('POST', `/trace/${id}/messages`, {
    messages: [two],
    annotations: [{ content: 'second', address: 'messages.1.content:0-3' }],
  })
  const trace = (await call('GET', `/trace/${id}`)).json
  expect(listAt(trace, 'messages').map((message) => at(message, 'content'))).toEqual(['one', 'two', 'three'])
  expect(at(trace, 'messages', 1, 'timestamp')).toBe('2025-01-01T11:00:00.500000+00:00')
  const notes = listAt(trace, 'annotations').map((note) => [at(note, 'content'), at(note, 'address')])
  expect(notes).toEqual([
    ['third', 'messages.2.content:0-5'],
    ['second', 'messages.1.content:0-3'],
  ])
  const wrong = { ...two, timestamp: 'yesterday' }
  expect((await call('POST', `/trace/${id}/messages`, { messages: [wrong] })).status).toBe(400)
})

test('remarks are added, changed, replaced by their source and taken away', async () => {
  const { json } = await call('POST', '/push/trace', { messages: [weather], dataset: 'noted' })
  const id = textAt(json, 'id', 0)
  const added = (
    await call('POST', `/trace/${id}/annotate`, { content: 'hm', address: 'messages[0].content:L0' })
  ).json
  expect(added).toMatchObject({ trace_id: id, content: 'hm', address: 'messages[0].content:L0' })
  const changed = await call('PUT', `/trace/${id}/annotation/${textAt(added, 'id')}`, { content: 'aha' })
  expect(at(changed.json, 'content')).toBe('aha')
  const update = (annotations: unknown) =>
    call('POST', `/trace/${id}/annotations/update`, { source: 'analyzer', annotations })
  expect(
    (await update([{ content: 'a' }, { content: 'b', address: 'messages.1.tool_calls.0' }])).json,
  ).toEqual({
    deleted: 0,
    inserted: 2,
  })
  expect((await update([{ content: 'c' }])).json).toEqual({ deleted: 2, inserted: 1 })
  expect((await call('GET', `/trace/${id}/annotations`)).json).toHaveLength(2)
  expect((await call('DELETE', `/trace/${id}/annotation/${textAt(added, 'id')}`)).json).toEqual({
    message: 'deleted',
  })
  expect((await call('DELETE', `/trace/${id}/annotation/${textAt(added, 'id')}`)).status).toBe(404)
})

test('a project is made, found, published and taken away with its traces', async () => {
  const made = await call('POST', '/dataset/create', { name: 'made', metadata: { of: 'tests' } })
  expect(made.json).toMatchObject({ name: 'made', is_public: false, extra_metadata: { of: 'tests' } })
  expect((await call('POST', '/dataset/create', { name: 'made' })).status).toBe(400)
  await call('POST', '/push/trace', { messages: [weather, weather], dataset: 'made' })
  const id = textAt(made.json, 'id')
  const told = (await call('GET', `/dataset/byid/${id}`)).json
  expect(told).toMatchObject({ num_traces: 2, user: { username: 'developer' } })
  expect(listAt(told, 'queries').map((query) => [at(query, 'id'), at(query, 'count')])).toEqual([
    ['all', 2],
    ['annotated', 0],
    ['unannotated', 2],
  ])
  const listed = (await call('GET', '/dataset/list?kind=private&q=mad')).json
  expect(listAt(listed).map((each) => at(each, 'name'))).toEqual(['made'])
  expect((await call('PUT', `/dataset/byid/${id}`, { content: true })).json).toMatchObject({
    is_public: true,
  })
  const indices = (await call('GET', '/dataset/byuser/developer/made/indices')).json
  expect(listAt(indices).map((each) => [at(each, 'index'), at(each, 'name')])).toEqual([
    [0, 'Run 0'],
    [1, 'Run 1'],
  ])
  const traces = (await call('GET', '/dataset/byuser/developer/made/traces?indices=1')).json
  expect(traces).toMatchObject([{ index: 1, messages: [], annotations_by_source: {} }])
  expect(listAt((await call('GET', `/dataset/byid/${id}/full`)).json, 'traces')).toHaveLength(2)
  expect((await call('DELETE', `/dataset/byid/${id}`)).json).toEqual({ message: 'deleted' })
  expect((await call('GET', `/dataset/byid/${id}`)).status).toBe(404)
  expect((await call('GET', `/trace/${textAt(traces, 0, 'id')}`)).status).toBe(404)
})

test('lists have one’s own with their rules, published or not, and each project how much is in it', async () => {
  const rule = 'raise "x" if:\n    (m: Message)\n    "a" in m.content\n'
  const id = textAt((await call('POST', '/dataset/create', { name: 'listed' })).json, 'id')
  await call('POST', `/dataset/${id}/policy`, { name: 'r', policy: rule })
  await call('POST', '/push/trace', { messages: [[{ role: 'user', content: 'Hi' }]], dataset: 'listed' })
  const published = await call('PUT', '/dataset/byuser/developer/listed', { content: true })
  const told = { name: 'listed', num_traces: 1, extra_metadata: { policies: [{ name: 'r' }] } }
  expect(published.json).toMatchObject({
    ...told,
    is_public: true,
    queries: [{ id: 'all', count: 1 }, {}, {}],
  })
  for (const list of ['?kind=private&', '?kind=public&', '?kind=any&', '/byuser/developer?'])
    expect((await call('GET', `/dataset/list${list}q=listed`)).json).toMatchObject([told])
  expect((await call('GET', '/dataset/list/byuser/nobody')).status).toBe(404)
})

test('the leaders of a benchmark are the public projects that say how well they did, the best first', async () => {
  for (const [name, metadata, isPublic] of [
    ['second', { benchmark: 'b', accuracy: 0.5 }, true],
    ['first', { benchmark: 'b', accuracy: 7, name: 'The first' }, true],
    ['hidden', { benchmark: 'b', accuracy: 9 }, false],
    ['other', { benchmark: 'c', accuracy: 9 }, true],
    ['silent', { benchmark: 'b' }, true],
    ['odd', { benchmark: 'b', accuracy: 'much' }, true],
  ] as const)
    await call('POST', '/dataset/create', { name, metadata, is_public: isPublic })
  expect((await call('GET', '/benchmark/b/leaderboard')).json).toEqual([
    { name: 'The first', dataset: 'developer/first', accuracy: 7 },
    { name: 'developer/second', dataset: 'developer/second', accuracy: 0.5 },
  ])
  expect((await call('GET', '/benchmark/none/leaderboard')).json).toEqual([])
})

test('a search finds words and filters, and says so when it does not understand', async () => {
  await call('POST', '/push/trace', {
    messages: [weather, [{ role: 'user', content: 'nothing' }]],
    annotations: [[{ content: 'n' }], []],
    metadata: [{ score: 3 }, { score: 5 }],
    dataset: 'searched',
  })
  const search = async (query: string) =>
    (await call('GET', `/dataset/byuser/developer/searched/s?query=${encodeURIComponent(query)}`)).json
  expect(await search('zürich weather')).toMatchObject({ result: { 'zürich weather': { traces: [] } } })
  expect(await search('IN zürich')).toEqual({
    result: {
      'Other Traces': { traces: [], description: 'Traces without Analyzer results', severity: 0 },
      'IN zürich': { traces: [0], description: 'search result' },
    },
    mappings: { 0: { 'messages.0.content:19-28': { content: 'in Zürich', source: 'search' } } },
  })
  const found = async (query: string) => at(await search(query), 'result', query, 'traces')
  expect(await found('is:annotated')).toEqual([0])
  expect(await found('not:annotated')).toEqual([1])
  expect(await found('meta:score>=4')).toEqual([1])
  expect(await found('nothing meta:score==3')).toEqual([])
  expect(at(await search('filter:mine:0,1,7'), 'result', 'mine', 'traces')).toEqual([0, 1])
  expect(at(await search('is:invariant'), 'result', 'Other Traces', 'traces')).toEqual([0, 1])
  expect(await search('is:bogus')).toMatchObject({ detail: expect.any(String) })
})

test('a file is brought in and comes out again with its pictures and remarks', async () => {
  const lines = [
    { metadata: { of: 'a file' } },
    {
      index: 4,
      messages: weather,
      metadata: { name: 'Four' },
      annotations: [{ content: 'x', address: 'messages.2' }],
    },
    { index: 2, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: pixel } }] }] },
  ]
  const upload = (name: string, text: string) => {
    const form = new FormData()
    form.set('file', new File([text], 'traces.jsonl'))
    form.set('name', name)
    form.set('is_public', 'false')
    return fetch(`${weir.url}/api/v1/dataset/upload`, { method: 'POST', body: form })
  }
  const text = lines.map((line) => JSON.stringify(line)).join('\n')
  const answer = await upload('filed', text)
  const id = textAt(await answer.json(), 'id')
  const download = await (await fetch(`${weir.url}/api/v1/dataset/byid/${id}/download`)).text()
  const [head, two, four] = download
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect(head).toMatchObject({ metadata: { of: 'a file' } })
  expect(two).toMatchObject({ index: 2, messages: [{ content: [{ image_url: { url: pixel } }] }] })
  expect(four).toMatchObject({
    index: 4,
    annotations: [{ content: 'x', address: 'messages.2', extra_metadata: null }],
  })
  expect((await upload('filed', text)).status).toBe(400)
  expect(
    (await upload('mixed', `${JSON.stringify(weather)}\n${JSON.stringify({ messages: weather })}`)).status,
  ).toBe(400)
  expect((await call('GET', '/dataset/byuser/developer/mixed')).status).toBe(404)
})

test('an exchange that passes through stands in the lists of its project, numbered like the others', async () => {
  const body = { model: 'human', temperature: 0.5, messages: [{ role: 'user', content: 'Hello there' }] }
  const answer = await fetch(`${weir.url}/demo/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await answer.text()
  await weir.trace(answer.headers.get('x-weir-trace') ?? '')
  const [listed] = listAt((await call('GET', '/dataset/byuser/developer/default/traces')).json)
  expect(listed).toMatchObject({ index: 0, name: 'Run 0', extra_metadata: { via_gateway: true } })
  const trace = (await call('GET', `/trace/${textAt(listed, 'id')}`)).json
  expect(at(trace, 'messages', 0)).toEqual({ role: 'user', content: 'Hello there' })
  expect(at(trace, 'messages', 1, 'role')).toBe('assistant')
  // As Invariant's gateway told it.
  expect(at(trace, 'extra_metadata')).toMatchObject({
    ...{
      via_gateway: true,
      temperature: 0.5,
      model: 'human',
      provider: 'demo',
      outcome: 'answered',
      status: 200,
    },
    usage: { prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) },
  })
  const notes = await call('POST', `/trace/${textAt(trace, 'id')}/annotate`, {
    content: 'x',
    address: 'messages.0.content:0-5',
  })
  expect(notes.status).toBe(200)
  expect(
    (await call('POST', `/trace/${textAt(trace, 'id')}/messages`, { messages: [{ role: 'user' }] })).status,
  ).toBe(400)
})

test('snippets are in no project, and are shared and taken away on their own', async () => {
  const { json } = await call('POST', '/trace/snippets/new', { content: weather, extra_metadata: {} })
  expect((await call('GET', '/trace/snippets?limit=1')).json).toMatchObject([
    { id: textAt(json, 'id'), dataset: null },
  ])
  expect((await call('GET', `/trace/${textAt(json, 'id')}/shared`)).json).toEqual({ shared: false })
  expect((await call('PUT', `/trace/${textAt(json, 'id')}/shared`)).json).toEqual({ shared: true })
  expect((await call('GET', `/trace/${textAt(json, 'id')}/shared`)).json).toEqual({ shared: true })
  expect((await call('DELETE', `/trace/${textAt(json, 'id')}`)).json).toEqual({ message: 'deleted' })
  expect((await call('GET', `/trace/${textAt(json, 'id')}`)).status).toBe(404)
})
