import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Instance, startWeir } from '../support/executable.ts'
import { createSdk, type Sdk } from '../support/invariant-sdk.ts'
import { at, listAt, textAt } from '../support/json.ts'
import { bytesOf } from '../support/python.ts'

/** Each method of Invariant's SDK against the executable, as both of its clients put it on the wire. */
let weir: Instance
const key = `inv-${'0'.repeat(64)}`

beforeAll(async () => {
  weir = await startWeir()
}, 60_000)

afterAll(() => weir[Symbol.asyncDispose]())

const astronaut = '\u{1F469}\u{200D}\u{1F680}'
const weather = [
  { role: 'user', content: `Is it cold in Zürich? ${astronaut}` },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'get', arguments: '{"city": "Zürich"}' } }],
  },
  { role: 'tool', tool_call_id: 'c1', content: 'No\nIt is warm' },
]

/** Read off sockets of requests 2.32.3 and httpx 0.28.1. */
const written = {
  requests: [
    'POST /push HTTP/1.1',
    'Host: 127.0.0.1:1',
    'User-Agent: python-requests/2.32.3',
    'Accept-Encoding: gzip, deflate',
    'Accept: application/json',
    'Connection: keep-alive',
    'Authorization: Bearer k',
    'Content-Type: application/json',
    'Content-Length: 90',
    '',
    '{"messages": [[{"content": "Z\\u00fcrich \\ud83d\\udc69 \\u007f"}]], "none": null, "x": 1e-07}',
  ],
  httpx: [
    'POST /push HTTP/1.1',
    'Host: 127.0.0.1:1',
    'Accept-Encoding: gzip, deflate',
    'Connection: keep-alive',
    'User-Agent: python-httpx/0.28.1',
    'Authorization: Bearer k',
    'Accept: application/json',
    'Content-Type: application/json',
    'Content-Length: 67',
    '',
    '{"messages":[[{"content":"Zürich \u{1F469} \x7f"}]],"none":null,"x":1e-07}',
  ],
} as const

