import { expect, jest, test } from 'bun:test'
import type { Fields } from '../../../src/core/log.ts'
import { createPool, type FromWorker, type Pool, type ToWorker } from '../../../src/merge/pool.ts'
import { said } from '../../support/traces.ts'

/** A worker that is played by the test. */
type Played = {
  readonly got: ToWorker[]
  readonly say: (message: FromWorker) => void
  readonly die: (why: string) => void
  ended: boolean
}

type Scene = {
  readonly pool: Pool
  readonly workers: Played[]
  readonly lines: [event: string, fields: Fields][]
  /** The next worker that is hired. */
  readonly hired: () => Promise<Played>
  kept: number
}

const never = { openingMs: 60_000, keepingMs: 60_000 }

function play(fails = 0, silence = never): Scene {
  const workers: Played[] = []
  const lines: [string, Fields][] = []
  const waiting: ((worker: Played) => void)[] = []
  let failures = fails
  const pool = createPool({
    hire: (say, die) => {
      if (failures-- > 0) throw new Error('no thread')
      const worker: Played = { got: [], say, die, ended: false }
      workers.push(worker)
      waiting.shift()?.(worker)
      return { post: (message) => void worker.got.push(message), end: () => void (worker.ended = true) }
    },
    mostInboxBytes: 1000,
    onKept: () => void scene.kept++,
    log: (_, event, fields = {}) => void lines.push([event, fields]),
    now: () => 5000,
    silence,
  })
  const hired = () => new Promise<Played>((resolve) => waiting.push(resolve))
  const scene: Scene = { pool, workers, lines, hired, kept: 0 }
  return scene
}

function post({ pool }: Scene, id: string, kept = () => {}): void {
  const { report } = said(id, '', 'bytes')
  pool.post([report], [new TextEncoder().encode('bytes')], kept)
}

function first({ workers }: Scene): Played {
  const [worker] = workers
  if (worker === undefined) throw new Error('Nobody was hired')
  return worker
}

const batches = ({ got }: Played) =>
  got.map((message) =>
    message.kind === 'batch' ? [message.number, Buffer.from(message.bytes).toString()] : message.kind,
  )

test('what is posted is sent at once, and settled when the worker says so', () => {
  const scene = play()
  let isKept = false
  post(scene, 'a', () => (isKept = true))
  expect(batches(first(scene))).toEqual([[1, 'bytes']])
  expect(scene.pool.state()).toMatchObject({ inboxReports: 1, lagMs: 0 })
  first(scene).say({ kind: 'kept', number: 1, lost: 0 })
  expect([isKept, scene.kept, scene.pool.state().inboxReports]).toEqual([true, 1, 0])
})

test('a worker that dies is replaced, and its successor gets the same bytes again', async () => {
  const scene = play()
  post(scene, 'a')
  const next = scene.hired()
  first(scene).say({ kind: 'ready' })
  first(scene).die('an error')
  first(scene).die('it ended')
  post(scene, 'b')
  expect(batches(await next)).toEqual([
    [1, 'bytes'],
    [2, 'bytes'],
  ])
  expect(scene.pool.state().restarts).toBe(1)
  expect(scene.lines).toEqual([['worker-died', { why: 'an error', waiting: 1, restartMs: 10 }]])
})

test('a worker that is gone is not heard any more', async () => {
  const scene = play()
  const next = scene.hired()
  first(scene).die('an error')
  first(scene).die('and again')
  await next
  first(scene).die('long gone')
  expect(scene.pool.state().restarts).toBe(1)
})

test('a worker that cannot be hired is tried for again, later each time', async () => {
  const scene = play(3)
  post(scene, 'a')
  expect(batches(await scene.hired())).toEqual([[1, 'bytes']])
  expect(scene.lines.map(([, { restartMs }]) => restartMs)).toEqual([10, 20, 40])
})

test('it stops when the worker says so, or is gone', async () => {
  for (const end of [
    (worker: Played) => worker.say({ kind: 'stopped' }),
    (worker: Played) => worker.die('it ended'),
  ]) {
    const scene = play()
    const stopped = scene.pool.stop()
    expect(first(scene).got).toEqual([{ kind: 'stop' }])
    end(first(scene))
    await stopped
    expect(scene.pool.state().restarts).toBe(0)
  }
})

