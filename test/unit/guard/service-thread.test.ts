import { expect, test } from 'bun:test'
import { createChecking } from '../../../src/guard/checking.ts'
import { createServiceThread, type FromService } from '../../../src/guard/service-thread.ts'
import type { PolicyQuestion } from '../../../src/guard/service.ts'

const question: PolicyQuestion = { kind: 'check', body: new Uint8Array() }

test('questions are answered under their numbers, and one that fails fails alone', async () => {
  const said: FromService[] = []
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

test('a policy that asks a detector which is not there is refused when it is loaded, by its name', async () => {
  const answered = Promise.withResolvers<FromService>()
  const policy =
    'from invariant.detectors import moderated\nraise "x" if:\n    (m: Message)\n    moderated(m)\n'
  const body = Buffer.from(JSON.stringify({ policy }))
  createChecking(answered.resolve).receive({ kind: 'ask', number: 1, question: { kind: 'load', body } })
  expect(await answered.promise).toMatchObject({
    answer: { kind: 'refused', why: 'request', detail: expect.stringContaining('detector moderated') },
  })
})
