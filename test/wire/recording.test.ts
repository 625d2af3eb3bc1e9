import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
  openSync,
  closeSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { median } from '../../src/cli/bench/statistics.ts'
import { storeFile } from '../../src/cli/files.ts'
import { ask, openAsk } from '../support/client.ts'
import {
  chunk,
  chunkedHead,
  createProvider,
  lastChunk,
  whole,
  type Answer,
  type Provider,
} from '../support/provider.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** The store or its thread is in trouble: the flow goes on, what is lost is counted, and recording comes back. */
let answer: Answer
let provider: Provider
const path = '/fake/v1/messages'

const ok: Answer = async (call) => {
  call.send(whole(await call.body(), ['Content-Type: application/json']))
}

beforeAll(async () => {
  provider = await createProvider((call, number) => answer(call, number))
})

afterAll(() => provider.stop())

function start(traces: object = {}, folder?: string): Promise<Weir> {
  const providers = { fake: { dialect: 'anthropic', url: provider.url, models: ['small'] } }
  return startWeir({ providers, traces }, folder === undefined ? {} : { folder })
}

/** What most exchanges stay under while the store is in trouble; a busy machine may keep one of them waiting. */
const unnoticedMs = 300

/** An exchange, and how long its client waited. */
async function exchange(weir: Weir, body = '{"model":"small"}'): Promise<{ id: string; ms: number }> {
  const began = performance.now()
  const reply = await ask(weir.url, { path, body })
  expect([reply.status, String(reply.body), reply.ending]).toEqual([200, body, 'clean'])
  return { id: reply.header('x-weir-trace') ?? '', ms: performance.now() - began }
}

function events(weir: Weir, event: string): number {
  return weir.lines.filter((line) => line.event === event).length
}

for (const durable of [false, true]) {
  test(`a keeper that dies under load is replaced, and nothing is lost or doubled, durable: ${durable}`, async () => {
    answer = ok
    await using weir = await start({ durable })
    const ids: string[] = []
    let isOver = false
    const one = async () => {
      while (!isOver) ids.push((await exchange(weir)).id)
    }
    const clients = Array.from({ length: 8 }, one)
    for (const deaths of [1, 2, 3]) {
      ids.push((await exchange(weir)).id)
      await weir.trace(ids.at(-1))
      weir.keeper().terminate()
      await until('it to be dead', () => events(weir, 'worker-died') === deaths)
    }
    await Bun.sleep(200)
    isOver = true
    await Promise.all(clients)
    const stored = await until('all traces', async () => {
      const heads = await weir.traces()
      return heads.length >= ids.length ? heads.map(({ id }) => id) : null
    })
    expect(stored.toSorted()).toEqual(ids.toSorted())
    expect(await weir.metric('weir_worker_restarts')).toBe(3)
  })
}

test('a keeper that dies in mid-stream costs neither bytes of its trace nor what must be hidden in it', async () => {
  await using weir = await start({ saveEveryMs: 50 })
  const secret = 'sk-canary-told-after-the-death'
  answer = (call) => {
    call.send(chunkedHead())
    call.send(chunk('event: ping\ndata: {"type":"ping"}\n\n'))
  }
  const headers = [`X-Api-Key: ${secret}`]
  const client = await openAsk(weir.url, { path, body: '{"model":"small","stream":true}', headers })
  await client.got('ping')
  await Bun.sleep(100)
  weir.keeper().terminate()
  await until('a new keeper', () => events(weir, 'worker-died') === 1)
  const call = provider.calls.at(-1)
  call?.send(chunk(`event: ping\ndata: {"type":"ping","echo":"${secret}"}\n\n`))
  await Bun.sleep(100)
  call?.send(chunk('event: message_stop\ndata: {"type":"message_stop"}\n\n'))
  call?.send(lastChunk)
  const reply = await client.ended()
  const trace = await weir.trace(reply.header('x-weir-trace'))
  expect(trace.sizes.replyReceived.bytes).toBe(reply.body.length)
  expect(trace.kept.reply).toBe(reply.body.length)
  expect(String((await weir.bytes(trace.id)).reply)).toContain('"echo":"***')
  for (const file of readdirSync(weir.folder)) {
    expect([file, readFileSync(join(weir.folder, file)).includes(secret)]).toEqual([file, false])
  }
})

test('a store that another holds for a moment keeps everything, and the flow does not notice', async () => {
  answer = ok
  await using weir = await start()
  await weir.trace((await exchange(weir)).id)
  const other = new Database(join(weir.folder, storeFile))
  other.run('BEGIN IMMEDIATE')
  // They end while it is held.
  const all = await Promise.all(Array.from({ length: 20 }, () => exchange(weir)))
  await Bun.sleep(400)
  other.run('COMMIT')
  other.close()
  for (const { id } of all) await weir.trace(id)
  expect(await weir.metric('weir_lost_reports')).toBe(0)
})

