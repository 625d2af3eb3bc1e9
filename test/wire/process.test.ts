import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { readSync, openSync, closeSync, constants, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startChild, type Child, type ChildOptions } from '../support/child.ts'
import { ask, openAsk, openClient } from '../support/client.ts'
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
import type { Settings } from '../support/weir.ts'

/** Weir as a process of its own: how much at once, how it takes new settings, and how it comes to its end. */
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

async function start(more: Settings = {}, options: Partial<ChildOptions> = {}): Promise<Child> {
  folder = createFolder()
  const child = await startChild(settings(more), { folder: folder.path, ...options })
  children.push(child)
  return child
}

const event = (name: string) => chunk(`event: ${name}\ndata: {"type":"${name}"}\n\n`)

test('a second Weir takes neither the port of the first nor its folder', async () => {
  const weir = await start({ log: 'warn' })
  const { port } = new URL(weir.url)
  const elsewhere = join(weir.folder, 'elsewhere')
  const samePort = settings({ listen: `127.0.0.1:${port}`, data: elsewhere })
  await expect(startChild(samePort, { folder: weir.folder })).rejects.toThrow('in use')
  await expect(startChild(settings(), { folder: weir.folder })).rejects.toThrow('used by another Weir')
})

test('of a thousand streams at once none is queued, and all are kept', async () => {
  const weir = await start({ log: 'warn' })
  let open = 0
  const everybody = Promise.withResolvers<void>()
  answer = async (call) => {
    call.send(chunkedHead())
    call.send(event('ping'))
    // Nobody is answered further before everybody is there.
    if (++open === 1000) everybody.resolve()
    await everybody.promise
    call.send(event('message_stop'))
    call.send(lastChunk)
  }
  const replies = await Promise.all(Array.from({ length: 1000 }, () => ask(weir.url, { path, body })))
  expect(replies.filter(({ status, ending }) => status === 200 && ending === 'clean')).toHaveLength(1000)
  const ids = new Set(replies.map((reply) => reply.header('x-weir-trace') ?? 'none'))
  const stored = await until('all traces', async () => {
    const traces = await weir.traces()
    return traces.length === 1000 ? traces : null
  })
  expect(new Set<string | undefined>(stored.map(({ id }) => id))).toEqual(ids)
}, 30_000)

test('a client that reads slowly slows the provider, and costs no memory', async () => {
  const weir = await start({ traces: { mostReplyBytes: 1 << 20 } })
  const totalBytes = 200 << 20
  const part = chunk('x'.repeat(1 << 16))
  let sentBytes = 0
  let mostAheadBytes = 0
  let takenBytes = 0
  answer = async (call) => {
    call.send(chunkedHead('application/octet-stream'))
    for (; sentBytes < totalBytes; sentBytes += 1 << 16) {
      while (call.waiting() > 1 << 18) await Bun.sleep(1)
      call.send(part)
      mostAheadBytes = Math.max(mostAheadBytes, sentBytes - takenBytes)
    }
    call.send(lastChunk)
  }
  await ask(weir.url, { path: '/demo/v1/models' })
  const idleBytes = await weir.rssBytes()
  const client = await openClient(weir.url)
  client.socket.removeAllListeners('data')
  client.socket.on('data', (bytes: Buffer) => void (takenBytes += bytes.length))
  client.send(`GET /fake/v1/files/1/content HTTP/1.1\r\nHost: x\r\n\r\n`)
  let mostBytes = 0
  while (takenBytes < totalBytes) {
    // 50 ms in 60 not reading: 200 MB then take some seconds, whatever the machine.
    client.pause()
    await Bun.sleep(40)
    mostBytes = Math.max(mostBytes, await weir.rssBytes())
    client.resume()
    await Bun.sleep(10)
  }
  client.leave()
  expect((mostBytes - idleBytes) / 2 ** 20).toBeLessThan(64)
  expect(mostAheadBytes / 2 ** 20).toBeLessThan(48)
}, 60_000)

test('answers that run are not touched by new settings, and requests after them get these', async () => {
  const weir = await start()
  answer = (call) => {
    call.send(chunkedHead())
    call.send(event('ping'))
  }
  const running = await openAsk(weir.url, { path, body })
  await running.got('ping')
  const call = provider.calls.at(-1)
  answer = (next) => next.send(whole('{}'))
  let isOver = false
  const statuses: number[] = []
  const load = Array.from({ length: 4 }, async () => {
    while (!isOver) statuses.push((await ask(weir.url, { path, body })).status)
  })
  const reloads = () => weir.log().split('"event":"reloaded"').length - 1
  const providers = (name: string) => ({
    providers: {
      fake: { dialect: 'anthropic', url: provider.url },
      [name]: { dialect: 'openai-chat', url: provider.url },
    },
  })
  // By the file alone, moved into place as editors and orchestrators do it; then by a signal as well.
  writeFileSync(`${weir.file}.next`, JSON.stringify({ data: `${weir.folder}/data`, ...providers('second') }))
  renameSync(`${weir.file}.next`, weir.file)
  await until('the first reload', () => reloads() >= 1)
  expect((await ask(weir.url, { path: '/second/v1/models' })).status).toBe(200)
  weir.configure(providers('third'))
  weir.process.kill('SIGHUP')
  await until('the second reload', () => reloads() >= 2)
  expect((await ask(weir.url, { path: '/third/v1/models' })).status).toBe(200)
  expect((await ask(weir.url, { path: '/second/v1/models' })).status).toBe(404)
  isOver = true
  await Promise.all(load)
  expect(statuses.filter((status) => status !== 200)).toEqual([])
  call?.send(event('message_stop'))
  call?.send(lastChunk)
  expect((await running.ended()).ending).toBe('clean')
  running.leave()
}, 15_000)

