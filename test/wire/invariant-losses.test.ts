import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { chunk, chunkedHead, createProvider, whole, type Answer, type Provider } from '../support/provider.ts'
import { findsWord, policiesIn, say, speeches, type Speech } from '../support/rules.ts'
import { createFolder } from '../support/traces.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/**
 * What broke or was lost at Invariant's gateway as soon as a dataset or a rule was there: requests that it could not
 * read were answered with 500, or past the rules. The rows are those of docs/invariant.md; the losses of streams are in
 * test/unit/dialect.
 */
const folder = createFolder()
let answer: Answer = () => {}
let provider: Provider
let weir: Weir

beforeAll(async () => {
  const said = findsWord('forbidden')
  policiesIn(folder.path, { word: said + said.replace('Message', 'ToolOutput') })
  provider = await createProvider((call, number) => answer(call, number))
  weir = await startWeir({
    providers: {
      openai: { url: provider.url },
      anthropic: { url: provider.url },
      gemini: { url: provider.url },
    },
    projects: { set: { rules: [{ file: join(folder.path, 'word.policy') }] } },
  })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await provider.stop()
  folder[Symbol.dispose]()
})

const paths = {
  openai: '/openai/chat/completions',
  anthropic: '/anthropic/v1/messages',
  gemini: '/gemini/v1beta/models/g:generateContent',
  geminiStream: '/gemini/v1beta/models/g:streamGenerateContent?alt=sse',
} as const

