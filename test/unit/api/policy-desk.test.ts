import { expect, test } from 'bun:test'
import { createPolicyDesk } from '../../../src/api/policy-desk.ts'
import { Fault } from '../../../src/core/fault.ts'
import type { Question } from '../../../src/guard/detect/remote/means.ts'
import { defaultLimits } from '../../../src/guard/limits.ts'
import type { FromService, ToService } from '../../../src/guard/service-thread.ts'
import type { PolicyAnswer, PolicyQuestion } from '../../../src/guard/service.ts'
import { until } from '../../support/until.ts'

type Judge = {
  readonly heard: ToService[]
  /** What it was told of detectors. */
  readonly met: ToService[]
  readonly say: (message: FromService) => void
  readonly die: (why: string) => void
  ended: boolean
}

/** Those that nobody answers are not told so before the tests are over. */
const forever = 1e9

function openDesk(silenceMs = forever) {
  const judges: Judge[] = []
  const asked: Question[] = []
  const {
    check: desk,
    waiting,
    meet,
  } = createPolicyDesk({
    silenceMs,
    hire: (say, die) => {
      const judge: Judge = { heard: [], met: [], say, die, ended: false }
      judges.push(judge)
      const post = (message: ToService) =>
        void (message.kind === 'means' ? judge.met : judge.heard).push(message)
      return { post, end: () => void (judge.ended = true) }
    },
    means: () => ({
      detectors: { pii: 'builtin', secrets: 'builtin', python_code: 'builtin' },
      limits: defaultLimits,
    }),
    ask: async (question, signal) => {
      asked.push(question)
      const left = Promise.withResolvers<unknown>()
      signal.addEventListener('abort', () => left.reject(new Error('left')))
      return question.path === '/v1/embeddings' ? left.promise : 'YES'
    },
  })
  return { desk, judges, waiting, meet, asked }
}

const never = new AbortController().signal
const answer: PolicyAnswer = { kind: 'told', json: '{}' }

function question(bytes = 1): PolicyQuestion {
  return { kind: 'check', body: new Uint8Array(bytes) }
}

async function faultOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return `fine: ${await promise}`
  } catch (error) {
    return error instanceof Fault ? { code: error.code, cause: error.cause } : error
  }
}

test('a thread is hired at the first question, and answers belong to theirs whatever their order', async () => {
  const { desk, judges } = openDesk()
  expect(judges).toHaveLength(0)
  const [one, two] = [desk(question(), never), desk(question(), never)]
  judges[0]?.say({ kind: 'answered', number: 2, answer })
  judges[0]?.say({ kind: 'failed', number: 1, why: 'a bug' })
  expect(await two).toEqual(answer)
  expect(await faultOf(one)).toEqual({ code: 'internal', cause: 'a bug' })
  expect(judges).toHaveLength(1)
})

test('a body that is a part of something larger is given away as itself alone', () => {
  const { desk, judges } = openDesk()
  void desk({ kind: 'load', body: new Uint8Array(new ArrayBuffer(10), 2, 3) }, never)
  expect(judges[0]?.heard).toMatchObject([{ question: { body: { byteLength: 3, byteOffset: 0 } } }])
})

test('who leaves is not answered, and the thread is told', async () => {
  const { desk, judges } = openDesk()
  const leaving = new AbortController()
  const left = faultOf(desk(question(), leaving.signal))
  leaving.abort('gone')
  expect(await left).toBe('gone')
  expect(judges[0]?.heard.at(-1)).toEqual({ kind: 'leave', number: 1 })
  judges[0]?.say({ kind: 'answered', number: 1, answer })
})

test('who waits for a thread that dies is told, and the next question gets another', async () => {
  const { desk, judges } = openDesk()
  const lost = faultOf(desk(question(), never))
  judges[0]?.die('out of memory')
  expect(await lost).toEqual({ code: 'internal', cause: 'out of memory' })
  const found = desk(question(), never)
  judges[0]?.die('late')
  judges[1]?.say({ kind: 'answered', number: 2, answer })
  expect(await found).toEqual(answer)
})

test('a thread that says nothing while somebody waits is ended', async () => {
  const { desk, judges } = openDesk(5)
  expect(await faultOf(desk(question(), never))).toMatchObject({ code: 'internal' })
  expect(judges[0]?.ended).toBe(true)
})

test('so many questions wait at once, and so many bytes of them', async () => {
  const { desk, judges, waiting } = openDesk()
  for (let each = 0; each < 64; each++) void desk(question(), never)
  expect(waiting()).toBe(64)
  expect(await faultOf(desk(question(), never))).toMatchObject({ code: 'overloaded' })
  judges[0]?.say({ kind: 'answered', number: 1, answer })
  void desk(question(), never)
  expect(judges[0]?.heard).toHaveLength(65)

  const heavy = openDesk()
  const half = 64 * 1024 * 1024
  void heavy.desk(question(half), never)
  void heavy.desk(question(half), never)
  expect(await faultOf(heavy.desk(question(1), never))).toMatchObject({ code: 'overloaded' })
})

const embedding: Question = { path: '/v1/embeddings', body: {}, maxResponseBytes: 1 }
const chat: Question = { ...embedding, path: '/v1/chat/completions' }

test('a thread is told of the detectors before anything else, and when they are others', () => {
  const { desk, judges, meet } = openDesk()
  meet()
  expect(judges).toHaveLength(0)
  void desk(question(), never).catch(String)
  expect(judges[0]?.met).toEqual([
    { kind: 'means', detectors: expect.objectContaining({ pii: 'builtin' }), limits: defaultLimits },
  ])
  meet()
  expect(judges[0]?.met).toHaveLength(2)
  judges[0]?.die('out of memory')
  void desk(question(), never).catch(String)
  expect(judges[1]?.met).toHaveLength(1)
})

test('a model that a policy asks is asked here, and no longer when nobody waits for it', async () => {
  const { desk, judges, asked } = openDesk()
  void desk(question(), never)
  const judge = judges[0]
  judge?.say({ kind: 'asks', number: 1, model: chat })
  judge?.say({ kind: 'asks', number: 2, model: embedding })
  judge?.say({ kind: 'leaves', number: 2 })
  expect(asked).toEqual([chat, embedding])
  await until('both answers', () => judge?.heard.length === 3)
  expect(judge?.heard.slice(1)).toEqual([
    { kind: 'told', number: 1, value: 'YES', failure: null },
    {
      kind: 'told',
      number: 2,
      value: null,
      failure: { blame: 'service', message: 'Error was not expected' },
    },
  ])
})

test('what a model answers a thread that has died is told to no other', async () => {
  const { desk, judges, asked } = openDesk()
  void desk(question(), never).catch(String)
  judges[0]?.say({ kind: 'asks', number: 1, model: embedding })
  judges[0]?.die('out of memory')
  void desk(question(), never)
  judges[0]?.say({ kind: 'asks', number: 2, model: chat })
  judges[0]?.say({ kind: 'leaves', number: 1 })
  judges[1]?.say({ kind: 'asks', number: 1, model: chat })
  await until('the answer', () => judges[1]?.heard.length === 2)
  expect(asked).toEqual([embedding, chat])
  expect(judges[0]?.heard).toHaveLength(1)
})
