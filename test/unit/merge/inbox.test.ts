import { expect, test } from 'bun:test'
import { createInbox } from '../../../src/merge/inbox.ts'
import { said } from '../../support/traces.ts'

const payload = (id: string, bytes: number) => said(id, '', 'x'.repeat(bytes)).report

function add(inbox: ReturnType<typeof createInbox>, id: string, bytes: number, kept = () => {}): void {
  inbox.add({ reports: [payload(id, bytes)], chunks: [new Uint8Array(bytes)], postedAt: 1, kept })
}

test('what waits comes out in order, and is kept until it is settled', () => {
  const inbox = createInbox(1000)
  const kept: string[] = []
  for (const id of ['a', 'b']) add(inbox, id, 10, () => kept.push(id))
  expect([inbox.next()?.number, inbox.next()?.number, inbox.next()]).toEqual([1, 2, undefined])
  expect(inbox.state()).toMatchObject({ inboxBytes: 20, inboxReports: 2 })
  inbox.settle(2, 0)
  inbox.settle(2, 0)
  inbox.settle(99, 0)
  expect([kept, inbox.state().inboxBytes, inbox.oldest()?.number]).toEqual([['b'], 10, 1])
})

test('past the bound payloads are dropped and reports are not', () => {
  const inbox = createInbox(100)
  add(inbox, 'a', 60)
  add(inbox, 'b', 40)
  add(inbox, 'c', 1)
  expect(inbox.state()).toMatchObject({
    inboxBytes: 100,
    inboxReports: 3,
    droppedPayloads: 1,
    droppedReports: 0,
  })
  const [, , third] = [inbox.next(), inbox.next(), inbox.next()]
  expect(third).toMatchObject({ bytes: 0, chunks: [], reports: [{ id: 'c', replyLength: 0, reads: [] }] })
})

test('past the number of reports whole ones are dropped, and whoever waits for them is let go', () => {
  const inbox = createInbox(100)
  const many = Array.from({ length: 50_000 }, (_, at) => payload(`${at}`, 0))
  inbox.add({ reports: many, chunks: [], postedAt: 1, kept: () => {} })
  let isLetGo = false
  add(inbox, 'one more', 0, () => (isLetGo = true))
  expect([isLetGo, inbox.state().droppedReports, inbox.state().inboxReports]).toEqual([true, 1, 50_000])
})

test('no more is sent ahead than keeps a worker busy', () => {
  const inbox = createInbox(1 << 30)
  for (const id of ['a', 'b', 'c']) add(inbox, id, 8 << 20)
  expect([inbox.next()?.number, inbox.next()?.number, inbox.next()]).toEqual([1, 2, undefined])
  inbox.settle(1, 0)
  expect(inbox.next()?.number).toBe(3)
})

test('what a worker had in hand comes again, in its order, before what waited', () => {
  const inbox = createInbox(1000)
  for (const id of ['a', 'b', 'c']) add(inbox, id, 10)
  inbox.next()
  inbox.next()
  inbox.takeBack('spare')
  expect([inbox.next()?.number, inbox.next()?.number, inbox.next()?.number]).toEqual([1, 2, 3])
})

test('what kills worker after worker loses its payload first, and is given up then', () => {
  const inbox = createInbox(1000)
  let isLetGo = false
  add(inbox, 'poison', 10, () => (isLetGo = true))
  add(inbox, 'innocent', 20)
  const died = () => {
    const next = inbox.next()
    inbox.next()
    inbox.takeBack('blame')
    return [next?.number, next?.bytes]
  }
  expect([died(), died(), died()]).toEqual([
    [1, 10],
    [1, 10],
    [1, 0],
  ])
  expect([isLetGo, inbox.state().lostReports, inbox.state().inboxBytes]).toEqual([true, 1, 20])
  expect(inbox.next()).toMatchObject({ number: 2, bytes: 20, deaths: 0 })
})

test('a worker that dies before it has begun is the fault of nobody', () => {
  const inbox = createInbox(1000)
  add(inbox, 'a', 10)
  for (let death = 0; death < 10; death++) {
    expect(inbox.next()).toMatchObject({ number: 1, bytes: 10, deaths: 0 })
    inbox.takeBack('spare')
  }
})

test('who waits for an empty inbox is told when it is', async () => {
  const inbox = createInbox(1000)
  await inbox.whenEmpty()
  add(inbox, 'a', 10)
  const empty = inbox.whenEmpty().then(() => 'empty')
  inbox.next()
  inbox.settle(1, 1)
  expect(await empty).toBe('empty')
  expect(inbox.state().lostReports).toBe(1)
})
