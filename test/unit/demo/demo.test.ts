import { expect, test } from 'bun:test'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { models } from '../../../src/demo/model.ts'
import { scenarios } from '../../../src/demo/scenario.ts'
import { at, createTimeless, listIn, toRequest } from './ask.ts'

const { ask } = createTimeless()

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
  const response = await ask(new Request(`http://demo${path}`, { method, body: text, headers }))
  const reply: unknown = await response.json()
  return { status: response.status, reply }
}

const paths = {
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  anthropic: '/v1/messages',
  gemini: '/v1beta/models/fast:generateContent',
}

for (const dialect of dialectNames) {
  test(`${dialect}: what is no JSON object, or lacks what it must have, is refused in its own words`, async () => {
    for (const body of ['', '{', '[]', '"x"', '{}', '{"model":"fast"}', '{"model":"fast","messages":"no"}']) {
      const { status, reply } = await call('POST', paths[dialect], body)
      expect(status).toBe(400)
      const type = at(reply, 'error', dialect === 'gemini' ? 'status' : 'type')
      expect(type).toBe(dialect === 'gemini' ? 'INVALID_ARGUMENT' : 'invalid_request_error')
    }
  })

  test(`${dialect}: the path without its version means the same`, async () => {
    const request = toRequest(dialect, 'fast')
    const bare = new URL(request.url).pathname.replace(/^\/v1(beta)?/, '')
    const body = await request.text()
    expect(await call('POST', bare, body)).toEqual(await call('POST', new URL(request.url).pathname, body))
  })

  test(`${dialect}: the wrong method is refused`, async () => {
    expect((await call('GET', paths[dialect])).status).toBe(dialect === 'gemini' ? 200 : 405)
    expect((await call('DELETE', paths[dialect])).status).toBe(405)
  })
}

test('an unknown path is refused in the dialect it resembles', async () => {
  expect((await call('POST', '/v1/images', {})).reply).toHaveProperty('error.param', null)
  expect((await call('POST', '/v1/messages/batches', {})).reply).toHaveProperty(
    'error.type',
    'not_found_error',
  )
  expect((await call('GET', '/x', undefined, { 'anthropic-version': '1' })).reply).toHaveProperty(
    'type',
    'error',
  )
  expect((await call('POST', '/v1beta/files', {})).reply).toHaveProperty('error.status', 'NOT_FOUND')
  for (const path of ['/', '/v1', '/v1/images', '/v1beta/x', '/v1/models/a:b'])
    expect((await call('POST', path, {})).status).toBe(404)
})

test('a model name in the path may hold slashes, escapes, and what is no proper escape', async () => {
  const body = { contents: [{ parts: [{ text: 'hi' }] }] }
  for (const [name, shown] of [
    ['demo/fast', 'fast'],
    ['demo%2Ffast', 'fast'],
    ['a+b', 'a+b'],
    ['a&b', 'a&b'],
  ] as const) {
    const { reply } = await call('POST', `/v1beta/models/${name}:generateContent`, body)
    expect(at(reply, 'modelVersion')).toBe(shown)
  }
  expect((await call('POST', '/v1beta/models/%ff%zz:generateContent', body)).status).toBe(200)
})

test('the models are listed for each SDK, the scenarios with them', async () => {
  const names: readonly string[] = [...models, ...scenarios].map(({ name }) => name)
  const { reply } = await call('GET', '/v1/models')
  expect(listIn(reply, 'data').map((entry) => String(at(entry, 'id')))).toEqual([...names])
  expect(listIn(reply, 'data')[0]).toMatchObject({ object: 'model', type: 'model', owned_by: 'weir' })
  expect(reply).toMatchObject({ object: 'list', has_more: false, first_id: 'fast', last_id: 's16' })
  const gemini = await call('GET', '/v1beta/models')
  expect(listIn(gemini.reply, 'models').map((entry) => String(at(entry, 'name')))).toEqual(
    names.map((name) => `models/${name}`),
  )
  expect((await call('GET', '/v1/models', undefined, { 'x-goog-api-key': 'k' })).reply).toEqual(gemini.reply)
  expect((await call('GET', '/v1/models/demo%2Fs08')).reply).toMatchObject({ id: 's08' })
  expect((await call('GET', '/v1beta/models/gpt-4o')).reply).toMatchObject({ name: 'models/gpt-4o' })
})

