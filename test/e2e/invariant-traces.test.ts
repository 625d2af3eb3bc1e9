import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI, type CallableTool, type FunctionCall } from '@google/genai'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import OpenAI from 'openai'
import type { DialectName } from '../../src/dialect/dialect.ts'
import { at, listAt, textAt } from '../support/json.ts'
import { answerIn, type Said } from '../support/judged.ts'
import { chunk, chunkedHead, createProvider, lastChunk, whole, type Provider } from '../support/provider.ts'
import { findsWord, policiesIn, speechOf } from '../support/rules.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/**
 * What Invariant's own tests looked at after their exchanges: the traces of the dataset, their messages word for word and
 * what rules remarked, as its Explorer told them; and that the provider's own errors are its SDK's.
 */
const folder = createFolder()
let provider: Provider
let weir: Weir
/** What the model says, turn by turn; a status for what the provider refuses. */
let turns: (readonly Said[] | number)[] = []

beforeAll(async () => {
  policiesIn(folder.path, {
    spain: findsWord('Spain', 'Spain is noted'),
    madrid: findsWord('Madrid', 'No Madrid'),
  })
  provider = await createProvider(async (call) => {
    const body = String(await call.body())
    const turn = turns.shift() ?? []
    if (typeof turn === 'number') {
      const error = { type: 'not_found_error', message: 'No such model', code: 'model_not_found' }
      return call.send(
        whole(JSON.stringify({ type: 'error', error }), ['Content-Type: application/json'], `${turn} Gone`),
      )
    }
    const dialect = dialectFor(call.target)
    if (body.includes('"stream":true') || call.target.includes('stream')) {
      call.send(chunkedHead())
      call.send(chunk(answerIn(dialect, turn)))
      return call.send(lastChunk)
    }
    const [said] = turn
    const told =
      said?.kind === 'call' ? geminiCall(said) : speechOf(dialect).whole(said?.pieces.join('') ?? '')
    call.send(whole(told, ['Content-Type: application/json']))
  })
  const url = provider.url
  const rule = (name: string, action: string) => ({ file: join(folder.path, `${name}.policy`), action })
  weir = await startWeir({
    providers: { openai: { url }, anthropic: { url }, gemini: { url } },
    projects: { judged: { rules: [rule('spain', 'log'), rule('madrid', 'block')] } },
  })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await provider.stop()
  folder[Symbol.dispose]()
})

function dialectFor(target: string): DialectName {
  if (target.includes('/messages')) return 'anthropic'
  return target.includes('/models/') ? 'gemini' : 'openai-chat'
}

function geminiCall({ name, pieces }: Said & { kind: 'call' }): string {
  const parts = [{ functionCall: { name, args: JSON.parse(pieces.join('')) } }]
  return JSON.stringify({
    candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: 'STOP' }],
  })
}

const text = (said: string): readonly Said[] => [{ kind: 'text', pieces: [said] }]
const base = (dataset: string, name: string) => `${weir.url}/api/v1/gateway/${dataset}/${name}`
const key = ';invariant-auth=inv-some'

async function explorer(path: string): Promise<unknown> {
  const headers = { authorization: 'Bearer inv-some' }
  return (await fetch(`${weir.url}/api/v1${path}`, { headers })).json()
}

/** All traces of a dataset, whole and in their order, once there are so many. */
async function tracesOf(dataset: string, count: number): Promise<readonly unknown[]> {
  const listed = await until(`${count} traces of ${dataset}`, async () => {
    const told = await explorer(`/dataset/byuser/developer/${dataset}/traces`)
    return Array.isArray(told) && told.length >= count && told
  })
  expect(listed).toHaveLength(count)
  return Promise.all(listed.map((each) => explorer(`/trace/${textAt(each, 'id')}`)))
}

const messagesOf = (trace: unknown) => listAt(trace, 'messages')

