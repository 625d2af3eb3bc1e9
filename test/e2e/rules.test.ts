import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { join } from 'node:path'
import type { DialectName } from '../../src/dialect/dialect.ts'
import { answerIn, type Said } from '../support/judged.ts'
import { chunk, chunkedHead, createProvider, lastChunk, whole, type Provider } from '../support/provider.ts'
import { findsWord, policiesIn, speeches } from '../support/rules.ts'
import { providersAt } from '../support/streams.ts'
import { createFolder } from '../support/traces.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** What the official SDKs make of answers that rules have masked, answered in place of the model, or refused. */
const folder = createFolder()
const message = 'Do not say that; say sesame.'
let provider: Provider
/** By what rules do. */
const weirs = new Map<string, Weir>()
let said: readonly Said[] = []

const inCall = `raise "${message}" if:
    (call: ToolCall)
    (text: str) in call.function.arguments.command
    any(find("hunter2", text))
`

beforeAll(async () => {
  policiesIn(folder.path, { word: findsWord('hunter2', message), call: inCall })
  provider = await createProvider(async (call) => {
    const dialect = dialectAt(call.target)
    const isStream = call.target.includes('stream') || String(await call.body()).includes('"stream":true')
    if (!isStream) return call.send(whole(wholeOf(dialect), ['Content-Type: application/json']))
    call.send(chunkedHead())
    for (const event of answerIn(dialect, said).split(/(?<=\n\r?\n)/)) {
      call.send(chunk(event))
      await Bun.sleep(2)
    }
    call.send(lastChunk)
  })
  for (const action of ['mask', 'steer', 'block']) {
    const rules = ['word', 'call'].map((name) => ({ file: join(folder.path, `${name}.policy`), action }))
    weirs.set(action, await startWeir({ providers: providersAt(provider.url), rules }))
  }
})

afterAll(async () => {
  for (const weir of weirs.values()) await weir[Symbol.asyncDispose]()
  await provider.stop()
  folder[Symbol.dispose]()
})

function dialectAt(target: string): DialectName {
  if (target.includes('/messages')) return 'anthropic'
  if (target.includes('/models/')) return 'gemini'
  return target.includes('/responses') ? 'openai-responses' : 'openai-chat'
}

function wholeOf(dialect: DialectName): string {
  const text = said.flatMap((each) => (each.kind === 'text' ? each.pieces : [])).join('')
  return speeches.find((each) => each.dialect === dialect)?.whole(text) ?? ''
}

/** What the SDK's own reader has at the end: texts, and what was given to tools. */
type Read = { readonly text: string; readonly calls: readonly unknown[] }
type Sdk = (url: string, text: string, isStream: boolean) => Promise<Read>

const sdks: Readonly<Record<DialectName, Sdk>> = {
  'openai-chat': async (url, content, isStream) => {
    const { chat } = new OpenAI({ baseURL: `${url}/openai-chat/v1`, apiKey: 'k', maxRetries: 0 })
    const asked = { model: 'm', messages: [{ role: 'user' as const, content }] }
    const answer = isStream
      ? await chat.completions.stream(asked).finalChatCompletion()
      : await chat.completions.create(asked)
    const [choice] = answer.choices
    expect(['stop', 'tool_calls']).toContain(choice?.finish_reason ?? '')
    const calls = choice?.message.tool_calls ?? []
    return {
      text: choice?.message.content ?? '',
      calls: calls.map((call) => JSON.parse(call.type === 'function' ? call.function.arguments : 'null')),
    }
  },
  'openai-responses': async (url, input, isStream) => {
    const { responses } = new OpenAI({ baseURL: `${url}/openai-responses/v1`, apiKey: 'k', maxRetries: 0 })
    const asked = { model: 'm', input }
    const answer = isStream ? await responses.stream(asked).finalResponse() : await responses.create(asked)
    expect(answer.status).toBe('completed')
    const given = answer.output.flatMap((item) => (item.type === 'function_call' ? [item.arguments] : []))
    return { text: answer.output_text, calls: given.map((text) => JSON.parse(text)) }
  },
  anthropic: async (url, content, isStream) => {
    const { messages } = new Anthropic({ baseURL: `${url}/anthropic`, apiKey: 'k', maxRetries: 0 })
    const asked = { model: 'm', max_tokens: 99, messages: [{ role: 'user' as const, content }] }
    const answer = isStream ? await messages.stream(asked).finalMessage() : await messages.create(asked)
    expect(['end_turn', 'tool_use']).toContain(answer.stop_reason ?? '')
    return {
      text: answer.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
      calls: answer.content.flatMap((block) => (block.type === 'tool_use' ? [block.input] : [])),
    }
  },
  gemini: async (url, contents, isStream) => {
    const { models } = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: `${url}/gemini` } })
    const asked = { model: 'm', contents }
    const parts = isStream ? await models.generateContentStream(asked) : [await models.generateContent(asked)]
    const read: { text: string; calls: unknown[] } = { text: '', calls: [] }
    let finish = ''
    for await (const part of parts) {
      const [candidate] = part.candidates ?? []
      for (const { text, thought, functionCall } of candidate?.content?.parts ?? []) {
        if (thought !== true) read.text += text ?? ''
        if (functionCall !== undefined) read.calls.push(functionCall.args)
      }
      finish = candidate?.finishReason ?? finish
    }
    expect(finish).toBe('STOP')
    return read
  },
}

