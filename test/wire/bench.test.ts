import { afterAll, expect, test } from 'bun:test'
import { readResidentBytes, readUsed } from '../../src/cli/bench/gauge.ts'
import { runJob } from '../../src/cli/bench/jobs.ts'
import { startUpstream } from '../../src/cli/bench/upstream.ts'
import { forwardBare } from '../../src/upstream/bare.ts'

const upstream = startUpstream()
const origin = `http://127.0.0.1:${upstream.port}`
const bare = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => forwardBare(request, origin) })
const cutter = Bun.listen({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    data: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n')
      socket.end()
    },
  },
})

afterAll(async () => {
  upstream.stop()
  cutter.stop(true)
  await bare.stop(true)
})

const targetOf = (port: number | undefined, path = '/v1/chat/completions') => ({ port: port ?? 0, path })

test('as many exchanges are done as were asked for, each whole', async () => {
  const target = targetOf(upstream.port)
  const result = await runJob({ kind: 'exchanges', target, count: 50, connections: 4 })
  expect(result).toMatchObject({ done: 50, failed: 0 })
  expect(result.bytes / 50).toBeWithin(1_400, 1_600)
})

test('streams run at once, and the provider tells how many did', async () => {
  const target = targetOf(bare.port, '/v1/chat/completions?events=5&gap=20')
  const result = await runJob({ kind: 'streams', target, count: 150, rampMs: 0 })
  expect(result).toMatchObject({ done: 150, failed: 0 })
  expect(await (await fetch(`${origin}/peak`)).json()).toEqual({ peak: 150 })
  expect(await (await fetch(`${origin}/peak`)).json()).toEqual({ peak: 0 })
})

test('the bare forwarder changes no byte', async () => {
  const path = '/v1/chat/completions?bytes=500000'
  const direct = await (await fetch(origin + path, { method: 'POST', body: '{}' })).bytes()
  const passed = await (
    await fetch(`http://127.0.0.1:${bare.port}${path}`, { method: 'POST', body: '{}' })
  ).bytes()
  expect(Bun.hash(passed)).toBe(Bun.hash(direct))
  expect(direct.byteLength).toBeGreaterThan(400_000)
})

test('each target is asked in turn and has its own figures', async () => {
  const path = '/v1/chat/completions?events=3'
  const targets = [targetOf(upstream.port, path), targetOf(bare.port, path)]
  const result = await runJob({ kind: 'turns', targets, count: 20, body: null })
  expect(result.done).toBe(40)
  expect(result.firstByteMs).toHaveLength(2)
  for (const { p50, p99 } of result.firstByteMs) expect(p99).toBeGreaterThanOrEqual(p50)
})

test('an answer that is cut counts as failed', async () => {
  const result = await runJob({ kind: 'streams', target: targetOf(cutter.port), count: 3, rampMs: 0 })
  expect(result).toMatchObject({ done: 0, failed: 3 })
})

test('a process that is not there has used nothing that is known', async () => {
  expect(await readUsed(2 ** 30)).toBeNull()
  expect(await readResidentBytes(2 ** 30)).toBeNull()
})
