import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { isObject } from '../../src/conversation/json.ts'
import { ask, openAsk, type Ask } from '../support/client.ts'
import {
  chunk,
  chunkedHead,
  createProvider,
  lastChunk,
  whole,
  type Answer,
  type Call,
  type Provider,
} from '../support/provider.ts'
import { policiesIn, say, speeches, type Speech } from '../support/rules.ts'
import { providersAt } from '../support/streams.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startWeir, type Settings, type Weir } from '../support/weir.ts'

/** Rules that ask a detector which takes its time, fails or says nothing: what leaves meanwhile, and what in the end. */
const folder = createFolder()
const started = new Map<string, Promise<Weir>>()
let answer: Answer = () => {}
let detect: (call: Call) => unknown = () => {}
let provider: Provider
let detector: Provider

const slowMs = 300

beforeAll(async () => {
  provider = await createProvider((call, number) => answer(call, number))
  detector = await createProvider((call) => detect(call))
  policiesIn(folder.path, {
    asks: `from invariant.detectors import moderated
raise "found" if:
    (msg: Message)
    (piece: str) in text(msg)
    moderated(piece)
`,
  })
})

beforeEach(() => {
  detect = slowly
})

afterAll(async () => {
  for (const weir of started.values()) await (await weir)[Symbol.asyncDispose]()
  await Promise.all([provider.stop(), detector.stop()])
  folder[Symbol.dispose]()
})

/** One for each way of applying the policy. */
function weirWith(rule: object, settings: Settings = {}, moderated: object = {}): Promise<Weir> {
  const rules = [{ file: join(folder.path, 'asks.policy'), ...rule }]
  const detectors = { moderated: { url: detector.url, maxFailures: 1000, ...moderated } }
  const all = { providers: providersAt(provider.url), rules, detectors, ...settings }
  const weir = started.get(JSON.stringify(all)) ?? startWeir(all)
  started.set(JSON.stringify(all), weir)
  return weir
}

async function rule(call: Call): Promise<void> {
  const body: unknown = JSON.parse(String(await call.body()))
  const texts = isObject(body) && Array.isArray(body['input']) ? body['input'] : []
  const scores = texts.map((text) => ({ hate: String(text).includes('forbidden') ? 0.9 : 0.1 }))
  const results = scores.map((each) => ({ category_scores: each }))
  call.send(whole(JSON.stringify({ results }), ['Content-Type: application/json']))
}

async function slowly(call: Call): Promise<void> {
  await Bun.sleep(slowMs)
  await rule(call)
}

const failing = (call: Call) => call.send(whole('{}', [], '500 Internal Server Error'))
const never = () => {}

function speechOf(name: string): Speech {
  const found = speeches.find(({ dialect }) => dialect === name)
  if (found === undefined) throw new Error(`no speech ${name}`)
  return found
}

let number = 0

/** What a detector has said of a text is not asked again. */
function fresh(text: string): string {
  return `${text} ${++number}`
}

function asking({ path, request }: Speech, text: string, isStream: boolean): Ask {
  return { path: path(isStream), body: request(text, isStream) }
}

const chat = speechOf('openai-chat')

const ways = speeches.flatMap((speech) => [
  { speech, isStream: false, how: `${speech.dialect}, whole` },
  { speech, isStream: true, how: `${speech.dialect}, streamed` },
])

test.each(ways)(
  'a request waits for a slow detector beside its call, and nothing leaves before, $how',
  async (way) => {
    const { speech, isStream } = way
    const weir = await weirWith({ on: 'request' })
    answer = (call) => say(call, speech, isStream, 'said ', 'at once')
    const asked = Promise.withResolvers<void>()
    detect = async (call) => {
      asked.resolve()
      await slowly(call)
    }
    const before = provider.calls.length
    const client = await openAsk(weir.url, asking(speech, fresh('forbidden'), isStream))
    await asked.promise
    await until('the call', () => provider.calls.length > before)
    await Bun.sleep(slowMs / 2)
    expect(client.size()).toBe(0)
    const refused = await client.ended()
    expect(refused.status).toBe(400)
    expect(String(refused.body)).not.toContain('at once')
    expect(JSON.parse(String(refused.body))).toMatchObject(speech.refusal)
    const trace = await weir.trace(refused.header('x-weir-trace'))
    expect(trace).toMatchObject({ outcome: 'refused', verdict: 'block', verdicts: [{ leftBytes: 0 }] })

    const begun = performance.now()
    const passed = await ask(weir.url, asking(speech, fresh('fine'), isStream))
    expect(performance.now() - begun).toBeGreaterThanOrEqual(slowMs - 5)
    expect(String(passed.body)).toBe(
      isStream ? speech.events('said ', 'at once').join('') : speech.whole('said at once'),
    )
  },
)

