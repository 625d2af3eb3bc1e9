import { expect, test } from 'bun:test'
import { beginOf } from '../../support/traces.ts'
import { wallClock } from '../../../src/core/clock.ts'
import type { Pool } from '../../../src/merge/pool.ts'
import { createRecorder, type RecorderSettings } from '../../../src/merge/recorder.ts'
import type { Report } from '../../../src/merge/report.ts'

/** A pool that hands out what it is given, one post after the other. */
type Posted = { readonly reports: readonly Report[]; readonly bytes: Uint8Array; readonly kept: () => void }

function createPosts(lagMs = 0) {
  const posts: Posted[] = []
  const takers: ((post: Posted) => void)[] = []
  const pool: Pool = {
    post: (reports, chunks, kept) => {
      const post = { reports, bytes: Buffer.concat(chunks), kept }
      const taker = takers.shift()
      if (taker === undefined) posts.push(post)
      else taker(post)
    },
    change: () => Promise.resolve(''),
    drain: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    state: () => ({
      inboxBytes: 0,
      inboxReports: 0,
      droppedPayloads: 0,
      droppedReports: 0,
      lostReports: 0,
      waitingChanges: 0,
      waitingChangeBytes: 0,
      restarts: 0,
      lagMs,
    }),
  }
  const next = (): Promise<Posted> => {
    const post = posts.shift()
    return post === undefined ? new Promise((resolve) => takers.push(resolve)) : Promise.resolve(post)
  }
  return { pool, next, waiting: posts }
}

const settings: RecorderSettings = {
  durable: false,
  saveEveryMs: 60_000,
  mostRequestBytes: 1000,
  mostReplyBytes: 1 << 30,
}
const encode = (text: string) => new TextEncoder().encode(text)
const well = { outcome: 'answered', detail: null } as const
const head = () => new Response(null, { status: 201, headers: { 'x-a': 'b' } })

test('a short exchange is one report with all of it', async () => {
  const { pool, next } = createPosts()
  const recorder = createRecorder(pool, settings, wallClock)
  const recording = recorder.open('a', 1000)
  const request = recorder.request(recording)
  request.chunk(encode('ask'))
  request.end()
  recorder.begin(recording, beginOf(), null)
  recorder.called(recording)
  recorder.answered(recording, head())
  recorder.reply(recording, encode('ans'))
  recorder.reply(recording, encode('wer'))
  recorder.insert(recording, ': ours')
  recorder.end(recording, well)
  const { reports, bytes } = await next()
  expect(String(bytes)).toBe('askanswer')
  expect(reports).toMatchObject([
    {
      id: 'a',
      begin: { model: 'small' },
      head: { status: 201, headers: [['x-a', 'b']] },
      requestLength: 3,
      replyLength: 6,
      end: { outcome: 'answered', status: 201, requestBytes: 3, replyBytes: 6 },
    },
  ])
  expect(reports[0]?.end?.insertions).toEqual([{ at: 6, length: 0, with: ': ours' }])
  expect(reports[0]?.reads).toHaveLength(4)
})

test('a request that came byte by byte is told like any other', async () => {
  const { pool, next } = createPosts()
  const parts = 1_000_000
  const recorder = createRecorder(pool, { ...settings, mostRequestBytes: parts }, wallClock)
  const recording = recorder.open('a', 1000)
  const request = recorder.request(recording)
  const byte = encode('x')
  for (let part = 0; part < parts; part++) request.chunk(byte)
  request.end()
  recorder.begin(recording, beginOf(), null)
  recorder.end(recording, well)
  const { reports, bytes } = await next()
  expect([reports[0]?.requestLength, bytes.byteLength]).toEqual([parts, parts])
})

test('each exchange that runs is told soon after its beginning, whoever else runs', async () => {
  const { pool, next } = createPosts()
  const recorder = createRecorder(pool, settings, wallClock)
  for (const id of ['a', 'b', 'c']) {
    recorder.begin(recorder.open(id, wallClock()), beginOf(), null)
    const { reports } = await next()
    expect(reports.map((report) => [report.id, report.begin !== null, report.end])).toEqual([
      [id, true, null],
    ])
  }
})

