import { expect, test } from 'bun:test'
import { Value } from '@sinclair/typebox/value'
import { createChecking, type Connect } from '../../../src/guard/checking.ts'
import { Llm, type DetectorSettings } from '../../../src/guard/detect/schema.ts'
import { defaultLimits } from '../../../src/guard/limits.ts'
import type { RemoteDetector } from '../../../src/guard/detector.ts'
import { createServiceThread, type Answered, type FromService } from '../../../src/guard/service-thread.ts'
import type { PolicyQuestion } from '../../../src/guard/service.ts'
import { until } from '../../support/until.ts'

const question: PolicyQuestion = { kind: 'check', body: new Uint8Array() }

test('questions are answered under their numbers, and one that fails fails alone', async () => {
  const said: Answered[] = []
  const both = Promise.withResolvers<void>()
  const thread = createServiceThread(
    async ({ kind }) => {
      if (kind === 'load') throw new Error('a bug')
      return { kind: 'told', json: '{}' }
    },
    (message) => {
      said.push(message)
      if (said.length === 2) both.resolve()
    },
  )
  thread.receive({ kind: 'ask', number: 1, question: { ...question, kind: 'load' } })
  thread.receive({ kind: 'ask', number: 2, question })
  await both.promise
  expect(said.toSorted((a, b) => a.number - b.number)).toEqual([
    { kind: 'failed', number: 1, why: 'a bug' },
    { kind: 'answered', number: 2, answer: { kind: 'told', json: '{}' } },
  ])
})

test('the waiting for detectors ends when nobody waits for the answer', () => {
  let given: AbortSignal | undefined
  const thread = createServiceThread(
    (_, signal) => {
      given = signal
      return new Promise(() => undefined)
    },
    () => undefined,
  )
  thread.receive({ kind: 'ask', number: 1, question })
  expect(given?.aborted).toBe(false)
  thread.receive({ kind: 'leave', number: 2 })
  expect(given?.aborted).toBe(false)
  thread.receive({ kind: 'leave', number: 1 })
  expect(given?.aborted).toBe(true)
})

const asksFor = (policy: string) => {
  return Buffer.from(JSON.stringify({ policy, messages: [{ role: 'user', content: 'Is it so?' }] }))
}
const limits = defaultLimits
const detectors: DetectorSettings = { pii: 'builtin', secrets: 'builtin', python_code: 'builtin' }

function openChecking() {
  const said: FromService[] = []
  const connect: Connect = ({ llm }, ask) => {
    const detect: RemoteDetector['detect'] = async (texts, _, signal) => {
      const question = { path: '/v1/chat/completions', body: texts, maxResponseBytes: 9 } as const
      return [{ findings: [], value: await ask(question, signal) }]
    }
    return new Map(llm === undefined ? [] : [['llm', { kind: 'remote', name: 'llm', kinds: [], detect }]])
  }
  const { receive } = createChecking(connect, (message) => said.push(message))
  const answered = (number: number) =>
    until(`answer ${number}`, () => said.find((each) => each.kind === 'answered' && each.number === number))
  return { said, receive, answered }
}

test('a policy that asks a detector which is not there is refused when it is loaded, by its name', async () => {
  const { receive, answered } = openChecking()
  const policy =
    'from invariant.detectors import moderated\nraise "x" if:\n    (m: Message)\n    moderated(m)\n'
  receive({ kind: 'means', detectors, limits })
  receive({ kind: 'ask', number: 1, question: { kind: 'load', body: asksFor(policy) } })
  expect(await answered(1)).toMatchObject({
    answer: { kind: 'refused', why: 'request', detail: expect.stringContaining('detector moderated') },
  })
})

test('a detector holds from when it is told, a model is asked of who hired the thread, and what it said is kept', async () => {
  const { said, receive, answered } = openChecking()
  const body = asksFor(
    'from invariant import llm\nraise "so" if:\n    (m: Message)\n    llm(m.content) == "YES"\n',
  )
  receive({ kind: 'means', detectors, limits })
  receive({ kind: 'ask', number: 1, question: { kind: 'check', body } })
  expect(await answered(1)).toMatchObject({
    answer: { kind: 'refused', detail: expect.stringContaining('detector llm') },
  })
  receive({ kind: 'means', detectors: { ...detectors, llm: llmSettings }, limits })
  receive({ kind: 'ask', number: 2, question: { kind: 'check', body } })
  const asks = await until('the question', () => said.find(({ kind }) => kind === 'asks'))
  expect(asks).toMatchObject({ number: 1, model: { body: ['Is it so?'] } })
  receive({ kind: 'told', number: 1, value: 'YES', failure: null })
  const found = { answer: { kind: 'told', json: expect.stringContaining('"args":["so"]') } }
  expect(await answered(2)).toMatchObject(found)
  receive({ kind: 'ask', number: 3, question: { kind: 'check', body } })
  expect(await answered(3)).toMatchObject(found)
  expect(said.filter(({ kind }) => kind === 'asks')).toHaveLength(1)
})

const llmSettings = Value.Parse(Llm, { target: 'demo/echo' })
