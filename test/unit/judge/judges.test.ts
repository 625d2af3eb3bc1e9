import { expect, test } from 'bun:test'
import { defaultLimits } from '../../../src/guard/limits.ts'
import { toOrders, type GivenOrder } from '../../../src/judge/given.ts'
import { createJudges, type JudgesOptions } from '../../../src/judge/judges.ts'
import type { FromJudge, Said, ToJudge } from '../../../src/judge/messages.ts'
import { configOf } from '../../support/weir.ts'
import { until } from '../../support/until.ts'

const order: GivenOrder = {
  name: 'a',
  text: 'raise "a" if: (m: Message)',
  action: 'block',
  mode: 'hold',
  on: 'both',
  onError: 'block',
  strict: false,
  input: {},
  isClients: false,
}
const orders = toOrders([order])
const question = {
  scope: 's',
  dialect: null,
  near: 'openai-chat',
  form: 'whole',
  encoding: '',
  contentType: '',
  history: 'new',
  mostHeldBytes: 1000,
  metadata: {},
} as const
const passes: Said = { kind: 'ruled', ruling: { kind: 'pass' }, findings: [] }

/** Threads as the test has them: it hears what each is told and says what it answers. */
function employ(more: Partial<JudgesOptions> = {}, limits = { waitMs: 10_000, mostWaitingBytes: 1000 }) {
  const hired: {
    told: ToJudge[]
    say: (message: FromJudge) => void
    die: (why: string) => void
    isEnded: boolean
  }[] = []
  const lines: string[] = []
  const judges = createJudges({
    hire: (say, die) => {
      const thread = { told: [] as ToJudge[], say, die, isEnded: false }
      hired.push(thread)
      return {
        post: (message) => void thread.told.push(message),
        end: () => void (thread.isEnded = true),
      }
    },
    settings: () => limits,
    means: () => ({ detectors: configOf({}, '/tmp').detectors, limits: defaultLimits }),
    ask: async () => 'a model said',
    judged: () => {},
    log: (_level, event) => void lines.push(event),
    now: () => performance.now(),
    ...more,
  })
  return { judges, hired, lines, last: () => hired.at(-1) }
}

function asksIn(told: readonly ToJudge[]): number[] {
  return told.flatMap((message) => ('ask' in message ? [message.ask] : []))
}

test('orders are told once, and each question is answered by its number', async () => {
  const { judges, hired, last } = employ()
  const answers = [1, 2].map(() => judges.open(orders).request(question, null))
  await until('both', () => asksIn(last()?.told ?? []).length === 2)
  const told = last()?.told ?? []
  expect(told.map(({ kind }) => kind)).toEqual(['means', 'orders', 'request', 'request'])
  for (const ask of asksIn(told).toReversed()) last()?.say({ kind: 'said', ask, said: passes, ms: 1 })
  expect(await Promise.all(answers)).toEqual([passes, passes])
  expect(hired.length).toBe(1)
  judges.stop()
})

test('a case that is given up is dropped by the thread too, whatever it was given up for', async () => {
  for (const why of ['it failed', 'too much waits to be judged'] as const) {
    const { judges, last } = employ()
    const at = judges.open(orders)
    const ruled = at.request(question, null)
    await until('a question', () => asksIn(last()?.told ?? []).length === 1)
    last()?.say({ kind: 'said', ask: asksIn(last()?.told ?? [])[0] ?? 0, said: passes, ms: 1 })
    await ruled
    const bytes = new Uint8Array(why === 'it failed' ? 1 : 1001)
    const answered = at.ask({ kind: 'answer', head: null, bytes, end: null })
    const asks = asksIn(last()?.told ?? [])
    if (asks.length === 2)
      last()?.say({ kind: 'said', ask: asks[1] ?? 0, said: { kind: 'failed', why: 'a mistake' }, ms: 1 })
    expect(await answered).toEqual({ kind: 'gone', why })
    expect(await at.ask({ kind: 'close' })).toMatchObject({ kind: 'gone' })
    expect((last()?.told ?? []).filter(({ kind }) => kind === 'drop')).toEqual([{ kind: 'drop', case: 1 }])
    judges.stop()
  }
})