function ask(dataset: string, path: string, body: unknown): Promise<Response> {
  const headers = { authorization: 'Bearer some-key-of-a-client', 'invariant-authorization': 'Bearer inv-1' }
  return fetch(`${weir.url}/api/v1/gateway${dataset}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
}

function speechOf(dialect: Speech['dialect']): Speech {
  const found = speeches.find((speech) => speech.dialect === dialect)
  if (found === undefined) throw new Error(`No speech for ${dialect}`)
  return found
}

const traceOf = (reply: Response) => weir.trace(reply.headers.get('x-weir-trace') ?? undefined)

/** `clean` is answered, and with the word in the place of its `%` it is refused: the rules see what stands there. */
async function expectJudged(path: string, dialect: Speech['dialect'], clean: unknown): Promise<void> {
  answer = (call) => say(call, speechOf(dialect), false, 'fine')
  const fine = await ask('/set', path, JSON.parse(JSON.stringify(clean).replaceAll('%', 'friendly')))
  expect(fine.status).toBe(200)
  expect(await fine.text()).toBe(speechOf(dialect).whole('fine'))
  const refused = await ask('/set', path, JSON.parse(JSON.stringify(clean).replaceAll('%', 'forbidden')))
  expect(refused.status).toBe(400)
  expect(await refused.text()).toContain('[Invariant] The request did not pass the guardrails')
}

test('O16: every status is the one of the provider, and so is what it says with it', async () => {
  for (const [status, body] of [
    ['201 Created', '{"choices":  []}'],
    ['401 Unauthorized', '{"error": {"message": "No", "type": "auth", "code": "bad_key"}}'],
    ['503 Service Unavailable', '<html>not JSON</html>'],
    ['429 Too Many Requests', '[{"error": {"code": 429}}]'],
  ] as const) {
    answer = (call) => call.send(whole(body, [], status))
    const reply = await ask('/set', paths.openai, { model: 'm', messages: [] })
    expect(reply.status).toBe(Number.parseInt(status, 10))
    expect(await reply.text()).toBe(body)
  }
})

const turns = (...messages: object[]) => ({ model: 'm', max_tokens: 9, messages })
const asked = { role: 'user', content: 'Well?' }

test('A13: what the assistant said may be a text, and is judged', async () => {
  await expectJudged(paths.anthropic, 'anthropic', turns(asked, { role: 'assistant', content: '%' }, asked))
})

test('A13: pictures by address or by name, and results without content, are no trouble', async () => {
  const picture = (source: object) => ({ type: 'image', source })
  const content = [
    picture({ type: 'url', url: 'https://pictures.example/a.png' }),
    picture({ type: 'file', file_id: 'file_1' }),
    { type: 'text', text: '%' },
  ]
  await expectJudged(paths.anthropic, 'anthropic', turns({ role: 'user', content }))
  const call = { type: 'tool_use', id: 't', name: 'look', input: { at: '%' } }
  const result = { type: 'tool_result', tool_use_id: 't' }
  await expectJudged(
    paths.anthropic,
    'anthropic',
    turns(
      asked,
      { role: 'assistant', content: [call] },
      { role: 'user', content: [result, { type: 'text', text: '%' }] },
    ),
  )
})

test('A14: a result that is an error is judged where it stands', async () => {
  const call = { type: 'tool_use', id: 't', name: 'look', input: {} }
  const result = { type: 'tool_result', tool_use_id: 't', is_error: true, content: '%' }
  const content = [{ type: 'text', text: 'before' }, result]
  await expectJudged(
    paths.anthropic,
    'anthropic',
    turns(asked, { role: 'assistant', content: [call] }, { role: 'user', content }),
  )
})

test('G8: a picture may say what it is in either spelling', async () => {
  for (const inline of [
    { inlineData: { mimeType: 'image/png', data: 'aGk=' } },
    { inline_data: { mime_type: 'image/png', data: 'aGk_' } },
    { inlineData: { mimeType: 'application/pdf', data: 'aGk=' } },
    { fileData: { mimeType: 'image/png', fileUri: 'gs://a/b' } },
  ]) {
    const contents = [{ role: 'user', parts: [inline, { text: '%' }] }]
    await expectJudged(paths.gemini, 'gemini', { contents })
  }
})

const parts = [{ text: 'Well?' }]

test('G9: instructions are judged in either spelling, and contents without a role', async () => {
  const contents = [{ role: 'user', parts }]
  await expectJudged(paths.gemini, 'gemini', { contents, systemInstruction: { parts: [{ text: '%' }] } })
  await expectJudged(paths.gemini, 'gemini', { contents, system_instruction: { parts: [{ text: '%' }] } })
  await expectJudged(paths.gemini, 'gemini', { contents: [{ parts: [{ text: '%' }] }] })
})

test('G9: what a function gave is judged under whichever name it stands', async () => {
  for (const response of [{ result: '%' }, { output: '%' }, { error: '%' }]) {
    const contents = [
      { role: 'user', parts },
      { role: 'model', parts: [{ functionCall: { name: 'look', args: {} } }] },
      { role: 'function', parts: [{ functionResponse: { name: 'look', response } }] },
    ]
    await expectJudged(paths.gemini, 'gemini', { contents })
  }
})

test('G10: an answer in many chunks is found at fault once, and its refusal can be read as an event', async () => {
  answer = (call) => say(call, speechOf('gemini'), true, 'a ', 'b ', 'forbidden ', 'c')
  const reply = await ask('/set', paths.geminiStream, { contents: [{ role: 'user', parts }] })
  const text = await reply.text().catch(() => '')
  const trace = await traceOf(reply)
  expect(trace.verdicts).toHaveLength(1)
  expect(trace).toMatchObject({ outcome: 'refused', verdict: 'block' })
  expect(text).not.toContain('forbidden')
  for (const event of text.split('\r\n\r\n').filter((part) => part !== '')) {
    expect(event).toStartWith('data: {')
    JSON.parse(event.slice('data: '.length))
  }
})

test('X1: the status of the provider and its headers come where a stream was asked for', async () => {
  const lines = ['Content-Type: application/json', 'retry-after: 9', 'x-request-id: req_1']
  for (const [path, body] of [
    [paths.openai, { model: 'm', stream: true, messages: [] }],
    [paths.anthropic, { ...turns(asked), stream: true }],
    [paths.geminiStream, { contents: [] }],
  ] as const) {
    answer = (call) => call.send(whole('{"error":{}}', lines, '529 Overloaded'))
    const reply = await ask('/set', path, body)
    expect(reply.status).toBe(529)
    expect([reply.headers.get('retry-after'), reply.headers.get('x-request-id')]).toEqual(['9', 'req_1'])
    await reply.text()
  }
})

test('X2: what was said before a stream broke off is kept, and said to be a part', async () => {
  const [first = ''] = speechOf('openai-chat').events('kept', 'words')
  const seen = Promise.withResolvers<void>()
  answer = async (call) => {
    call.send(chunkedHead())
    call.send(chunk(first))
    await seen.promise
    call.reset()
  }
  // Without a rule it leaves at once, so that it is known to have come.
  const reply = await ask('', paths.openai, { model: 'm', stream: true, messages: [asked] })
  const reader = reply.body?.getReader()
  await reader?.read()
  seen.resolve()
  await reader?.read().catch(() => null)
  const trace = await traceOf(reply)
  expect(trace).toMatchObject({ outcome: 'provider-cut', project: 'default', answer: { ending: 'cut' } })
  expect(JSON.stringify(trace.reply)).toContain('kept')
})