test('one that runs is told again every so often, but only if there is something to tell', async () => {
  const { pool, next, waiting } = createPosts()
  const recorder = createRecorder(pool, { ...settings, saveEveryMs: 5 }, wallClock)
  const recording = recorder.open('a', wallClock())
  recorder.begin(recording, beginOf({ secrets: ['the secret'] }), null)
  expect((await next()).reports[0]).toMatchObject({ secrets: [], replyLength: 0 })
  recorder.reply(recording, encode('one'))
  const { reports } = await next()
  // What must be hidden is told each time: the worker may be another one now.
  expect(reports).toMatchObject([{ begin: null, secrets: ['the secret'], replyLength: 3, end: null }])
  recorder.reply(recording, encode('two'))
  expect(String((await next()).bytes)).toBe('two')
  expect(waiting).toEqual([])
  recorder.end(recording, well)
  expect((await next()).reports).toMatchObject([{ replyLength: 0, end: { replyBytes: 6 } }])
})

test('an answer that is faster than that is told by size', async () => {
  const { pool, next } = createPosts()
  const recorder = createRecorder(pool, settings, wallClock)
  const recording = recorder.open('a', wallClock())
  recorder.begin(recording, beginOf(), null)
  await next()
  recorder.reply(recording, new Uint8Array(1 << 20))
  recorder.reply(recording, new Uint8Array(1))
  expect((await next()).bytes.byteLength).toBe((1 << 20) + 1)
})

test('a request is told once and whole, and past its bound counted only', async () => {
  const { pool, next } = createPosts()
  const recorder = createRecorder(pool, { ...settings, saveEveryMs: 5 }, wallClock)
  const recording = recorder.open('a', wallClock())
  const request = recorder.request(recording)
  request.chunk(new Uint8Array(600))
  recorder.begin(recording, beginOf(), null)
  expect((await next()).reports[0]?.requestLength).toBe(0)
  request.chunk(new Uint8Array(401))
  request.end()
  recorder.end(recording, well)
  expect((await next()).reports).toMatchObject([{ requestLength: 0, end: { requestBytes: 1001 } }])
})

test('many that end at once go out in batches of bounded size', async () => {
  const { pool, next } = createPosts()
  const recorder = createRecorder(pool, settings, wallClock)
  for (let id = 0; id < 501; id++) {
    const recording = recorder.open(`${id}`, wallClock())
    recorder.begin(recording, beginOf(), null)
    recorder.end(recording, well)
  }
  expect([(await next()).reports.length, (await next()).reports.length]).toEqual([500, 1])
})

test('a durable end is kept with its batch', async () => {
  const { pool, next } = createPosts()
  const recorder = createRecorder(pool, { ...settings, durable: true }, wallClock)
  const recording = recorder.open('a', wallClock())
  recorder.begin(recording, beginOf(), null)
  let isKept = false
  const end = recorder.end(recording, well)?.then(() => (isKept = true))
  const { kept } = await next()
  expect(isKept).toBe(false)
  kept()
  await end
  expect(isKept).toBe(true)
})

test('nobody waits for a store that is behind already', async () => {
  const { pool, next } = createPosts(2_000)
  const recorder = createRecorder(pool, { ...settings, durable: true }, wallClock)
  const recording = recorder.open('a', wallClock())
  recorder.begin(recording, beginOf(), null)
  await recorder.end(recording, well)
  expect((await next()).reports).toHaveLength(1)
})

test('a flush tells all that runs', async () => {
  const { pool, next } = createPosts()
  const recorder = createRecorder(pool, settings, wallClock)
  for (const id of ['a', 'b']) recorder.begin(recorder.open(id, wallClock()), beginOf(), null)
  await recorder.flush()
  expect((await next()).reports.map(({ id }) => id)).toEqual(['a', 'b'])
})
