import Anthropic from '@anthropic-ai/sdk'
import { ApiError, GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { join } from 'node:path'
import { createProvider, type Provider } from '../support/provider.ts'
import { findsWord, policiesIn, say, speeches, type Speech } from '../support/rules.ts'
import { createFolder } from '../support/traces.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/**
 * What Invariant's gateway was tested with, as its users wrote it: the official SDKs, their base url at the routes of
 * the gateway, their keys as they had them, and providers that say what they are told to.
 */
const folder = createFolder()
let provider: Provider
let weir: Weir
/** What the model says to the next request. */
let said: readonly string[] = ['Madrid', ' is the capital.']

/** What all three SDKs call; none of them shows the whole of an answer. */
const ownFetch = globalThis.fetch
let lastAnswer: Response | undefined

beforeAll(async () => {
  const watching = async (input: string | URL | Request, init?: RequestInit) => {
    const response = await ownFetch(input, init)
    lastAnswer = response.headers.get('content-type') === 'application/json' ? response.clone() : response
    return response
  }
  globalThis.fetch = Object.assign(watching, { preconnect: ownFetch.preconnect })
  policiesIn(folder.path, { word: findsWord('pun', 'No puns here'), project: findsWord('rain', 'No rain') })
  provider = await createProvider(async (call) => {
    const isStream = call.target.includes('stream') || String(await call.body()).includes('"stream":true')
    say(call, speechFor(call.target), isStream, ...said)
  })
  const rule = (file: string, more: object = {}) => ({ file: join(folder.path, `${file}.policy`), ...more })
  weir = await startWeir({
    providers: {
      openai: { url: provider.url },
      anthropic: { url: provider.url },
      gemini: { url: provider.url },
    },
    rules: [rule('word')],
    projects: {
      blocks: { rules: [rule('project')] },
      logs: { rules: [rule('project', { action: 'log' })] },
      both: { rules: [rule('project'), rule('word', { action: 'log' })] },
      none: {},
    },
    judging: { tell: true },
  })
})

afterAll(async () => {
  globalThis.fetch = ownFetch
  await weir[Symbol.asyncDispose]()
  await provider.stop()
  folder[Symbol.dispose]()
})

function speechOf(dialect: Speech['dialect']): Speech {
  const found = speeches.find((speech) => speech.dialect === dialect)
  if (found === undefined) throw new Error(`No speech for ${dialect}`)
  return found
}

function speechFor(target: string): Speech {
  if (target.includes('/messages')) return speechOf('anthropic')
  return speechOf(target.includes('/models/') ? 'gemini' : 'openai-chat')
}

const invariant = { 'Invariant-Authorization': 'Bearer inv-some-key-of-invariant' }

/** One question by one SDK: its text as far as it came, and what was thrown. */
type Turn = {
  readonly dataset: string
  readonly isStream: boolean
  readonly text: string
  readonly headers?: Record<string, string>
  readonly key?: string
}
type Told = { text: string; error: unknown }

const sdks: Readonly<Record<string, (turn: Turn, told: Told) => Promise<void>>> = {
  openai: async ({ dataset, isStream, text, headers = invariant, key = 'sk-openai-key' }, told) => {
    const client = new OpenAI({
      apiKey: key,
      baseURL: `${weir.url}/api/v1/gateway${dataset}/openai`,
      defaultHeaders: headers,
      maxRetries: 0,
    })
    const asked = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: text }] }
    if (!isStream) {
      const { choices } = await client.chat.completions.create(asked)
      told.text = choices[0]?.message.content ?? ''
      return
    }
    for await (const chunk of await client.chat.completions.create({ ...asked, stream: true }))
      told.text += chunk.choices[0]?.delta.content ?? ''
  },
  anthropic: async ({ dataset, isStream, text, headers = invariant, key = 'sk-ant-key-long' }, told) => {
    const client = new Anthropic({
      apiKey: key,
      baseURL: `${weir.url}/api/v1/gateway${dataset}/anthropic`,
      defaultHeaders: headers,
      maxRetries: 0,
    })
    const asked = {
      model: 'claude',
      max_tokens: 9,
      messages: [{ role: 'user' as const, content: text }],
    }
    if (!isStream) {
      const { content } = await client.messages.create(asked)
      told.text = content.map((block) => (block.type === 'text' ? block.text : '')).join('')
      return
    }
    for await (const event of await client.messages.create({ ...asked, stream: true }))
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
        told.text += event.delta.text
  },
  gemini: async ({ dataset, isStream, text, headers = invariant, key = 'AIza-google-key' }, told) => {
    const { models } = new GoogleGenAI({
      apiKey: key,
      httpOptions: { baseUrl: `${weir.url}/api/v1/gateway${dataset}/gemini`, headers },
    })
    const asked = { model: 'gemini-2.0-flash', contents: text, config: { systemInstruction: 'Be brief' } }
    if (!isStream) {
      told.text = (await models.generateContent(asked)).text ?? ''
      return
    }
    for await (const chunk of await models.generateContentStream(asked)) told.text += chunk.text ?? ''
  },
}

async function ask(sdk: string, turn: Turn): Promise<Told> {
  const told: Told = { text: '', error: null }
  await sdks[sdk]?.(turn, told).catch((error: unknown) => (told.error = error))
  return told
}

// Where event and reset arrive together, Bun's fetch drops what was not yet read (13 of 200; none of 200 in Node).
const response = /The response did not pass the guardrails|broke off|ECONNRESET/
const request = /\[Invariant\] The request did not pass the guardrails/

