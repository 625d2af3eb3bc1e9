import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { isObject } from '../../src/conversation/json.ts'
import { ask } from '../support/client.ts'
import { createProvider, whole, type Call, type Provider } from '../support/provider.ts'
import { policiesIn } from '../support/rules.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** Rules that ask models by way of Weir itself: with the keys of the configuration, kept, and judged by no rule. */
const canary = 'canary-key-of-the-judge'
const folder = createFolder()
let provider: Provider
let weir: Weir

const policy = `from invariant import llm
from invariant.detectors import is_similar

raise "a model says so" if:
    (msg: Message)
    msg.role == "user"
    "?" in msg.content
    llm("Is it so: " + msg.content) == "YES"

raise "too much like it" if:
    (msg: Message)
    msg.role == "user"
    is_similar(msg.content, "like this")
`

beforeAll(async () => {
  policiesIn(folder.path, { asks: policy })
  provider = await createProvider(async (call) => {
    call.send(whole(JSON.stringify(await answerTo(call)), ['Content-Type: application/json']))
  })
  const url = provider.url
  weir = await startWeir({
    access: 'keys',
    token: 'a-token-of-sixteen-signs',
    providers: {
      judge: { dialect: 'openai-chat', url, key: canary },
      model: { dialect: 'openai-chat', url },
    },
    rules: [{ file: join(folder.path, 'asks.policy') }],
    detectors: { llm: { target: 'judge/small' }, embedding: { target: 'judge/embed' } },
  })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await provider.stop()
  folder[Symbol.dispose]()
})

async function answerTo(call: Call): Promise<object> {
  const body: unknown = JSON.parse((await call.body()).toString())
  const input = isObject(body) && Array.isArray(body['input']) ? body['input'] : []
  if (call.target.endsWith('/embeddings')) {
    const near = (text: unknown) => (`${text}`.includes('like') ? [3, 4] : [4, -3])
    return { data: input.map((text, index) => ({ index, embedding: near(text) })) }
  }
  const content = JSON.stringify(body).includes('bad') ? 'YES' : 'NO'
  return { choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] }
}

async function say(text: string) {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }] })
  const headers = ['Authorization: Bearer sk-of-the-client', 'x-weir-key: a-token-of-sixteen-signs']
  return ask(weir.url, { path: '/model/v1/chat/completions', body, headers })
}

test('what a model says decides, and so does what is like what', async () => {
  expect((await say('Is it good?')).status).toBe(200)
  expect((await say('Is it bad?')).status).toBe(400)
  expect((await say('much like this')).status).toBe(400)
  expect((await say('something else')).status).toBe(200)
})

test('a model is asked with the key of the configuration, and with nothing of who is judged', async () => {
  await say('Is it fine?')
  const asked = provider.calls.filter((call) => call.header('authorization') === `Bearer ${canary}`)
  expect(new Set(asked.map(({ target }) => target))).toEqual(
    new Set(['/v1/chat/completions', '/v1/embeddings']),
  )
  for (const { head } of asked) expect(head).not.toMatch(/sk-of-the-client|a-token-of-sixteen/)
})

test('what rules ask is an exchange like any other, but that no rule judges it', async () => {
  const refused = await say('Is it very bad?')
  const heads = await until('the traces of both', async () => {
    const stored = await weir.traces()
    return stored.some(({ id }) => id === refused.header('x-weir-trace')) && stored
  })
  const own = heads.filter((head) => head.provider === 'judge')
  expect(own.length).toBeGreaterThan(0)
  expect(own.every(({ verdict, outcome }) => verdict === null && outcome === 'answered')).toBe(true)
  expect(JSON.stringify(await Promise.all(own.map(({ id }) => weir.trace(id))))).not.toContain(canary)
})