test('a detector and a provider that both take their time are waited for at the same time', async () => {
  const weir = await weirWith({ on: 'request' })
  answer = async (call) => {
    await Bun.sleep(slowMs)
    say(call, chat, false, 'fine')
  }
  await ask(weir.url, asking(chat, fresh('the first'), false))
  const begun = performance.now()
  expect((await ask(weir.url, asking(chat, fresh('hello'), false))).status).toBe(200)
  expect(performance.now() - begun).toBeLessThan(2 * slowMs - 50)
})

const troubles = [
  { what: 'answers with an error', behave: failing, judging: {}, status: 400 },
  { what: 'says nothing in its own time', behave: never, judging: {}, status: 400 },
  { what: 'says nothing in the time of a judgement', behave: never, judging: { waitMs: 100 }, status: 503 },
]

test.each(troubles)(
  'what cannot be judged, because the detector $what, is blocked or let pass',
  async (trouble) => {
    const { behave, judging, status } = trouble
    detect = behave
    const means = [{ judging }, { timeoutMs: 100 }] as const
    const blocking = await weirWith({ on: 'request' }, ...means)
    const allowing = await weirWith({ on: 'request', onError: 'allow' }, ...means)
    for (const { speech, isStream } of ways) {
      answer = (call) => say(call, speech, isStream, 'an answer')
      const refused = await ask(blocking.url, asking(speech, fresh('hello'), isStream))
      expect(refused.status).toBe(status)
      expect(String(refused.body)).not.toContain('an answer')
      const trace = await blocking.trace(refused.header('x-weir-trace'))
      expect(trace).toMatchObject({ outcome: 'refused', verdict: 'block', verdicts: [{ kind: 'error' }] })
      const passed = await ask(allowing.url, asking(speech, fresh('hello'), isStream))
      expect(String(passed.body)).toBe(
        isStream ? speech.events('an answer').join('') : speech.whole('an answer'),
      )
      expect(await allowing.trace(passed.header('x-weir-trace'))).toMatchObject({
        outcome: 'answered',
        verdict: 'flag',
        verdicts: [{ kind: 'error', on: 'request' }],
      })
    }
  },
)

test('what could not be judged in one turn is judged in the next', async () => {
  const weir = await weirWith({ on: 'request', onError: 'allow' })
  answer = (call) => say(call, chat, false, 'fine')
  const turns = (...said: readonly string[]) => {
    const messages = said.map((content, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content }))
    return { path: chat.path(false), body: JSON.stringify({ model: 'm', messages }) }
  }
  const first = fresh('forbidden')
  detect = failing
  expect((await ask(weir.url, turns(first))).status).toBe(200)
  detect = rule
  expect((await ask(weir.url, turns(first, 'fine', 'go on'))).status).toBe(400)
  // Judged once, it is history.
  expect((await ask(weir.url, turns(first, 'fine', 'go on', 'fine', 'and on'))).status).toBe(200)
})

test('who is not waited for any more is let go of', async () => {
  const weir = await weirWith({ on: 'request' }, { judging: { waitMs: 100 } })
  answer = (call) => say(call, chat, false, 'fine')
  detect = never
  expect((await ask(weir.url, asking(chat, fresh('hello'), false))).status).toBe(503)
  await until('the detector to be let go of', () => detector.calls.at(-1)?.isClosed() === true, 2_000)
})