for (const library of ['requests', 'httpx'] as const) {
  test(`what is sent is what the library writes, byte for byte, ${library}`, () => {
    const { head, body } = bytesOf(library, {
      method: 'POST',
      url: 'http://127.0.0.1:1/push',
      headers: { Authorization: 'Bearer k', Accept: 'application/json', 'Content-Type': 'application/json' },
      json: { messages: [[{ content: 'Zürich \u{1F469} \x7f' }]], none: null, x: 1e-7 },
    })
    expect((head + body.toString()).split('\r\n')).toEqual([...written[library]])
  })

  const sdk = (): Sdk => createSdk({ url: weir.url, key, library })
  /** The name of a project of this test's own. */
  const own = (name: string) => `${name}-${library}`

  test(`push_trace: messages, remarks and metadata are told as they were given, ${library}`, async () => {
    const { call, pushTrace } = sdk()
    const remarks = [
      {
        content: 'a city',
        address: 'messages.0.content:14-20',
        extra_metadata: { source: 'analyzer', n: 0.5 },
      },
      { content: 'a line', address: 'messages[2].content:L1' },
      { content: 'a call', address: 'messages.1.tool_calls.0.function.arguments.city:0-6' },
    ]
    const told = await pushTrace({
      messages: [weather, [{ role: 'user', content: astronaut }]],
      annotations: [remarks, []],
      dataset: own('pushed'),
      metadata: [{ name: 'Cold?', hierarchy_path: ['a', 'b'], temperature: 1e-7, label: astronaut }, {}],
    })
    expect(told).toEqual({
      id: [expect.any(String), expect.any(String)],
      dataset: own('pushed'),
      username: 'developer',
    })
    const trace = await call('GET', `/trace/${textAt(told, 'id', 0)}`)
    expect(trace).toMatchObject({
      index: 0,
      name: 'Cold?',
      hierarchy_path: ['a', 'b'],
      extra_metadata: { temperature: 1e-7, label: astronaut },
    })
    expect(at(trace, 'messages', 0)).toEqual(weather[0])
    expect(at(trace, 'messages', 1)).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'get', arguments: { city: 'Zürich' } } }],
    })
    expect(at(trace, 'messages', 2)).toEqual(weather[2])
    const annotations = listAt(trace, 'annotations')
    expect(annotations.map((each) => [at(each, 'content'), at(each, 'address')])).toEqual(
      remarks.map(({ content, address }) => [content, address]),
    )
    expect(annotations.map((each) => at(each, 'extra_metadata'))).toEqual([
      { source: 'analyzer', n: 0.5 },
      null,
      null,
    ])
    const listed = await call('GET', `/dataset/byuser/developer/${own('pushed')}/traces`)
    expect(listAt(listed).map((each) => [at(each, 'index'), at(each, 'annotations_by_source')])).toEqual([
      [0, { analyzer: 1, user: 2 }],
      [1, {}],
    ])
  })

  test(`push_trace without a dataset makes a snippet, and all that is null is no mistake, ${library}`, async () => {
    const { call, pushTrace } = sdk()
    const told = await pushTrace({ messages: [weather] })
    expect(told).toEqual({ id: [expect.any(String)], dataset: null, username: 'developer' })
    const snippets = listAt(await call('GET', '/trace/snippets'))
    expect(snippets.map((each) => at(each, 'id'))).toContain(at(told, 'id', 0))
    expect(await call('GET', `/trace/${textAt(told, 'id', 0)}`)).toMatchObject({
      dataset: null,
      name: 'Single Trace',
      extra_metadata: {},
      annotations: [],
    })
  })

  test(`append_messages: what comes stands behind what is there, with its moment and remarks, ${library}`, async () => {
    const { call, pushTrace, appendMessages } = sdk()
    for (const dataset of [own('appended'), undefined]) {
      const told = await pushTrace({ messages: [weather], ...(dataset !== undefined && { dataset }) })
      const trace = textAt(told, 'id', 0)
      const more = [
        { role: 'user', content: 'Thank you' },
        { role: 'assistant', content: 'You are welcome' },
      ]
      const annotations = [
        { content: 'old', address: 'messages.0' },
        { content: 'new', address: 'messages.4.content:8-15', extra_metadata: { source: 'test' } },
      ]
      expect(await appendMessages({ trace, messages: more, annotations })).toEqual({ success: true })
      expect(await appendMessages({ trace, messages: [{ role: 'user', content: 'Bye' }] })).toEqual({
        success: true,
      })
      const whole = await call('GET', `/trace/${trace}`)
      const messages = listAt(whole, 'messages')
      expect(messages).toHaveLength(6)
      const moment = textAt(messages[3], 'timestamp')
      expect(moment).toEndWith('+00:00')
      expect(messages.slice(3, 5)).toEqual(more.map((message) => ({ ...message, timestamp: moment })))
      expect(textAt(messages[5], 'timestamp') >= moment).toBe(true)
      const placed = listAt(whole, 'annotations').map((each) => [at(each, 'content'), at(each, 'address')])
      expect(placed).toEqual([
        ['old', 'messages.0'],
        ['new', 'messages.4.content:8-15'],
      ])
    }
  })

  test(`what is not there, or no trace, is the error that the SDK has for it, ${library}`, async () => {
    const { call, pushTrace, appendMessages, getDatasetMetadata, updateDatasetMetadata } = sdk()
    const missing = '3f2b7c1e-0000-4000-8000-000000000000'
    const message = { role: 'user', content: 'x' }
    await expect(appendMessages({ trace: missing, messages: [message] })).rejects.toThrow('NotFoundError')
    await expect(getDatasetMetadata('nowhere')).rejects.toThrow('NotFoundError')
    const change = { metadata: { benchmark: 'b' } }
    await expect(updateDatasetMetadata('nowhere', change)).rejects.toThrow('NotFoundError')
    await expect(call('GET', `/trace/${missing}`)).rejects.toThrow('NotFoundError')
    const bad = { messages: [[message]], annotations: [[{ content: 'x', address: 'messages.1' }]] }
    await expect(pushTrace(bad)).rejects.toThrow(/^InvariantError: .*does not fit the trace/)
    await expect(pushTrace({ messages: [[message]], dataset: 'my data' })).rejects.toThrow(/^InvariantError/)
  })

  test(`get_ and update_dataset_metadata: keys are added, taken away and replaced, ${library}`, async () => {
    const { call, pushTrace, getDatasetMetadata, updateDatasetMetadata } = sdk()
    await call('POST', '/dataset/create', { name: own('told'), metadata: { benchmark: 'first' } })
    await pushTrace({ messages: [weather], dataset: own('told') })
    expect(await getDatasetMetadata(own('told'))).toMatchObject({ benchmark: 'first' })
    const results = { num_tests: 3, num_passed: 2 }
    const changed = await updateDatasetMetadata(own('told'), {
      metadata: { accuracy: 99.5, name: 'Second', 'invariant.test_results': results },
    })
    const all = { benchmark: 'first', accuracy: 99.5, name: 'Second', 'invariant.test_results': results }
    expect(changed).toMatchObject(all)
    expect(await getDatasetMetadata(own('told'), 'developer')).toEqual(changed)
    const replaced = await updateDatasetMetadata(own('told'), {
      metadata: { accuracy: 1 },
      replaceAll: true,
    })
    expect(replaced).toMatchObject({ accuracy: 1 })
    expect(Object.keys(Object(replaced))).not.toContain('benchmark')
    for (const metadata of [{ accuracy: -1 }, { benchmark: '' }, { policies: [] }, { mine: 1 }])
      await expect(updateDatasetMetadata(own('told'), { metadata })).rejects.toThrow(/^InvariantError/)
    expect(await getDatasetMetadata(own('told'))).toEqual(replaced)
  })

  test(`rules of a dataset are made, told, changed and taken away, ${library}`, async () => {
    const { call } = sdk()
    const dataset = textAt(await call('POST', '/dataset/create', { name: own('ruled') }), 'id')
    const policies = `/dataset/byuser/developer/${own('ruled')}/policy`
    expect(await call('GET', policies)).toEqual({ policies: [] })
    const policy = 'raise "cold" if:\n    (m: Message)\n    "cold" in m.content\n'
    const made = await call('POST', `/dataset/${dataset}/policy`, {
      name: 'Cold',
      policy,
      action: 'block',
      enabled: true,
      extra_metadata: { from: 'a template' },
    })
    const [first] = listAt(made, 'extra_metadata', 'policies')
    expect(first).toEqual({
      id: expect.any(String),
      name: 'Cold',
      content: policy,
      enabled: true,
      action: 'block',
      extra_metadata: { from: 'a template' },
      last_updated_time: expect.any(String),
    })
    expect(await call('GET', policies)).toEqual({ policies: [first] })
    const one = `/dataset/${dataset}/policy/${textAt(first, 'id')}`
    await call('PUT', one, { name: 'Cold', policy, action: 'log', enabled: false })
    expect(at(await call('GET', policies), 'policies', 0)).toMatchObject({ action: 'log', enabled: false })
    await expect(call('PUT', one, { policy: 'raise' })).rejects.toThrow(/^InvariantError/)
    await call('DELETE', one)
    expect(await call('GET', policies)).toEqual({ policies: [] })
    await expect(call('DELETE', one)).rejects.toThrow('NotFoundError')
  })

  test(`a search tells the place of each word, as a slice of Python's, ${library}`, async () => {
    const { call, pushTrace } = sdk()
    await pushTrace({
      messages: [[{ role: 'user', content: `${astronaut} to Zürich` }]],
      dataset: own('searched'),
    })
    const found = await call('GET', `/dataset/byuser/developer/${own('searched')}/s?query=z%C3%BCrich`)
    expect(found).toMatchObject({
      result: { zürich: { traces: [0] } },
      mappings: { 0: { 'messages.0.content:7-13': { content: 'Zürich', source: 'search' } } },
    })
  })

  test(`remarks are added, changed, taken away, and replaced by their source, ${library}`, async () => {
    const { call, pushTrace } = sdk()
    const told = await pushTrace({ messages: [weather], dataset: own('remarked') })
    const trace = `/trace/${textAt(told, 'id', 0)}`
    const made = await call('POST', `${trace}/annotate`, {
      content: 'hm',
      address: 'messages[0].content:L0',
      extra_metadata: { source: 'user' },
    })
    expect(made).toMatchObject({ content: 'hm', address: 'messages[0].content:L0' })
    const one = `${trace}/annotation/${textAt(made, 'id')}`
    expect(await call('PUT', one, { content: 'oh' })).toMatchObject({ content: 'oh' })
    const test = (content: string) => ({ content, address: 'messages.2.content:0-2', extra_metadata: {} })
    const replace = (annotations: readonly object[]) =>
      call('POST', `${trace}/annotations/update`, { source: 'invariant-testing', annotations })
    expect(await replace([test('a'), test('b')])).toEqual({ deleted: 0, inserted: 2 })
    expect(await replace([test('c')])).toEqual({ deleted: 2, inserted: 1 })
    const contents = async () =>
      listAt(await call('GET', `${trace}/annotations`)).map((each) => at(each, 'content'))
    expect(await contents()).toEqual(['oh', 'c'])
    expect(await call('DELETE', one)).toEqual({ message: 'deleted' })
    expect(await contents()).toEqual(['c'])
  })

  test(`a file is uploaded as a form and comes back line by line, ${library}`, async () => {
    const { call, upload, download } = sdk()
    const lines = [{ metadata: { of: astronaut } }, { messages: weather, metadata: {}, annotations: [] }]
    const text = lines.map((line) => JSON.stringify(line)).join('\n')
    const file = { name: 'traces.jsonl', text }
    const made = await upload({ file, fields: { name: own('filed'), is_public: 'False' } })
    const told = await download(`/dataset/byid/${textAt(made, 'id')}/download`)
    const [head, line] = told
      .trim()
      .split('\n')
      .map((each): unknown => JSON.parse(each))
    expect(head).toMatchObject({ metadata: { of: astronaut } })
    expect(at(line, 'messages', 0)).toEqual(weather[0])
    expect(await call('DELETE', `/dataset/byid/${textAt(made, 'id')}`)).toEqual({ message: 'deleted' })
    await expect(call('GET', `/dataset/byuser/developer/${own('filed')}`)).rejects.toThrow('NotFoundError')
  })
}
