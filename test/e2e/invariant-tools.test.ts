import Anthropic from '@anthropic-ai/sdk'
import { FunctionCallingConfigMode, GoogleGenAI, type Content } from '@google/genai'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import OpenAI from 'openai'
import type { DialectName } from '../../src/dialect/dialect.ts'
import { answerIn, type Said } from '../support/judged.ts'
import { chunk, chunkedHead, createProvider, lastChunk, type Provider } from '../support/provider.ts'
import { policiesIn } from '../support/rules.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/**
 * Tools and pictures by the official SDKs at Invariant's routes, with a rule on what a tool is given: each turn of the loop
 * is a trace, all of them one session, and what the rule forbids never reaches the client as a call.
 */
const folder = createFolder()
let provider: Provider
let weir: Weir
/** What the model says, turn by turn. */
let turns: (readonly Said[])[] = []

beforeAll(async () => {
  policiesIn(folder.path, {
    call: 'raise "Not that country" if:\n  (call: ToolCall)\n  call is tool:get_capital\n  call.function.arguments["country"] == "Atlantis"\n',
  })
  provider = await createProvider(async (call) => {
    await call.body()
    const dialect = dialectFor(call.target)
    call.send(chunkedHead())
    call.send(chunk(answerIn(dialect, turns.shift() ?? [])))
    call.send(lastChunk)
  })
  const url = provider.url
  weir = await startWeir({
    providers: { openai: { url }, anthropic: { url }, gemini: { url } },
    projects: { tools: { rules: [{ file: join(folder.path, 'call.policy') }] } },
    judging: { tell: true },
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

const base = (name: string) => `${weir.url}/api/v1/gateway/tools/${name}`
const picture = 'iVBORw0KGgo='
const asked = 'What is the capital of the country in the picture?'

function calls(country: string): readonly Said[] {
  return [{ kind: 'call', name: 'get_capital', pieces: ['{"country":', `"${country}"}`] }]
}

const answers: readonly Said[] = [{ kind: 'text', pieces: ['It is ', 'Madrid.'] }]

/** Asks with a picture, answers the call that comes with a result, and gives the arguments and the last text. */
type Loop = () => Promise<{ readonly given: unknown; readonly text: string }>

const loops: Readonly<Record<string, Loop>> = {
  openai: async () => {
    const client = new OpenAI({ apiKey: 'sk-x;invariant-auth=inv-x', baseURL: base('openai'), maxRetries: 0 })
    const url = `data:image/png;base64,${picture}`
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      {
        role: 'user',
        content: [
          { type: 'text', text: asked },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ]
    const tools = [
      { type: 'function' as const, function: { name: 'get_capital', parameters: { type: 'object' } } },
    ]
    const ask = () => client.chat.completions.stream({ model: 'gpt-4o', messages, tools }).finalMessage()
    const first = await ask()
    const [call] = first.tool_calls ?? []
    if (call?.type !== 'function') throw new Error('No call')
    messages.push(first, { role: 'tool', tool_call_id: call.id, content: 'Madrid' })
    return { given: JSON.parse(call.function.arguments), text: (await ask()).content ?? '' }
  },
  anthropic: async () => {
    const client = new Anthropic({
      apiKey: 'sk-ant-x|invariant-auth: inv-x',
      baseURL: base('anthropic'),
      maxRetries: 0,
    })
    const source = { type: 'base64' as const, media_type: 'image/png' as const, data: picture }
    const messages: Anthropic.MessageParam[] = [
      {
        role: 'user',
        content: [
          { type: 'text', text: asked },
          { type: 'image', source },
        ],
      },
    ]
    const tools = [{ name: 'get_capital', input_schema: { type: 'object' as const } }]
    const ask = () =>
      client.messages.stream({ model: 'claude', max_tokens: 99, messages, tools }).finalMessage()
    const first = await ask()
    const call = first.content.find((block) => block.type === 'tool_use')
    if (call === undefined) throw new Error('No call')
    messages.push(
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'Madrid' }] },
    )
    const second = await ask()
    return {
      given: call.input,
      text: second.content.map((block) => ('text' in block ? block.text : '')).join(''),
    }
  },
  gemini: async () => {
    const { models } = new GoogleGenAI({
      apiKey: 'AIza-x;invariant-auth=inv-x',
      httpOptions: { baseUrl: base('gemini') },
    })
    const contents: Content[] = [
      { role: 'user', parts: [{ text: asked }, { inlineData: { mimeType: 'image/png', data: picture } }] },
    ]
    const config = {
      tools: [{ functionDeclarations: [{ name: 'get_capital' }] }],
      toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } },
    }
    const ask = async () => {
      let text = ''
      let call: { readonly args?: unknown } | undefined
      for await (const part of await models.generateContentStream({
        model: 'gemini-2.0-flash',
        contents,
        config,
      })) {
        text += part.text ?? ''
        call ??= part.functionCalls?.[0]
      }
      return { text, call }
    }
    const { call } = await ask()
    if (call === undefined) throw new Error('No call')
    const name = 'get_capital'
    contents.push({ role: 'model', parts: [{ functionCall: { name, args: { country: 'Spain' } } }] })
    contents.push({ role: 'user', parts: [{ functionResponse: { name, response: { output: 'Madrid' } } }] })
    return { given: call.args, text: (await ask()).text }
  },
}

for (const [sdk, loop] of Object.entries(loops)) {
  test(`a loop with a tool and a picture is two traces of one session, ${sdk}`, async () => {
    const before = await countOf(sdk)
    turns = [calls('Spain'), answers]
    expect(await loop()).toEqual({ given: { country: 'Spain' }, text: 'It is Madrid.' })
    expect(provider.calls.at(-1)?.head).not.toContain('inv-x')
    expect(String(await provider.calls.at(-1)?.body())).toContain(picture)
    const traces = await until('both traces', async () => {
      const all = (await weir.traces()).filter(({ provider }) => provider === sdk)
      return all.length >= before + 2 && all.slice(0, 2)
    })
    expect(traces.map(({ project, verdict }) => [project, verdict])).toEqual([
      ['tools', 'allow'],
      ['tools', 'allow'],
    ])
    expect(traces[0]?.session).toBe(traces[1]?.session ?? '')
  })

  test(`what a tool may not be given reaches no client, ${sdk}`, async () => {
    turns = [calls('Atlantis')]
    const error = await loop().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    const [head] = await until('its trace', async () => {
      const all = (await weir.traces()).filter(
        ({ provider, verdict }) => provider === sdk && verdict === 'block',
      )
      return all.length > 0 && all
    })
    const { verdicts } = await weir.trace(head?.id)
    expect(verdicts).toMatchObject([{ on: 'answer', message: 'Not that country', action: 'block' }])
    expect(verdicts[0]?.ranges.join(' ')).toContain('tool_calls.0')
  })
}

async function countOf(sdk: string): Promise<number> {
  return (await weir.traces()).filter(({ provider }) => provider === sdk).length
}