function urlOf(action: string): string {
  const weir = weirs.get(action)
  if (weir === undefined) throw new Error(`no Weir for ${action}`)
  return weir.url
}

const ways = Object.entries(sdks).flatMap(([dialect, sdk]) => [
  { how: `${dialect}, whole`, sdk, isStream: false },
  { how: `${dialect}, streamed`, sdk, isStream: true },
])
const streamed = ways.filter(({ isStream }) => isStream)

test.each(ways)('what is masked is read as the rest is, $how', async ({ sdk, isStream }) => {
  said = [{ kind: 'text', pieces: ['All is well. ', 'It is hun', 'ter2, I think. ', 'Bye.'] }]
  const { text } = await sdk(urlOf('mask'), 'Hello', isStream)
  expect(text).toBe('All is well. It is [masked], I think. Bye.')
})

test.each(streamed)('thinking and calls of tools are masked as well, $how', async ({ sdk }) => {
  said = [
    { kind: 'thinking', pieces: ['It is hunt', 'er2. '] },
    { kind: 'text', pieces: ['Let me look. '] },
    { kind: 'call', name: 'run', pieces: ['{"command":"cat hun', 'ter2 x"}'] },
  ]
  const { text, calls } = await sdk(urlOf('mask'), 'Hello', true)
  expect(text).toBe('Let me look. ')
  expect(calls).toEqual([{ command: 'cat [masked] x' }])
})

test.each(ways)('the answer of a rule is read as one of the model, $how', async ({ sdk, isStream }) => {
  said = [{ kind: 'text', pieces: ['It is hun', 'ter2.'] }]
  expect(await sdk(urlOf('steer'), 'Hello', isStream)).toEqual({ text: message, calls: [] })
  // To a request that is no good too.
  expect(await sdk(urlOf('steer'), 'Say hunter2', isStream)).toEqual({ text: message, calls: [] })
})

test.each(streamed)('the answer of a rule goes on where the model was, $how', async ({ sdk }) => {
  said = [
    { kind: 'thinking', pieces: ['Hm. '] },
    { kind: 'text', pieces: ['Let me look. '] },
    { kind: 'call', name: 'run', pieces: ['{"command":"cat hun', 'ter2 x"}'] },
  ]
  const { text, calls } = await sdk(urlOf('steer'), 'Hello', true)
  // Of what the model had said as much as had left by then, which is for the cuts of the stream to say.
  expect(['Let me look.', '']).toContain(text.slice(0, -message.length).trim())
  expect(text).toEndWith(message)
  expect(calls).toEqual([])
})

test.each(ways)(
  'what is refused is an error, and no part of it is read as an answer, $how',
  async ({ sdk, isStream }) => {
    said = [{ kind: 'text', pieces: ['It is hun', 'ter2.'] }]
    for (const text of ['Hello', 'Say hunter2']) {
      const refused = sdk(urlOf('block'), text, isStream)
      // A stream that has begun has the status of its beginning, and the refusal as an event.
      if (!isStream) await expect(refused).rejects.toMatchObject({ status: 400 })
      await expect(refused).rejects.toThrow(/A rule does not let this (request|answer) pass/)
    }
  },
)

test.each(streamed)('what is refused in mid-answer is an error too, $how', async ({ sdk }) => {
  said = [
    { kind: 'text', pieces: ['Let me look. '] },
    { kind: 'call', name: 'run', pieces: ['{"command":"cat hun', 'ter2 x"}'] },
  ]
  await expect(sdk(urlOf('block'), 'Hello', true)).rejects.toThrow()
})