test('tokens are counted as the answer then reports them', async () => {
  const messages = [{ role: 'user', content: 'How much is this? '.repeat(900) }]
  const counted = at(
    (await call('POST', '/v1/messages/count_tokens', { model: 'fast', messages })).reply,
    'input_tokens',
  )
  const { reply } = await call('POST', '/v1/messages', { model: 'fast', messages, max_tokens: 10 })
  const cached = Number(at(reply, 'usage', 'cache_read_input_tokens'))
  expect(cached).toBeGreaterThan(1000)
  expect(Number(at(reply, 'usage', 'input_tokens')) + cached).toBe(Number(counted))
  const contents = [{ role: 'user', parts: [{ text: 'How much is this? '.repeat(900) }] }]
  const gemini = (await call('POST', '/v1beta/models/fast:countTokens', { contents })).reply
  expect(
    (await call('POST', '/v1beta/models/fast:countTokens', { generateContentRequest: { contents } })).reply,
  ).toEqual(gemini)
  expect((await call('POST', '/v1/messages/count_tokens', { model: 'fast' })).status).toBe(400)
})

test('embeddings are the same for the same text, near for shared words, and of length 1', async () => {
  const input = ['one fine day', 'one fine night', 'zebra', 'one fine day']
  const { reply } = await call('POST', '/v1/embeddings', { model: 'any', input, dimensions: 256 })
  const vectors = listIn(reply, 'data').map((entry) => listIn(entry, 'embedding').map(Number))
  const dot = (left: number, right: number) =>
    (vectors[left] ?? []).reduce((sum, value, index) => sum + value * (vectors[right]?.[index] ?? 0), 0)
  expect(vectors.map((vector) => vector.length)).toEqual([256, 256, 256, 256])
  expect(dot(0, 3)).toBeCloseTo(1)
  expect(dot(0, 1)).toBeGreaterThan(dot(0, 2))
  const packed = await call('POST', '/v1/embeddings', {
    model: 'any',
    input: [[1, 2], [3]],
    encoding_format: 'base64',
  })
  expect(Buffer.from(String(at(packed.reply, 'data', 1, 'embedding')), 'base64')).toHaveLength(1536 * 4)
  for (const wrong of [
    {},
    { model: 'a' },
    { model: 'a', input: [] },
    { model: 'a', input: [{ toString: 1 }] },
    { model: 'a', input: ['x', 3] },
    { model: 'a', input: 'x', dimensions: 0 },
  ]) {
    expect((await call('POST', '/v1/embeddings', wrong)).status).toBe(400)
  }
})

test('an agent that wraps its context in tags is answered about what the user said', async () => {
  const content = [
    { type: 'text', text: '<system-reminder>\nUse a tool, call it, run it.\n</system-reminder>' },
    { type: 'text', text: 'Hello' },
    { type: 'text', text: '<environment_context>run</environment_context>' },
  ]
  const tools = [{ name: 'forecast', input_schema: { type: 'object' } }]
  const body = { model: 'fast', max_tokens: 500, tools, messages: [{ role: 'user', content }] }
  const { reply } = await call('POST', '/v1/messages', body)
  expect(at(reply, 'stop_reason')).toBe('end_turn')
  expect(String(at(reply, 'content', 0, 'text'))).toContain('“Hello”')
})

test('after a tool result the answer is text that tells it, in every dialect', async () => {
  const result = 'twenty-one degrees'
  const user = { role: 'user', content: 'Call the weather tool' }
  const schema = { type: 'object', properties: {} }
  const chat = await call('POST', '/v1/chat/completions', {
    model: 'fast',
    tools: [{ type: 'function', function: { name: 'weather', parameters: schema } }],
    messages: [
      user,
      { role: 'assistant', content: null, tool_calls: [] },
      { role: 'tool', tool_call_id: 'a', content: result },
    ],
  })
  const responses = await call('POST', '/v1/responses', {
    model: 'fast',
    tools: [{ type: 'function', name: 'weather', parameters: schema }],
    input: [
      user,
      { type: 'function_call', call_id: 'a', name: 'weather', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: result },
    ],
  })
  const anthropic = await call('POST', '/v1/messages', {
    model: 'fast',
    max_tokens: 500,
    tools: [{ name: 'weather', input_schema: schema }],
    messages: [
      user,
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'weather', input: {} }] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: result }] }],
      },
    ],
  })
  const gemini = await call('POST', '/v1beta/models/fast:generateContent', {
    tools: [{ functionDeclarations: [{ name: 'weather' }] }],
    contents: [
      { role: 'user', parts: [{ text: user.content }] },
      { role: 'model', parts: [{ functionCall: { name: 'weather', args: {} } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { output: result } } }] },
    ],
  })
  for (const { reply } of [chat, responses, anthropic, gemini])
    expect(JSON.stringify(reply)).toContain(`answered: “${result}”`)
  expect(at(chat.reply, 'choices', 0, 'finish_reason')).toBe('stop')
})
