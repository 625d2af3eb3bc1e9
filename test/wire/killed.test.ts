import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { startChild, type Child } from '../support/child.ts'
import { openAsk } from '../support/client.ts'
import {
  chunk,
  chunkedHead,
  createProvider,
  lastChunk,
  type Answer,
  type Provider,
} from '../support/provider.ts'
import { createFolder } from '../support/traces.ts'
import type { Settings } from '../support/weir.ts'

/** `kill -9`, the one end that nothing can be done about when it comes: what must be on the disk before it does. */
let answer: Answer
let provider: Provider
let folder: ReturnType<typeof createFolder>
const children: Child[] = []
const path = '/fake/v1/messages'
const body = '{"model":"small","stream":true}'

beforeAll(async () => {
  provider = await createProvider((call, number) => answer(call, number))
})

afterAll(() => provider.stop())

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL')
    await child.process.exited
  }
  folder[Symbol.dispose]()
})

function settings(more: Settings = {}): Settings {
  return { providers: { fake: { dialect: 'anthropic', url: provider.url } }, ...more }
}

const event = (name: string) => chunk(`event: ${name}\ndata: {"type":"${name}"}\n\n`)

for (const durable of [true, false]) {
  test(`killed under load again and again, no trace it owes is missing and none is there twice, durable: ${durable}`, async () => {
    folder = createFolder()
    answer = async (call) => {
      await call.body()
      call.send(chunkedHead())
      call.send(event('ping'))
      await Bun.sleep(2)
      call.send(event('message_stop'))
      call.send(lastChunk)
    }
    const owed: string[] = []
    const stream = {
      providers: { fake: { dialect: 'anthropic', url: provider.url } },
      traces: { durable },
      log: 'warn',
    }
    for (let round = 0; round < 4; round++) {
      const weir = await startChild(stream, { folder: folder.path })
      children.push(weir)
      const ended: { id: string; at: number }[] = []
      let killedAt = Infinity
      const clients = Array.from({ length: 12 }, async () => {
        while (killedAt === Infinity) {
          const client = await openAsk(weir.url, { path, body })
          const reply = await client.ended()
          client.leave()
          const id = reply.header('x-weir-trace')
          if (reply.ending === 'clean' && id !== undefined) ended.push({ id, at: performance.now() })
        }
      })
      await Bun.sleep(250 + 40 * round)
      killedAt = performance.now()
      weir.process.kill('SIGKILL')
      await Promise.allSettled(clients)
      await weir.process.exited
      owed.push(...ended.filter(({ at }) => durable || at < killedAt - 50).map(({ id }) => id))
    }
    const last = await startChild(stream, { folder: folder.path })
    children.push(last)
    const stored = (await last.traces()).map(({ id }) => id)
    expect(new Set(stored).size).toBe(stored.length)
    expect(owed.length).toBeGreaterThan(100)
    const there = new Set(stored)
    expect(owed.filter((id) => !there.has(id))).toEqual([])
  }, 30_000)
}

test('what was open when the process was killed is kept as interrupted, with what had arrived', async () => {
  folder = createFolder()
  answer = (call) => {
    call.send(chunkedHead())
    call.send(event('ping'))
  }
  const first = await startChild(settings({ traces: { saveEveryMs: 100 } }), { folder: folder.path })
  children.push(first)
  const client = await openAsk(first.url, { path, body })
  const { header } = await client.got('ping')
  await Bun.sleep(300)
  first.process.kill('SIGKILL')
  expect((await client.ended()).ending).not.toBe('clean')
  const second = await startChild(settings(), { folder: folder.path })
  children.push(second)
  const id = header('x-weir-trace')
  const trace = await second.trace(id)
  expect(trace.outcome).toBe('interrupted')
  expect(String((await second.bytes(trace.id)).reply)).toBe('event: ping\ndata: {"type":"ping"}\n\n')
  expect(String((await second.bytes(trace.id)).request)).toBe(body)
})