test('what waits for a detector is bounded: past it nothing waits', async () => {
  const judging = { mostWaitingBytes: 1 << 20, waitMs: 5_000 }
  const weir = await weirWith({ on: 'request' }, { judging }, { timeoutMs: 5_000 })
  answer = (call) => say(call, chat, false, 'fine')
  let go = () => {}
  const held = new Promise<void>((resolve) => (go = resolve))
  detect = async (call) => {
    await held
    await rule(call)
  }
  const long = asking(chat, fresh('fine '.repeat(150_000)), false)
  const first = await openAsk(weir.url, long)
  await until('the judgement', async () => (await weir.metric('weir_judge_waiting')) === 1)
  const second = await ask(weir.url, long)
  expect(second.status).toBe(503)
  expect(second.header('retry-after')).toBe('1')
  expect(first.size()).toBe(0)
  go()
  expect((await first.ended()).status).toBe(200)
  expect((await ask(weir.url, long)).status).toBe(200)
})

/** What is asked of the detector last is answered late. */
function lateOn(word: string): void {
  detect = async (call) => (String(await call.body()).includes(word) ? slowly(call) : rule(call))
}

for (const speech of speeches) {
  const { dialect, events, path, request } = speech
  const bearsComments = dialect !== 'gemini'
  const asked = { path: path(true), body: request('hello', true) }
  const judging = { keepAliveMs: 50 }

  test(`a held answer waits for a slow detector${bearsComments ? ', with signs of life' : ''}, ${dialect}`, async () => {
    lateOn('second')
    const weir = await weirWith({ on: 'answer' }, { judging })
    const parts = events('The first sentence. ', `${fresh('The second one')}. `, 'Done.')
    const second = parts.findIndex((part) => part.includes('second'))
    const first = Promise.withResolvers<void>()
    answer = async (call) => {
      call.send(chunkedHead())
      for (const [at, part] of parts.entries()) {
        if (at === second) await first.promise
        call.send(chunk(part))
      }
      call.send(lastChunk)
    }
    const client = await openAsk(weir.url, asked)
    await client.got('The first')
    first.resolve()
    await Bun.sleep(slowMs / 2)
    const meanwhile = String(client.reply().body)
    expect(meanwhile).not.toContain('second')
    expect(meanwhile.includes(': keep-alive')).toBe(bearsComments)
    const reply = await client.ended()
    expect(reply.ending).toBe('clean')
    expect(String(reply.body).replaceAll(': keep-alive\n\n', '')).toBe(parts.join(''))
  })

  test(`of a held answer nothing leaves that a slow detector then finds, ${dialect}`, async () => {
    lateOn('forbidden')
    const weir = await weirWith({ on: 'answer' }, { judging })
    answer = (call) =>
      say(call, speech, true, 'The first sentence. ', `${fresh('It is forbidden')}. `, 'Done.')
    const reply = await ask(weir.url, asked)
    expect(String(reply.body)).not.toContain('forbidden')
    const trace = await weir.trace(reply.header('x-weir-trace'))
    expect(trace).toMatchObject({ outcome: 'refused', verdict: 'block', verdicts: [{ on: 'answer' }] })
    const left = trace.verdicts[0]?.leftBytes ?? -1
    expect(left === 0 ? reply.status : reply.ending).toBe(left === 0 ? 400 : 'reset')
  })

  for (const { what, behave, judging } of troubles) {
    test(`a held answer that cannot be judged, because the detector ${what}, is stopped or let pass, ${dialect}`, async () => {
      detect = behave
      const means = [{ judging }, { timeoutMs: 100 }] as const
      const said = fresh('The first sentence')
      answer = (call) => say(call, speech, true, said, '. Done.')
      const stopped = await ask((await weirWith({ on: 'answer' }, ...means)).url, asked)
      expect(String(stopped.body)).not.toContain('sentence')
      expect(stopped.status === 200 ? stopped.ending : 'refused').not.toBe('clean')
      const passed = await ask((await weirWith({ on: 'answer', onError: 'allow' }, ...means)).url, asked)
      expect(String(passed.body)).toBe(events(said, '. Done.').join(''))
      expect(passed.ending).toBe('clean')
    })
  }
}