for (const isStream of [false, true]) {
  const how = isStream ? 'streamed' : 'whole'

  test(`three questions to Anthropic are three traces in their order, ${how}`, async () => {
    const client = new Anthropic({ apiKey: `sk-ant-x${key}`, baseURL: base(`three-${how}`, 'anthropic') })
    const asked = ['Capital of France?', 'Capital of Italy?', 'Capital of Peru?']
    for (const content of asked) {
      turns = [text(`Answer to ${content}`)]
      const body = {
        model: 'claude',
        max_tokens: 99,
        system: 'Be brief',
        messages: [{ role: 'user' as const, content }],
      }
      if (isStream) await client.messages.stream(body).finalMessage()
      else await client.messages.create(body)
    }
    const traces = await tracesOf(`three-${how}`, 3)
    expect(traces.map((trace) => messagesOf(trace))).toEqual(
      asked.map((content) => [
        { role: 'system', content: 'Be brief' },
        { role: 'user', content },
        { role: 'assistant', content: `Answer to ${content}` },
      ]),
    )
    expect(traces.map((trace) => [at(trace, 'index'), at(trace, 'name')])).toEqual(
      [0, 1, 2].map((n) => [n, `Run ${n}`]),
    )
    expect(at(traces[0], 'extra_metadata')).toMatchObject({
      via_gateway: true,
      max_tokens: 99,
      model: 'claude',
    })
  })

  test(`a picture is in the trace of OpenAI’s chat, and shown at its address, ${how}`, async () => {
    const client = new OpenAI({ apiKey: `sk-x${key}`, baseURL: base(`picture-${how}`, 'openai') })
    turns = [text('A dot')]
    const url = 'data:image/png;base64,iVBORw0KGgo='
    const content = [
      { type: 'text' as const, text: 'What is it?' },
      { type: 'image_url' as const, image_url: { url } },
    ]
    const body = { model: 'gpt-4o', messages: [{ role: 'user' as const, content }] }
    if (isStream) await client.chat.completions.stream(body).finalMessage()
    else await client.chat.completions.create(body)
    const [trace] = await tracesOf(`picture-${how}`, 1)
    expect(messagesOf(trace).at(-1)).toMatchObject({ role: 'assistant', content: 'A dot' })
    const address = textAt(trace, 'messages', 0, 'content', 1, 'image_url', 'url')
    const shown = await fetch(`${weir.url}${address}`)
    expect(shown.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await shown.arrayBuffer()).toString('base64')).toBe('iVBORw0KGgo=')
  })

  test(`what the provider does not have is told as the provider tells it, ${how}`, async () => {
    const openai = new OpenAI({ apiKey: 'sk-x', baseURL: base('gone', 'openai'), maxRetries: 0 })
    const anthropic = new Anthropic({ apiKey: 'sk-ant-x', baseURL: base('gone', 'anthropic'), maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    turns = [404, 404]
    const first = await openai.chat.completions
      .create({ model: 'none', messages, stream: isStream })
      .catch((e: unknown) => e)
    expect(first).toBeInstanceOf(OpenAI.NotFoundError)
    expect(first).toMatchObject({ code: 'model_not_found' })
    const second = await anthropic.messages
      .create({ model: 'none', max_tokens: 9, messages, stream: isStream })
      .catch((e: unknown) => e)
    expect(second).toBeInstanceOf(Anthropic.NotFoundError)
  })

  test(`rules that log and rules that block remark at their places, what blocks first, ${how}`, async () => {
    const client = new OpenAI({ apiKey: `sk-x${key}`, baseURL: base('judged', 'openai'), maxRetries: 0 })
    turns = [text('It is Madrid.')]
    const before = listAt(await explorer('/dataset/list?kind=any&q=judged')).length === 0 ? 0 : 1
    const body = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'Capital of Spain?' }] }
    const told = isStream
      ? client.chat.completions.stream(body).finalMessage()
      : client.chat.completions.create(body)
    expect(await told.catch((error: unknown) => error)).toBeInstanceOf(Error)
    const trace = (await tracesOf('judged', before + 1)).at(-1)
    const annotations = await until('all remarks', async () => {
      const all = await explorer(`/trace/${textAt(trace, 'id')}/annotations`)
      return Array.isArray(all) && all.length >= 2 && all
    })
    expect(
      annotations.map((each) => [at(each, 'content'), at(each, 'address'), at(each, 'extra_metadata')]),
    ).toEqual([
      [
        'No Madrid',
        'messages.1.content:6-12',
        { source: 'guardrails-error', guardrail: { id: 'madrid', name: 'madrid', action: 'block' } },
      ],
      [
        'Spain is noted',
        'messages.0.content:11-16',
        { source: 'guardrails-error', guardrail: { id: 'spain', name: 'spain', action: 'log' } },
      ],
    ])
  })
}

test('calls that Google’s SDK answers by itself are two traces, word for word', async () => {
  const { models } = new GoogleGenAI({
    apiKey: `AIza-x${key}`,
    httpOptions: { baseUrl: base('automatic', 'gemini') },
  })
  const tool: CallableTool = {
    tool: async () => ({ functionDeclarations: [{ name: 'get_capital' }] }),
    callTool: async (calls: FunctionCall[]) =>
      calls.map(({ name = '' }) => ({ functionResponse: { name, response: { result: 'Madrid' } } })),
  }
  turns = [[{ kind: 'call', name: 'get_capital', pieces: ['{"country":"Spain"}'] }], text('It is Madrid.')]
  const answer = await models.generateContent({
    model: 'gemini-2.0-flash',
    contents: 'Capital of Spain?',
    config: { systemInstruction: 'Be brief', tools: [tool] },
  })
  expect(answer.text).toBe('It is Madrid.')
  const [first, second] = await tracesOf('automatic', 2)
  const asked = [
    { role: 'system', content: [{ type: 'text', text: 'Be brief' }] },
    { role: 'user', content: [{ type: 'text', text: 'Capital of Spain?' }] },
  ]
  const called = {
    role: 'assistant',
    content: null,
    tool_calls: [
      {
        id: expect.any(String),
        type: 'function',
        function: { name: 'get_capital', arguments: { country: 'Spain' } },
      },
    ],
  }
  expect(messagesOf(first)).toEqual([...asked, called])
  expect(messagesOf(second)).toEqual([
    ...asked,
    called,
    {
      role: 'tool',
      tool_name: 'get_capital',
      tool_call_id: at(first, 'messages', 2, 'tool_calls', 0, 'id'),
      content: 'Madrid',
    },
    { role: 'assistant', content: 'It is Madrid.' },
  ])
})
