import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openAsk } from '../support/client.ts'
import { chunk, chunkedHead, createProvider, type Answer, type Provider } from '../support/provider.ts'
import { findsWord, policiesIn, speechOf, speeches, type Speech } from '../support/rules.ts'
import { providersAt } from '../support/streams.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/**
 * SDKs let go of an answer at its end mark (OpenAI's at `data: [DONE]`) and do not wait for the end of the body: their
 * exchange is answered, whatever the provider does with its connection after that.
 */
let answer: Answer
let provider: Provider
let ruled: Weir
let plain: Weir
let draining: Weir
const folder = createFolder()
const chat = speechOf('openai-chat')

beforeAll(async () => {
  provider = await createProvider((call, number) => answer(call, number))
  const providers = providersAt(provider.url)
  policiesIn(folder.path, { word: findsWord('forbidden') })
  ruled = await startWeir({ providers, rules: [{ file: join(folder.path, 'word.policy') }] })
  plain = await startWeir({ providers })
  draining = await startWeir({ providers, whenClientLeaves: 'drain', timeouts: { idleMs: 200 } })
})

afterAll(async () => {
  for (const weir of [ruled, plain, draining]) await weir[Symbol.asyncDispose]()
  await provider.stop()
  folder[Symbol.dispose]()
})

/** What a client that leaves once it has got `last` leaves behind it. */
async function leftAfter(weir: Weir, { path, request }: Speech, last: string) {
  const client = await openAsk(weir.url, { path: path(true), body: request('hello', true) })
  const { header } = await client.got(last)
  client.leave()
  return weir.trace(header('x-weir-trace'))
}

/** All of it but the end of its body. */
function unended(said: readonly string[]): Answer {
  return (call) => {
    call.send(chunkedHead())
    for (const event of said) call.send(chunk(event))
  }
}

for (const speech of speeches) {
  const events = speech.events('all ', 'of it')
  const last = events.at(-1) ?? ''

  for (const [how, weirOf] of [
    ['without rules', () => plain],
    ['held by rules', () => ruled],
    ['drained', () => draining],
  ] as const) {
    test(`a client that leaves at the end mark was answered, ${speech.dialect}, ${how}`, async () => {
      answer = unended(events)
      const weir = weirOf()
      const { outcome, detail, sizes } = await leftAfter(weir, speech, last)
      expect([outcome, detail]).toEqual(['answered', null])
      expect(sizes.replySent).toEqual(sizes.replyReceived)
    })
  }

  for (const [how, weirOf, outcome] of [
    ['cancelled', () => plain, 'client-left'],
    ['drained', () => draining, 'timed-out'],
  ] as const) {
    test(`a client that leaves before the end mark was not answered, ${speech.dialect}, ${how}`, async () => {
      answer = unended(events.slice(0, -1))
      const trace = await leftAfter(weirOf(), speech, events.at(-2) ?? '')
      expect(trace.outcome).toBe(outcome)
    })
  }
}

test('an end mark that comes in two reads is one all the same', async () => {
  const text = chat.events('all of it').join('')
  for (let cut = text.length - 'data: [DONE]\n\n'.length + 1; cut < text.length - 2; cut++) {
    answer = unended([text.slice(0, cut), text.slice(cut)])
    expect([cut, (await leftAfter(plain, chat, '[DONE]\n\n')).outcome]).toEqual([cut, 'answered'])
  }
})

test('a client that leaves at an end mark which the model quoted has left', async () => {
  answer = unended(chat.events('they say data: [DONE] ', 'at the end').slice(0, 1))
  const { outcome, detail } = await leftAfter(plain, chat, '[DONE] ')
  expect([outcome, detail]).toEqual(['client-left', 'The client left'])
})

test('of a compressed answer the trace tells whether its client had the end mark', async () => {
  for (const [events, outcome] of [
    [chat.events('all of it'), 'answered'],
    [chat.events('all of it').slice(0, -1), 'client-left'],
  ] as const) {
    const packed = gzipSync(events.join(''))
    answer = (call) => {
      call.send(chunkedHead('text/event-stream', ['Content-Encoding: gzip']))
      call.send(chunk(packed))
    }
    const client = await openAsk(plain.url, { path: chat.path(true), body: chat.request('hello', true) })
    await until('all of it', () => client.reply().body.length === packed.length)
    client.leave()
    expect((await plain.trace(client.reply().header('x-weir-trace'))).outcome).toBe(outcome)
  }
})

test('a client that leaves at the error of a provider has seen it fail', async () => {
  for (const speech of speeches) {
    const error = { type: 'error', error: { type: 'overloaded_error', code: 529, message: 'Too much' } }
    const event = `event: error\ndata: ${JSON.stringify(error)}\n\n`
    answer = unended([...speech.events('so far').slice(0, -2), event])
    const { outcome, detail } = await leftAfter(plain, speech, 'Too much')
    expect([speech.dialect, outcome]).toEqual([speech.dialect, 'failed'])
    expect(detail).toContain('overloaded_error')
  }
})

test('what was answered counts as answered in the metrics too', async () => {
  answer = unended(chat.events('all of it'))
  const counted = 'weir_requests_total{provider="openai-chat",model="m",outcome="answered"}'
  const before = await plain.metric(counted)
  await leftAfter(plain, chat, '[DONE]')
  expect(await plain.metric(counted)).toBe(before + 1)
})