test("a worker's lines are logged as its own", () => {
  const scene = play()
  first(scene).say({ kind: 'log', level: 'error', event: 'store-trouble', fields: { kind: 'full' } })
  expect(scene.lines).toEqual([['store-trouble', { kind: 'full' }]])
})

test('a worker that says nothing while it has work is ended and replaced, and what it says then is not heard', async () => {
  const scene = play(0, { openingMs: 60_000, keepingMs: 5 })
  first(scene).say({ kind: 'ready' })
  post(scene, 'a')
  const next = await scene.hired()
  expect(batches(next)).toEqual([[1, 'bytes']])
  expect([first(scene).ended, next.ended]).toEqual([true, false])
  expect(scene.lines).toEqual([
    ['worker-died', { why: 'it said nothing for 0.005 s', waiting: 1, restartMs: 10 }],
  ])
  first(scene).say({ kind: 'kept', number: 1, lost: 0 })
  first(scene).die('it ended')
  expect(scene.pool.state()).toMatchObject({ inboxReports: 1, restarts: 1 })
  next.say({ kind: 'kept', number: 1, lost: 0 })
  expect(scene.pool.state()).toMatchObject({ inboxReports: 0, droppedPayloads: 0 })
})

test('a report that hangs two workers loses its payload, and one that hangs three is given up', async () => {
  const scene = play(0, { openingMs: 60_000, keepingMs: 5 })
  post(scene, 'a')
  const seen: unknown[] = []
  for (let worker = first(scene); ; worker = await scene.hired()) {
    seen.push(...batches(worker))
    worker.say({ kind: 'ready' })
    if (scene.pool.state().inboxReports === 0) break
  }
  expect(seen).toEqual([
    [1, 'bytes'],
    [1, 'bytes'],
    [1, ''],
  ])
  expect(scene.pool.state()).toMatchObject({ droppedPayloads: 1, lostReports: 1, restarts: 3 })
})

test('a worker that cannot open its store, and one without work, may be silent', () => {
  jest.useFakeTimers()
  try {
    const scene = play(0, { openingMs: 20, keepingMs: 5 })
    post(scene, 'a')
    for (let turn = 0; turn < 10; turn++) {
      jest.advanceTimersByTime(15)
      first(scene).say({ kind: 'alive' })
    }
    first(scene).say({ kind: 'ready' })
    jest.advanceTimersByTime(4)
    first(scene).say({ kind: 'kept', number: 1, lost: 0 })
    jest.advanceTimersByTime(1000)
    expect(first(scene).ended).toBe(false)
    post(scene, 'b')
    jest.advanceTimersByTime(5)
    expect(first(scene).ended).toBe(true)
  } finally {
    jest.useRealTimers()
  }
})

test('a worker that is silent on a change is ended, and one that says that it is at work is not', async () => {
  jest.useFakeTimers()
  try {
    const scene = play(0, { openingMs: 20, keepingMs: 5 })
    first(scene).say({ kind: 'ready' })
    const changed = scene.pool.change('long', new ArrayBuffer(0))
    for (let turn = 0; turn < 5; turn++) {
      jest.advanceTimersByTime(4)
      first(scene).say({ kind: 'alive' })
    }
    expect(first(scene).ended).toBe(false)
    jest.advanceTimersByTime(5)
    expect(first(scene).ended).toBe(true)
    await expect(changed).rejects.toThrow('not known')
  } finally {
    jest.useRealTimers()
  }
})

test('a change is answered by the worker, and those of one that died are told that nobody knows', async () => {
  const scene = play()
  const { pool } = scene
  const worker = first(scene)
  const asked = pool.change('{"kind":"x"}', new ArrayBuffer(4))
  const [message] = worker.got
  if (message?.kind !== 'change') throw new Error('no change was posted')
  expect(message).toMatchObject({ change: '{"kind":"x"}' })
  worker.say({ kind: 'changed', number: message.number, answer: 'done' })
  expect(await asked).toBe('done')
  const lost = pool.change('', new ArrayBuffer(0))
  worker.die('of an error')
  await expect(lost).rejects.toMatchObject({ code: 'internal' })
  await expect(pool.change('', new ArrayBuffer(0))).rejects.toMatchObject({ code: 'overloaded' })
})