for (const durable of [false, true]) {
  test(`a store that another keeps is told once, counted, and recorded to again, durable: ${durable}`, async () => {
    answer = ok
    await using weir = await start({ durable })
    await weir.trace((await exchange(weir)).id)
    const other = new Database(join(weir.folder, storeFile))
    other.run('BEGIN IMMEDIATE')
    await exchange(weir)
    // Bounded tries, then a durable answer goes out and the loss is counted; any other has waited for none of them.
    if (!durable) expect(await weir.metric('weir_lost_reports')).toBe(0)
    await until('the loss', async () => (await weir.metric('weir_lost_reports')) > 0)
    await exchange(weir)
    await until('one more', async () => (await weir.metric('weir_inbox_reports')) === 0)
    other.run('COMMIT')
    other.close()
    await weir.trace((await exchange(weir)).id)
    expect(events(weir, 'store-trouble')).toBe(1)
    await until('the good news', () => events(weir, 'store-recovered') === 1)
  }, 10_000)
}

test('a store that is no store at the start is moved aside, and recording begins anew', async () => {
  answer = ok
  using folder = createFolder()
  mkdirSync(folder.path, { recursive: true })
  writeFileSync(join(folder.path, storeFile), 'this is no store '.repeat(1000))
  await using weir = await start({}, folder.path)
  const { id } = await exchange(weir)
  await until('the line', () => events(weir, 'store-corrupt') === 1)
  await weir.trace(id)
  const aside = readdirSync(folder.path).find((file) => file.includes('.corrupt-'))
  expect(readFileSync(join(folder.path, aside ?? 'none'), 'utf8')).toStartWith('this is no store')
})

test('a store that is damaged while it is written to is moved aside, and recording goes on', async () => {
  answer = ok
  await using weir = await start()
  const body = () => JSON.stringify({ model: 'small', x: crypto.randomUUID().repeat(2000) })
  for (let at = 0; at < 20; at++) await exchange(weir, body())
  await until('an empty inbox', async () => (await weir.metric('weir_inbox_reports')) === 0)
  const file = join(weir.folder, storeFile)
  new Database(file).run('PRAGMA wal_checkpoint(TRUNCATE)')
  const size = statSync(file).size
  const handle = openSync(file, 'r+')
  for (let at = 4096; at < size; at += 4096) writeSync(handle, Buffer.alloc(4096, 0xaa), 0, 4096, at)
  closeSync(handle)
  const times: number[] = []
  await until(
    'a store that was moved aside',
    async () => {
      times.push((await exchange(weir, body())).ms)
      return events(weir, 'store-corrupt') === 1
    },
    15_000,
  )
  expect(median(times)).toBeLessThan(unnoticedMs)
  await weir.trace((await exchange(weir, body())).id)
}, 20_000)

test('a folder that cannot be written to costs the traces and nothing else', async () => {
  answer = ok
  using folder = createFolder()
  // A folder stands where the file should be.
  mkdirSync(join(folder.path, storeFile))
  await using weir = await start({ durable: true }, folder.path)
  // A durable answer waits for a while, and not again while the store cannot be had.
  const first = await exchange(weir)
  expect((await exchange(weir)).ms).toBeLessThan(first.ms / 2)
  await until('the line', () => events(weir, 'store-trouble') === 1)
  expect(await weir.metric('weir_inbox_reports')).toBeGreaterThan(0)
}, 15_000)

const tmpfs = Bun.spawnSync([
  'sh',
  '-c',
  'd=$(mktemp -d) && mount -t tmpfs -o size=64k none $d && umount $d && rmdir $d',
])

test.skipIf(tmpfs.exitCode !== 0)(
  'a full disk costs traces, says so in few lines, and is used again when there is room',
  async () => {
    answer = ok
    using folder = createFolder()
    const disk = join(folder.path, 'disk')
    mkdirSync(disk)
    expect(Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', 'size=3m', 'none', disk]).exitCode).toBe(0)
    try {
      await using weir = await start({}, disk)
      const body = () =>
        JSON.stringify({ model: 'small', x: crypto.getRandomValues(new Uint8Array(100_000)).toHex() })
      const times: number[] = []
      await until(
        'a loss',
        async () => {
          times.push((await exchange(weir, body())).ms)
          return (await weir.metric('weir_lost_reports')) > 0
        },
        15_000,
      )
      expect(median(times)).toBeLessThan(unnoticedMs)
      for (let at = 0; at < 5; at++) await exchange(weir, body())
      // Room may be found for a few more in between; but it is not told for each batch.
      expect(events(weir, 'store-trouble')).toBeLessThan(4)
      expect(weir.lines.find(({ event }) => event === 'store-trouble')?.fields['kind']).toBe('full')
      Bun.spawnSync(['mount', '-o', 'remount,size=64m', disk])
      await weir.trace((await exchange(weir, body())).id)
      const isWell = () => events(weir, 'store-recovered') === events(weir, 'store-trouble')
      await until('the good news', isWell)
    } finally {
      Bun.spawnSync(['umount', disk])
    }
  },
  30_000,
)