test('settings with a fault change nothing and are told with their line', async () => {
  const weir = await start()
  answer = (call) => call.send(whole('{}'))
  for (const text of [
    'providers: [',
    'providers:\n  fake: {dialect: klingon, url: "http://127.0.0.1:1"}\n',
  ]) {
    const before = weir.log().split('reload-failed').length
    writeFileSync(weir.file, text)
    weir.process.kill('SIGHUP')
    await until('the complaint', () => weir.log().split('reload-failed').length > before)
    expect((await ask(weir.url, { path, body })).status).toBe(200)
  }
  expect(weir.log()).toContain('weir.yaml:2')
})

test('told to stop, answers that run finish, newcomers are turned away, and the end is 0', async () => {
  const weir = await start({ log: 'warn' })
  answer = (call) => {
    call.send(chunkedHead())
    call.send(event('ping'))
  }
  const running = await Promise.all(Array.from({ length: 20 }, () => openAsk(weir.url, { path, body })))
  for (const client of running) await client.got('ping')
  // Connections that stand idle hold nothing up: one that never asked, and one whose answer is over.
  const idle = [await openClient(weir.url), await openAsk(weir.url, { path: '/health' })]
  await idle[1]?.headed()
  const calls = provider.calls.slice(-20)
  weir.process.kill('SIGTERM')
  await until('no newcomers', async () => {
    try {
      const client = await openAsk(weir.url, { path: '/ready' })
      const { status } = await client.ended()
      client.leave()
      return status !== 200
    } catch (error) {
      return error instanceof Error
    }
  })
  expect(weir.process.exitCode).toBe(null)
  for (const call of calls) {
    call.send(event('message_stop'))
    call.send(lastChunk)
  }
  for (const client of running) {
    expect((await client.ended()).ending).toBe('clean')
    client.leave()
  }
  // Within the time of this test: what is idle would otherwise be waited for twice as long.
  expect(await weir.process.exited).toBe(0)
  for (const client of idle) client.leave()
  const outcomes = (await weir.traces()).map(({ outcome }) => outcome)
  expect(outcomes.filter((outcome) => outcome === 'answered')).toHaveLength(20)
}, 15_000)

test('what still runs at the end of its time is told so, reset, and kept as interrupted', async () => {
  const weir = await start({ log: 'warn', timeouts: { drainMs: 300 } })
  answer = (call) => {
    if (call.target.endsWith('silent')) return
    call.send(chunkedHead())
    call.send(event('ping'))
  }
  const running = await Promise.all(Array.from({ length: 5 }, () => openAsk(weir.url, { path, body })))
  for (const client of running) await client.got('ping')
  const silent = await openAsk(weir.url, { path: '/fake/v1/silent', body })
  await until('all to run', async () => (await weir.metric('weir_open_exchanges')) === 6)
  weir.process.kill('SIGTERM')
  for (const client of running) {
    const reply = await client.ended()
    expect(reply.ending).toBe('reset')
    expect(String(reply.body)).toContain('event: error\n')
  }
  expect((await silent.ended()).status).toBe(503)
  expect(await weir.process.exited).toBe(0)
  const outcomes = (await weir.traces()).map(({ outcome }) => outcome)
  expect(outcomes).toEqual(Array.from({ length: 6 }, () => 'interrupted' as const))
}, 15_000)

test('a log that nobody reads holds no exchange and no end, and what there was room for is there', async () => {
  answer = async (call) => {
    await call.body()
    call.send(whole('{}', ['Content-Type: application/json']))
  }
  folder = createFolder()
  const pipe = join(folder.path, 'log')
  Bun.spawnSync(['mkfifo', pipe])
  // Open at both ends in the child: a reader that never reads.
  const before = ['sh', '-c', `exec "$@" 2<>'${pipe}'`, 'sh']
  const child = await startChild(settings(), { folder: folder.path, before })
  children.push(child)
  // A pipe holds 64 KiB, and a line has more than 100 bytes.
  const count = 1000
  for (let at = 0; at < count; at++) {
    const { status } = await ask(child.url, { path, body })
    expect([at, status]).toEqual([at, 200])
  }
  expect(await child.metric('weir_log_dropped_lines')).toBe(0)
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  let log = ''
  await until('the whole log', () => {
    log += readSome(reader)
    return log.split('"event":"exchange"').length - 1 === count
  })
  for (let at = 0; at < 500; at++) await ask(child.url, { path, body })
  child.process.kill('SIGTERM')
  expect(await child.process.exited).toBe(0)
  closeSync(reader)
}, 30_000)

function readSome(file: number): string {
  const bytes = Buffer.alloc(1 << 20)
  try {
    return bytes.toString('utf8', 0, readSync(file, bytes))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return ''
    throw error
  }
}

test('a rejection that nobody hears is told in the log, and everybody is served on', async () => {
  answer = (call) => call.send(whole('{"type":"message"}', ['Content-Type: application/json']))
  using files = createFolder()
  const preload = join(files.path, 'unheard.ts')
  const reject = "() => void Promise.reject(new Error('nobody hears this'))"
  writeFileSync(preload, `if (Bun.isMainThread) process.on('SIGUSR2', ${reject})`)
  const weir = await start({}, { environment: { BUN_OPTIONS: `--preload=${preload}` } })
  weir.process.kill('SIGUSR2')
  await until('the log to tell it', () => weir.log().includes('"event":"bug","cause":"nobody hears this"'))
  expect((await ask(weir.url, { path, body })).status).toBe(200)
  expect(weir.process.exitCode).toBeNull()
})
