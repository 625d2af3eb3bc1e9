import { afterAll, beforeAll, expect, test } from 'bun:test'
import { ask, openAsk } from '../support/client.ts'
import { chunk, chunkedHead, whole, type Answer } from '../support/provider.ts'
import { createRuled, type Ruled } from '../support/ruled.ts'
import { findsWord, say, speeches } from '../support/rules.ts'
import { until } from '../support/until.ts'

/** Rules on answers: what they forbid does not leave, told whole or bit by bit, and what follows is what is configured. */
const canary = 'canary-of-the-rule-text'
let answer: Answer = () => {}
let ruled: Ruled

beforeAll(async () => {
  ruled = await createRuled(findsWord('forbidden', canary), (call, number) => answer(call, number), {
    on: 'answer',
  })
})

afterAll(() => ruled[Symbol.asyncDispose]())

for (const speech of speeches) {
  const { dialect, path, request, events, whole: told, refusal } = speech
  for (const isStream of [false, true]) {
    const how = `${dialect}, ${isStream ? 'streamed' : 'whole'}`
    const asked = { path: path(isStream), body: request('hello', isStream) }

    test(`an answer that is blocked before anything left is refused with its own status, ${how}`, async () => {
      const weir = await ruled.weirWith({})
      answer = (call) => say(call, speech, isStream, 'forbidden')
      const reply = await ask(weir.url, asked)
      const text = String(reply.body)
      expect(text).not.toContain('forbidden')
      expect(text).not.toContain(canary)
      const trace = await weir.trace(reply.header('x-weir-trace'))
      expect(trace).toMatchObject({ outcome: 'refused', verdict: 'block' })
      expect(trace.verdicts).toMatchObject([{ order: 'word', on: 'answer', message: canary }])
      // What was said is in the trace all the same.
      expect(JSON.stringify(trace.reply)).toContain('forbidden')
      expect(trace.sizes.replySent.bytes).toBe(reply.body.length)
      if (trace.verdicts[0]?.leftBytes === 0) {
        expect(reply.status).toBe(400)
        expect(JSON.parse(text)).toMatchObject(refusal)
      } else {
        expect(reply.ending).toBe('reset')
      }
    })

    test(`a rule that flags lets everything pass, and says so, ${how}`, async () => {
      const weir = await ruled.weirWith({ action: 'flag' })
      answer = (call) => say(call, speech, isStream, 'a forbidden ', 'word')
      const reply = await ask(weir.url, asked)
      expect(String(reply.body)).toBe(
        isStream ? events('a forbidden ', 'word').join('') : told('a forbidden word'),
      )
      const id = reply.header('x-weir-trace')
      const trace = await until('a verdict', async () => {
        const now = await weir.trace(id)
        return now.verdict === 'flag' && now
      })
      expect(trace).toMatchObject({ outcome: 'answered', verdicts: [{ order: 'word', message: canary }] })
      expect(trace.verdicts[0]?.ranges.some((range) => /content(\.0\.text)?:2-11$/.test(range))).toBe(true)
    })

    test(`the marked text is masked, and the rest stays, ${how}`, async () => {
      const weir = await ruled.weirWith({ action: 'mask' })
      answer = (call) => say(call, speech, isStream, 'a forbidden word. ', 'And more.')
      const reply = await ask(weir.url, asked)
      const text = String(reply.body)
      expect(reply.ending).toBe('clean')
      expect(text).toContain('[masked]')
      expect(text).not.toContain('forbidden')
      expect(text).toContain('And more.')
      const trace = await weir.trace(reply.header('x-weir-trace'))
      expect(trace).toMatchObject({ outcome: 'answered', verdict: 'flag' })
      expect(trace.sizes.replySent).toEqual({
        bytes: reply.body.length,
        sha256: new Bun.CryptoHasher('sha256').update(reply.body).digest('hex'),
      })
    })

    test(`a rule that steers answers in place of the model, ${how}`, async () => {
      const weir = await ruled.weirWith({ action: 'steer' })
      answer = (call) => say(call, speech, isStream, 'a forbidden word')
      const reply = await ask(weir.url, asked)
      const text = String(reply.body)
      expect(reply.status).toBe(200)
      expect(reply.ending).toBe('clean')
      expect(text).toContain(canary)
      expect(text).not.toContain('forbidden')
      const trace = await weir.trace(reply.header('x-weir-trace'))
      expect(trace).toMatchObject({ outcome: 'answered', verdict: 'block' })
    })
  }

  test(`a stream is stopped with an error and a reset, and tells how much had left, ${dialect}`, async () => {
    const weir = await ruled.weirWith({})
    const parts = events('All of this is fine. ', 'Really fine. ', 'But forbidden', ' it is. ', 'More.')
    answer = async (call) => {
      call.send(chunkedHead())
      for (const part of parts) {
        call.send(chunk(part))
        await Bun.sleep(2)
      }
    }
    const client = await openAsk(weir.url, { path: path(true), body: request('hello', true) })
    const reply = await client.ended()
    const text = String(reply.body)
    expect(reply.ending).toBe('reset')
    expect(text).toContain('All of this is fine. ')
    expect(text).not.toContain('forbidden')
    expect(text).not.toContain(canary)
    expect(text.toLowerCase()).toContain('error')
    const trace = await weir.trace(reply.header('x-weir-trace'))
    expect(trace).toMatchObject({ outcome: 'refused', verdict: 'block' })
    const [verdict] = trace.verdicts
    expect(verdict?.leftBytes).toBeGreaterThan(0)
    expect(text.slice(0, verdict?.leftBytes)).toBe(parts.join('').slice(0, verdict?.leftBytes))
    expect(trace.sizes.replySent.bytes).toBe(reply.body.length)
    await until('the provider to be let go of', () => ruled.provider.calls.at(-1)?.isClosed() === true)
  })

  test(`a compressed answer is judged like any other, ${dialect}`, async () => {
    const weir = await ruled.weirWith({})
    const body = Bun.gzipSync(told('a forbidden word'))
    answer = (call) => call.send(whole(body, ['Content-Type: application/json', 'Content-Encoding: gzip']))
    const reply = await ask(weir.url, {
      path: path(false),
      body: request('hello', false),
      headers: ['Accept-Encoding: gzip'],
    })
    expect(reply.status).toBe(400)
    const fine = Bun.gzipSync(told('a fine word'))
    answer = (call) => call.send(whole(fine, ['Content-Type: application/json', 'Content-Encoding: gzip']))
    const passed = await ask(weir.url, { path: path(false), body: request('hello', false) })
    expect(passed.body.equals(Buffer.from(fine))).toBe(true)
    expect(passed.header('content-encoding')).toBe('gzip')
  })
}