/** What the client could know: what was thrown, and what was said. */
function toldBy({ error, text }: Told): string {
  return (error instanceof Error ? error.message : '') + text
}

const lastTrace = () => weir.trace(lastAnswer?.headers.get('x-weir-trace') ?? undefined)

const statusIn = (error: unknown): number | undefined =>
  error instanceof ApiError || error instanceof OpenAI.APIError || error instanceof Anthropic.APIError
    ? error.status
    : undefined

for (const sdk of Object.keys(sdks)) {
  for (const isStream of [false, true]) {
    const how = `${sdk}, ${isStream ? 'streamed' : 'whole'}`

    for (const dataset of ['', '/none', '/my-data_set']) {
      test(`a chat without tools is answered and kept, ${how}, dataset "${dataset}"`, async () => {
        said = ['Madrid', ' is the capital.']
        const { text, error } = await ask(sdk, { dataset, isStream, text: 'Capital of Spain?' })
        expect(error).toBeNull()
        expect(text).toBe('Madrid is the capital.')
        const trace = await lastTrace()
        expect(trace).toMatchObject({
          project: dataset === '' ? 'default' : dataset.slice(1),
          provider: sdk,
          outcome: 'answered',
          answer: { ending: 'complete' },
          verdict: 'allow',
        })
        expect(JSON.stringify(trace.request)).toContain('Capital of Spain?')
      })
    }

    for (const behind of [';invariant-auth=inv-combined', '|invariant-auth: inv-combined']) {
      test(`a key with the Invariant key behind it is taken apart, ${how}, ${behind}`, async () => {
        said = ['Hello']
        const key = `sk-provider-key${behind}`
        const { text } = await ask(sdk, { dataset: '/none', isStream, text: 'Hi', headers: {}, key })
        expect(text).toBe('Hello')
        const head = provider.calls.at(-1)?.head ?? ''
        expect(head).toContain('sk-provider-key')
        expect(head).not.toContain('inv-combined')
      })
    }

    test(`rules of the file refuse a request, and tell why, ${how}`, async () => {
      said = ['Hello']
      for (const dataset of ['', '/none']) {
        const told = await ask(sdk, { dataset, isStream, text: 'A pun please' })
        expect(told.text.includes('Hello')).toBe(false)
        expect(toldBy(told)).toMatch(request)
        expect(await lastTrace()).toMatchObject({ outcome: 'refused', verdict: 'block' })
      }
    })

    test(`rules of the file refuse an answer before anything of it is told, ${how}`, async () => {
      said = ['This is a ', 'pun', ', sorry.']
      const told = await ask(sdk, { dataset: '/none', isStream, text: 'Tell me something' })
      expect(toldBy(told)).toMatch(response)
      expect(told.text).not.toContain('pun')
      const trace = await lastTrace()
      expect(trace).toMatchObject({ outcome: 'refused', verdict: 'block' })
      expect(trace.verdicts).toMatchObject([{ order: 'word', on: 'answer', message: 'No puns here' }])
    })

    test(`rules of a dataset hold in place of those of the file, ${how}`, async () => {
      said = ['A pun about rain']
      expect((await ask(sdk, { dataset: '/logs', isStream, text: 'Talk' })).error).toBeNull()
      const told = await ask(sdk, { dataset: '/blocks', isStream, text: 'Talk' })
      expect(toldBy(told)).toMatch(response)
    })

    test(`rules that block and rules that log are noted of the same answer, ${how}`, async () => {
      said = ['Hello']
      await ask(sdk, { dataset: '/both', isStream, text: 'A pun about rain' })
      const { verdicts } = await lastTrace()
      expect(
        verdicts.filter(({ on }) => on === 'request').map(({ action, message }) => [action, message]),
      ).toContainEqual(['block', 'No rain'])
    })

    test(`rules in a header hold for their request alone, ${how}`, async () => {
      said = ['The weather is fine']
      const rule = findsWord('weather', 'No weather').replaceAll('\n', '\\n')
      const headers = { ...invariant, 'Invariant-Guardrails': rule }
      const told = await ask(sdk, { dataset: '/logs', isStream, text: 'Talk', headers })
      expect(toldBy(told)).toMatch(response)
      expect((await ask(sdk, { dataset: '/logs', isStream, text: 'Talk' })).text).toBe('The weather is fine')
    })
  }

  test(`a refusal has the status 400 where nothing is streamed, and tells the rule, ${sdk}`, async () => {
    said = ['Hello']
    const told = await ask(sdk, { dataset: '', isStream: false, text: 'A pun please' })
    expect(statusIn(told.error)).toBe(400)
    const inFull = String(await lastAnswer?.text())
    expect(inFull).toContain('No puns here')
    expect(inFull).toContain('messages.')
  })

  test(`rules in a header that cannot be read are told with the line at fault, ${sdk}`, async () => {
    const headers = { ...invariant, 'Invariant-Guardrails': 'raise "x" if:\\n  (msg: Mesage)\\n' }
    const told = await ask(sdk, { dataset: '', isStream: false, text: 'Talk', headers })
    expect(statusIn(told.error)).toBe(400)
    const inFull = String(await lastAnswer?.text())
    expect(inFull).toContain('Failed to create policy from policy source.')
    expect(inFull).toContain('Mesage')
  })
}

test('the models of OpenAI are listed', async () => {
  const apiKey = 'sk-openai-key;invariant-auth=inv-1'
  const client = new OpenAI({ apiKey, baseURL: `${weir.url}/api/v1/gateway/none/openai`, maxRetries: 0 })
  await client.models.list()
  expect(provider.calls.at(-1)).toMatchObject({ method: 'GET', target: '/v1/models' })
})
