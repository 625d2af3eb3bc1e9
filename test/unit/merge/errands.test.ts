import { expect, test } from 'bun:test'
import { createErrands, type Errand } from '../../../src/merge/errands.ts'

const body = new ArrayBuffer(8)

test('each is answered by its number, in whatever order', async () => {
  const errands = createErrands()
  const sent: Errand[] = []
  const ask = (text: string) => errands.ask(text, body, (errand) => sent.push(errand) > 0)
  const all = [ask('one'), ask('two')]
  errands.answered(sent[1]?.number ?? 0, 'second')
  errands.answered(sent[0]?.number ?? 0, 'first')
  errands.answered(99, 'nobody asked')
  expect(await Promise.all(all)).toEqual(['first', 'second'])
})

test('what nobody takes, and what nobody is left to answer, is told so', async () => {
  const errands = createErrands()
  await expect(errands.ask('x', body, () => false)).rejects.toMatchObject({ code: 'overloaded' })
  const asked = errands.ask('x', body, () => true)
  errands.lost()
  await expect(asked).rejects.toMatchObject({ code: 'internal' })
})

test('they are bounded by number and by bytes, and room is there again after an answer', async () => {
  const errands = createErrands()
  const large = new ArrayBuffer(200 * 1024 * 1024)
  const first = errands.ask('', large, () => true)
  await expect(errands.ask('', large, () => true)).rejects.toMatchObject({ code: 'overloaded' })
  expect(errands.state()).toEqual({ waitingChanges: 1, waitingChangeBytes: large.byteLength })
  errands.answered(1, '')
  await first
  expect(errands.state()).toEqual({ waitingChanges: 0, waitingChangeBytes: 0 })
  const waiting = Array.from({ length: 1000 }, () => errands.ask('', body, () => true))
  await expect(errands.ask('', body, () => true)).rejects.toMatchObject({ code: 'overloaded' })
  errands.lost()
  expect((await Promise.allSettled(waiting)).every(({ status }) => status === 'rejected')).toBe(true)
})
