import { expect, test } from 'bun:test'
import { createPolicyDesk } from '../../../src/api/policy-desk.ts'
import { Fault } from '../../../src/core/fault.ts'
import type { FromService, ToService } from '../../../src/guard/service-thread.ts'
import type { PolicyAnswer, PolicyQuestion } from '../../../src/guard/service.ts'

type Judge = {
  readonly heard: ToService[]
  readonly say: (message: FromService) => void
  readonly die: (why: string) => void
  ended: boolean
}

/** Those that nobody answers are not told so before the tests are over. */
const forever = 1e9

function openDesk(silenceMs = forever) {
  const judges: Judge[] = []
  const { check: desk, waiting } = createPolicyDesk((say, die) => {
    const judge: Judge = { heard: [], say, die, ended: false }
    judges.push(judge)
    return { post: (message) => void judge.heard.push(message), end: () => void (judge.ended = true) }
  }, silenceMs)
  return { desk, judges, waiting }
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
