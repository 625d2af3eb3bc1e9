import { Database } from 'bun:sqlite'
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { storeFile } from '../../src/cli/files.ts'
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
import { until } from '../support/until.ts'
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
    // Where the machine is so busy that little is owed of a round, there are more of them.
    for (let round = 0; round < 4 || owed.length <= 100; round++) {
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
      const lag = measureLag(weir, () => (killedAt === Infinity ? ended.at(-1) : 'over'))
      await until('some to have ended', () => ended.length > 30)
      await Bun.sleep(200 + 40 * (round % 4))
      killedAt = performance.now()
      weir.process.kill('SIGKILL')
      await Promise.allSettled(clients)
      await weir.process.exited
      // Within 50 ms, unless the machine is so busy with others that its commits were seen to take longer.
      const { lagMs, stallMs } = await lag
      const owedUntil = durable ? Infinity : killedAt - Math.max(50, 2 * lagMs) - 2 * stallMs
      owed.push(...ended.filter(({ at }) => at < owedUntil).map(({ id }) => id))
    }
    const last = await startChild(stream, { folder: folder.path })
    children.push(last)
    const stored = (await last.traces()).map(({ id }) => id)
    expect(new Set(stored).size).toBe(stored.length)
    const there = new Set(stored)
    expect(owed.filter((id) => !there.has(id))).toEqual([])
  }, 60_000)
}

/**
 * How long at most the last ended exchange was not yet on disk, looked at again and again, and how long at most it took to
 * look again, which is a millisecond where nobody else wants the processor.
 */
async function measureLag(
  weir: Child,
  last: () => { id: string; at: number } | 'over' | undefined,
): Promise<{ readonly lagMs: number; readonly stallMs: number }> {
  await weir.traces()
  using database = openStored(weir)
  const find = database.query('SELECT 1 FROM traces WHERE id = ?')
  let lagMs = 0
  let stallMs = 0
  let lookedAt = performance.now()
  let waited: { id: string; at: number } | undefined
  for (let now = last(); now !== 'over'; now = last()) {
    waited ??= now
    if (waited !== undefined) lagMs = Math.max(lagMs, performance.now() - waited.at)
    if (waited !== undefined && find.get(waited.id) !== null) waited = undefined
    await Bun.sleep(1)
    stallMs = Math.max(stallMs, performance.now() - lookedAt)
    lookedAt = performance.now()
  }
  return { lagMs, stallMs }
}

/** Whether some of a running answer is stored. */
function isSaved(weir: Child): boolean {
  using database = openStored(weir)
  return database.query('SELECT 1 FROM reply_part').get() !== null
}

function openStored({ folder }: Child): Database {
  return new Database(join(folder, 'data', storeFile), { readonly: true })
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
  expect(await first.traces()).toEqual([])
  await until('what has come to be on disk', () => isSaved(first))
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
