import { afterAll, beforeAll, expect, test } from 'bun:test'
import { ask } from '../support/client.ts'
import { type Answer } from '../support/provider.ts'
import { createRuled, type Ruled } from '../support/ruled.ts'
import { findsWord, say, speeches } from '../support/rules.ts'

/** Rules in the flow: what they let pass is untouched, what they do not is refused in the client's own words. */
const canary = 'canary-of-the-rule-text'
let answer: Answer = () => {}
let ruled: Ruled

beforeAll(async () => {
  ruled = await createRuled(findsWord('forbidden', canary), (call, number) => answer(call, number))
})

afterAll(() => ruled[Symbol.asyncDispose]())

for (const speech of speeches) {
  const { dialect, path, request, whole, events, refusal } = speech
  for (const isStream of [false, true]) {
    const how = `${dialect}, ${isStream ? 'streamed' : 'whole'}`

    test(`what a rule lets pass is untouched, ${how}`, async () => {
      const weir = await ruled.weirWith({})
      answer = (call) => say(call, speech, isStream, 'fine ', 'words')
      const body = request('hello', isStream)
      const reply = await ask(weir.url, { path: path(isStream), body })
      expect(reply.status).toBe(200)
      expect(String(reply.body)).toBe(isStream ? events('fine ', 'words').join('') : whole('fine words'))
      expect(String(await ruled.provider.calls.at(-1)?.body())).toBe(body)
      const trace = await weir.trace(reply.header('x-weir-trace'))
      expect(trace).toMatchObject({ outcome: 'answered', verdict: 'allow', verdicts: [] })
    })

    test(`a request that a rule blocks is refused as a bad one, and its provider let go of, ${how}`, async () => {
      const weir = await ruled.weirWith({ on: 'request' })
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