test('what a thread had in hand when it died is gone, and the next one is asked anew', async () => {
  const { judges, hired, lines, last } = employ()
  const first = judges.open(orders)
  const lost = first.request(question, null)
  await until('a question', () => asksIn(last()?.told ?? []).length === 1)
  last()?.die('it ended')
  expect(await lost).toMatchObject({ kind: 'gone' })
  expect(await first.ask({ kind: 'tick' })).toMatchObject({ kind: 'gone' })
  const again = judges.open(orders).request(question, null)
  await until('another thread', () => hired.length === 2 && asksIn(last()?.told ?? []).length === 1)
  last()?.say({ kind: 'said', ask: asksIn(last()?.told ?? [])[0] ?? 0, said: passes, ms: 1 })
  expect(await again).toEqual(passes)
  expect(lines).toEqual(['judge-died'])
  expect(judges.state()).toMatchObject({ restarts: 1, waiting: 0 })
  judges.stop()
})

test('a thread that hangs is asked for a sign of life, and then replaced', async () => {
  const { judges, hired } = employ({ silenceMs: 40 })
  const lost = judges.open(orders).request(question, null)
  expect(await lost).toMatchObject({ kind: 'gone' })
  expect(hired[0]?.told.some(({ kind }) => kind === 'ping')).toBe(true)
  expect(hired[0]?.isEnded).toBe(true)
  judges.stop()
})

test('one that lives and takes long is not replaced, but what took too long is given up and dropped', async () => {
  const { judges, hired, last } = employ({ silenceMs: 40 }, { waitMs: 120, mostWaitingBytes: 1000 })
  const living = setInterval(() => last()?.say({ kind: 'alive' }), 5)
  expect(await judges.open(orders).request(question, null)).toMatchObject({ kind: 'gone' })
  clearInterval(living)
  expect(hired.length).toBe(1)
  expect(last()?.told.at(-1)).toMatchObject({ kind: 'drop' })
  judges.stop()
})

test('past the bound nothing more is taken in hand until something has gone', async () => {
  const { judges, last } = employ()
  const first = judges.open(orders)
  const held = first.request(question, new Uint8Array(800))
  await until('a question', () => asksIn(last()?.told ?? []).length === 1)
  expect(await judges.open(orders).request(question, new Uint8Array(201))).toMatchObject({ kind: 'gone' })
  last()?.say({ kind: 'said', ask: 1, said: passes, ms: 1 })
  await held
  // The thread has it still, for as long as the exchange runs.
  expect(judges.state().inHandBytes).toBe(800)
  first.end()
  expect(judges.state().inHandBytes).toBe(0)
  judges.stop()
})

test('a model is asked for the thread, and only the one that asked is told', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const { judges, hired, last } = employ({ ask: () => promise })
  judges.wake()
  const model = { path: '/v1/embeddings', body: {}, maxResponseBytes: 10 } as const
  last()?.say({ kind: 'asks', number: 1, model })
  last()?.die('it ended')
  await until('another thread', () => hired.length === 2)
  last()?.say({ kind: 'asks', number: 1, model })
  resolve('said')
  await until('its answer', () => last()?.told.some(({ kind }) => kind === 'told'))
  expect(hired[0]?.told.some(({ kind }) => kind === 'told')).toBe(false)
  expect(last()?.told.filter(({ kind }) => kind === 'told').length).toBe(1)
  judges.stop()
})

test('who waits when it stops is told', async () => {
  const { judges, last } = employ()
  const lost = judges.open(orders).request(question, null)
  await until('a question', () => asksIn(last()?.told ?? []).length === 1)
  judges.stop()
  expect(await lost).toMatchObject({ kind: 'gone' })
})
