import { expect, test } from 'bun:test'
import { Fault } from '../../../src/core/fault.ts'
import { createDesk, type Question, type Reply } from '../../../src/trace/desk.ts'

type Clerk = {
  readonly asked: Question[]
  readonly say: (reply: Reply) => void
  readonly die: (why: string) => void
  ended: boolean
}

function openDesk(silenceMs?: number) {
  const clerks: Clerk[] = []
  const desk = createDesk((say, die) => {
    const clerk: Clerk = { asked: [], say, die, ended: false }
    clerks.push(clerk)
    return { ask: (question) => void clerk.asked.push(question), end: () => void (clerk.ended = true) }
  }, silenceMs)
  return { desk, clerks }
}

async function faultOf(promise: Promise<unknown>): Promise<Fault | string> {
  try {
    return `fine: ${await promise}`
  } catch (error) {
    return error instanceof Fault ? error : String(error)
  }
}

test('a thread is hired at the first question, and answers belong to theirs whatever their order', async () => {
  const { desk, clerks } = openDesk()
  expect(clerks).toHaveLength(0)
  const [one, two] = [desk('get', 'a'), desk('get', 'b')]
  expect(clerks[0]?.asked).toEqual([
    { number: 1, call: 'get', values: ['a'] },
    { number: 2, call: 'get', values: ['b'] },
  ])
  clerks[0]?.say({ number: 2, kind: 'told', value: null })
  clerks[0]?.say({ number: 1, kind: 'failed', why: 'disk' })
  expect(await two).toBeNull()
  expect(await faultOf(one)).toMatchObject({ code: 'internal', cause: 'disk' })
  expect(clerks).toHaveLength(1)
})

test('who waits for a thread that dies is told, and the next question gets another', async () => {
  const { desk, clerks } = openDesk()
  const lost = faultOf(desk('totals'))
  clerks[0]?.die('an error')
  expect(await lost).toMatchObject({ code: 'internal' })
  const found = desk('get', 'a')
  expect(clerks).toHaveLength(2)
  clerks[1]?.say({ number: 2, kind: 'told', value: null })
  expect(await found).toBeNull()
})

test('the message to a client never says why', async () => {
  const { desk, clerks } = openDesk()
  const failed = faultOf(desk('totals'))
  clerks[0]?.say({ number: 1, kind: 'failed', why: '/var/lib/weir is gone' })
  expect(String(await failed)).not.toContain('/var')
})

test('too many questions at once are turned away, and there is room again after an answer', async () => {
  const { desk, clerks } = openDesk()
  const all = Array.from({ length: 100 }, () => faultOf(desk('get', 'a')))
  expect(await faultOf(desk('get', 'a'))).toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 })
  clerks[0]?.say({ number: 1, kind: 'told', value: null })
  expect(await all[0]).toBe('fine: null')
  const next = faultOf(desk('get', 'a'))
  clerks[0]?.say({ number: 101, kind: 'told', value: null })
  expect(await next).toBe('fine: null')
})

test('a thread that does not answer is ended, whoever waits for it is told, and the next question gets another', async () => {
  const { desk, clerks } = openDesk(5)
  const [one, two] = [faultOf(desk('get', 'a')), faultOf(desk('get', 'b'))]
  expect([await one, await two]).toMatchObject([{ code: 'internal', cause: 'no answer for 0.005 s' }, {}])
  expect(clerks.map(({ ended }) => ended)).toEqual([true])
  const found = desk('get', 'c')
  // What the one before says now, also that it has closed, concerns nobody.
  clerks[0]?.say({ number: 1, kind: 'told', value: 'late' })
  clerks[0]?.die('it ended')
  clerks[1]?.say({ number: 3, kind: 'told', value: null })
  expect(await found).toBeNull()
  expect(clerks).toHaveLength(2)
})
