import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { ask } from '../support/client.ts'
import { createProvider, type Answer, type Provider } from '../support/provider.ts'
import { findsWord, policiesIn, say, speeches } from '../support/rules.ts'
import { providersAt } from '../support/streams.ts'
import { createFolder } from '../support/traces.ts'
import { startWeir, type Settings, type Weir } from '../support/weir.ts'

/** Rules in the flow: what they let pass is untouched, what they do not is refused in the client's own words. */
const canary = 'canary-of-the-rule-text'
const folder = createFolder()
const started: Weir[] = []
let answer: Answer = () => {}
let provider: Provider

beforeAll(async () => {
  provider = await createProvider((call, number) => answer(call, number))
  policiesIn(folder.path, { word: findsWord('forbidden', canary) })
})

afterAll(async () => {
  await Promise.all(started.map((weir) => weir[Symbol.asyncDispose]()))
  await provider.stop()
  folder[Symbol.dispose]()
})

/** One for each configuration that is asked for. */
const known = new Map<string, Promise<Weir>>()

function weirWith(rule: object, settings: Settings = {}): Promise<Weir> {
  const key = JSON.stringify([rule, settings])
  const weir = known.get(key) ?? open(rule, settings)
  known.set(key, weir)
  return weir
}

async function open(rule: object, settings: Settings): Promise<Weir> {
  const rules = [{ file: join(folder.path, 'word.policy'), ...rule }]
  const weir = await startWeir({ providers: providersAt(provider.url), rules, ...settings })
  started.push(weir)
  return weir
}

for (const speech of speeches) {
  const { dialect, path, request, whole, events, refusal } = speech
  for (const isStream of [false, true]) {
    const how = `${dialect}, ${isStream ? 'streamed' : 'whole'}`

    test(`what a rule lets pass is untouched, ${how}`, async () => {
      const weir = await weirWith({})
      answer = (call) => say(call, speech, isStream, 'fine ', 'words')
      const body = request('hello', isStream)
      const reply = await ask(weir.url, { path: path(isStream), body })
      expect(reply.status).toBe(200)
      expect(String(reply.body)).toBe(isStream ? events('fine ', 'words').join('') : whole('fine words'))
      expect(String(await provider.calls.at(-1)?.body())).toBe(body)
      const trace = await weir.trace(reply.header('x-weir-trace'))
      expect(trace).toMatchObject({ outcome: 'answered', verdict: 'allow', verdicts: [] })
    })

    test(`a request that a rule blocks is refused as a bad one, and its provider let go of, ${how}`, async () => {
      const weir = await weirWith({ on: 'request' })
      answer = () => {}
      const reply = await ask(weir.url, { path: path(isStream), body: request('forbidden words', isStream) })
      expect(reply.status).toBe(400)
      expect(JSON.parse(String(reply.body))).toMatchObject(refusal)
      expect(String(reply.body)).not.toContain(canary)
      const trace = await weir.trace(reply.header('x-weir-trace'))
      expect(trace).toMatchObject({ outcome: 'refused', status: 400, verdict: 'block' })
      expect(trace.verdicts).toMatchObject([
        { order: 'word', line: 1, message: canary, on: 'request', leftBytes: 0 },
      ])
    })
  }
}
