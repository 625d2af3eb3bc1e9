import { expect, spyOn, test } from 'bun:test'
import { Fault } from '../../../src/core/fault.ts'
import {
  concatenate,
  concatenateInTurns,
  fromBytes,
  readThrough,
  readWhole,
  type Watcher,
} from '../../../src/wire/body.ts'

const limits = { wholeBytes: 100_000, streamedBytes: 200_000, silenceMs: 30 }
const bytes = (length: number, fill = 1) => new Uint8Array(length).fill(fill)

/** A request whose body comes in these parts; with `stuck` it never ends, with an error it fails. */
function requestOf(
  parts: readonly Uint8Array[],
  more: { length?: number; end?: 'stuck' | Error } = {},
): Request {
  const left = [...parts]
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const part = left.shift()
      if (part !== undefined) return controller.enqueue(part)
      if (more.end === 'stuck') return new Promise<void>(() => {})
      if (more.end !== undefined) return controller.error(more.end)
      controller.close()
    },
  })
  const headers: Record<string, string> =
    more.length === undefined ? {} : { 'content-length': `${more.length}` }
  return new Request('http://weir/', { method: 'POST', body, headers })
}

type Seen = { readonly watcher: Watcher; readonly parts: Uint8Array[]; readonly told: string[] }

function watch(): Seen {
  const parts: Uint8Array[] = []
  const told: string[] = []
  const watcher: Watcher = {
    chunk: (part) => void parts.push(part),
    end: () => void told.push('end'),
    fail: (fault) => void told.push(fault.code),
  }
  return { watcher, parts, told }
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'fine'
  } catch (error) {
    return error instanceof Fault ? error.code : String(error)
  }
}

async function drained(
  body: ReturnType<Awaited<ReturnType<typeof readThrough>>['open']>,
): Promise<Uint8Array> {
  return body === null ? bytes(0) : new Response(body).bytes()
}

test('a body is read whole up to its limit, and a byte more is refused, with or without a length', async () => {
  for (const size of [99_999, 100_000, 100_001]) {
    const expected = size > 100_000 ? 'body-too-large' : 'fine'
    expect(await codeOf(readWhole(requestOf([bytes(50_000), bytes(size - 50_000)]), limits))).toBe(expected)
    expect(await codeOf(readWhole(requestOf([bytes(size)], { length: size }), limits))).toBe(expected)
  }
  const small = { ...limits, wholeBytes: 10 }
  expect(await codeOf(readWhole(requestOf([bytes(11)], { length: 11 }), small))).toBe('body-too-large')
  expect(await codeOf(readThrough(requestOf([bytes(11)], { length: 11 }), small, watch().watcher))).toBe(
    'body-too-large',
  )
})

test('no body is none, whether or not a length says so', async () => {
  expect(await readWhole(new Request('http://weir/'), limits)).toBeNull()
  expect(await readWhole(requestOf([], { length: 0 }), limits)).toBeNull()
  expect(await readWhole(requestOf([]), limits)).toBeNull()
  const { watcher, parts, told } = watch()
  const body = await readThrough(requestOf([]), limits, watcher)
  expect([body.whole(), body.open(), parts, told]).toEqual([null, null, [], ['end']])
})

test('a body that stops coming is slow, whole or streamed', async () => {
  expect(await codeOf(readWhole(requestOf([bytes(5)], { end: 'stuck' }), limits))).toBe('request-slow')
  expect(await codeOf(readWhole(requestOf([bytes(5)], { end: 'stuck', length: 9 }), limits))).toBe(
    'request-slow',
  )
  const { watcher, told } = watch()
  const body = await readThrough(requestOf([bytes(5)], { end: 'stuck' }), limits, watcher)
  expect(await codeOf(drained(body.open()))).toBe('request-slow')
  expect(told).toEqual(['request-slow'])
})

/** A body that comes in so many parts, each of them when the one before was long enough ago to be no silence. */
function trickle(count: number, part: Uint8Array): Request {
  let left = count
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      if (left-- === 0) return controller.close()
      await new Promise((resolve) => setTimeout(resolve, 10))
      controller.enqueue(part)
    },
  })
  return new Request('http://weir/', { method: 'POST', body })
}

test('a body that comes byte by byte is cut although it is never silent, and one that comes at a fair pace is not', async () => {
  expect(await codeOf(readWhole(trickle(1000, bytes(1)), { ...limits, silenceMs: 60 }))).toBe('request-slow')
  const { watcher, told } = watch()
  const body = await readThrough(trickle(1000, bytes(1)), { ...limits, silenceMs: 60 }, watcher)
  expect(await codeOf(drained(body.open()))).toBe('request-slow')
  expect(told).toEqual(['request-slow'])
  expect(await codeOf(readWhole(trickle(20, bytes(5000)), { ...limits, silenceMs: 100 }))).toBe('fine')
})

test('a slow sender makes no timer for each part of its body', async () => {
  const timers = spyOn(globalThis, 'setTimeout')
  try {
    expect(await codeOf(readWhole(trickle(1000, bytes(1)), { ...limits, silenceMs: 203 }))).toBe(
      'request-slow',
    )
    // Those of the sender itself aside.
    expect(timers.mock.calls.filter(([, ms]) => ms !== 10).length).toBeLessThan(5)
  } finally {
    timers.mockRestore()
  }
})

test('while nobody takes a body no time passes for its sender', async () => {
  const { watcher } = watch()
  const body = await readThrough(requestOf([bytes(5), bytes(5)]), { ...limits, silenceMs: 20 }, watcher)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect((await drained(body.open())).byteLength).toBe(10)
})

test('a body that breaks off is the work of a client that left', async () => {
  const end = new Error('The connection was closed.')
  expect(await codeOf(readWhole(requestOf([bytes(5)], { end }), limits))).toBe('client-left')
  const { watcher, told } = watch()
  const body = await readThrough(requestOf([bytes(5)], { end }), limits, watcher)
  expect(await codeOf(drained(body.open()))).toBe('client-left')
  expect(told).toEqual(['client-left'])
})

test('a streamed body passes part by part, each seen once, also for a second attempt', async () => {
  const { watcher, parts, told } = watch()
  const body = await readThrough(requestOf([bytes(3, 1), bytes(2, 2), bytes(4, 3)]), limits, watcher)
  expect([body.whole(), parts.length]).toEqual([null, 1])
  const first = body.open()
  if (!(first instanceof ReadableStream)) throw new Error('not streamed')
  const reader = first.getReader()
  await reader.read()
  await reader.read()
  expect(parts.length).toBe(2)
  // The first attempt has failed here: the second begins at the beginning.
  const whole = concatenate([bytes(3, 1), bytes(2, 2), bytes(4, 3)])
  expect(await drained(body.open())).toEqual(whole)
  expect([concatenate(parts), told, body.whole()]).toEqual([whole, ['end'], whole])
})

test('a body whose length is known, and that is here in a moment, is sent in one, and again', async () => {
  const { watcher, parts, told } = watch()
  const sent = [bytes(70_000, 1), bytes(5, 2), bytes(30_000, 3)]
  const body = await readThrough(requestOf(sent, { length: 100_005 }), limits, watcher)
  expect([told, parts.length, body.whole(), body.replayable()]).toEqual([['end'], 3, null, true])
  for (const opened of [body.open(), body.open()]) {
    expect(opened).toBeInstanceOf(Blob)
    expect(await drained(opened)).toEqual(concatenate(sent))
  }
})

test('one that takes longer is followed from where it is, and what was asked for is not lost', async () => {
  const { watcher, parts, told } = watch()
  const sent = [bytes(70_000, 1), bytes(5, 2), bytes(30_000, 3)]
  const left = [...sent]
  const slow = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      // Longer than the moment that is waited.
      if (left.length === 2) await Bun.sleep(25)
      const part = left.shift()
      if (part === undefined) controller.close()
      else controller.enqueue(part)
    },
  })
  const headers = { 'content-length': '100005' }
  const request = new Request('http://weir/', { method: 'POST', body: slow, headers })
  const body = await readThrough(request, { ...limits, silenceMs: 1000 }, watcher)
  expect([told, parts.length]).toEqual([[], 1])
  const opened = body.open()
  expect(opened).toBeInstanceOf(ReadableStream)
  expect(await drained(opened)).toEqual(concatenate(sent))
  expect([told, parts.length]).toEqual([['end'], 3])
})

test('a body that breaks off within the moment is refused, and one that is too long to be held is streamed', async () => {
  const broken = requestOf([bytes(70_000)], { length: 100_000, end: new Error('reset') })
  expect(await codeOf(readThrough(broken, limits, watch().watcher))).toBe('client-left')
  const long = requestOf([bytes(8 << 20), bytes(1)], { length: (8 << 20) + 1 })
  const body = await readThrough(long, { ...limits, streamedBytes: 1 << 30 }, watch().watcher)
  expect(body.open()).toBeInstanceOf(ReadableStream)
})

test('two attempts that read at once get all of it each', async () => {
  const { watcher, parts } = watch()
  const body = await readThrough(requestOf([bytes(3, 1), bytes(2, 2), bytes(4, 3)]), limits, watcher)
  const whole = concatenate([bytes(3, 1), bytes(2, 2), bytes(4, 3)])
  expect(await Promise.all([drained(body.open()), drained(body.open())])).toEqual([whole, whole])
  expect(concatenate(parts)).toEqual(whole)
})

test('a streamed body past its limit fails, and the watcher is told', async () => {
  const { watcher, told } = watch()
  const body = await readThrough(requestOf([bytes(150_000), bytes(50_001)]), limits, watcher)
  expect(await codeOf(drained(body.open()))).toBe('body-too-large')
  expect(told).toEqual(['body-too-large'])
})

test('past 8 MB a body is not held for a second attempt', async () => {
  const large = { ...limits, streamedBytes: 1 << 30 }
  const body = await readThrough(
    requestOf(Array.from({ length: 12 }, () => bytes(1 << 20))),
    large,
    watch().watcher,
  )
  expect(body.replayable()).toBe(true)
  expect((await drained(body.open())).byteLength).toBe(12 << 20)
  expect([body.replayable(), body.whole()]).toEqual([false, null])
})

test('bytes that are there already are a body of their own', () => {
  const body = fromBytes(bytes(2))
  expect([body.whole(), body.open(), body.replayable()]).toEqual([bytes(2), bytes(2), true])
})

test('parts of any size are joined in order, in turns', async () => {
  const sizes = [0, 1, 3 << 20, 5, (2 << 20) - 1, 0, 4 << 20]
  const parts = sizes.map((size, at) => bytes(size, at + 1))
  const joined = await concatenateInTurns(parts)
  expect(Buffer.compare(joined, concatenate(parts))).toBe(0)
  expect(await concatenateInTurns([])).toEqual(bytes(0))
})

test('a body of tiny parts passes as it comes, to two attempts at their own pace', async () => {
  const sizes = [1, 1, 3000, 1000, 500, 1, 5000, 1, 2, 4096, 7]
  const sent = sizes.map((size, at) => bytes(size, at + 1))
  const { watcher, parts } = watch()
  const body = await readThrough(requestOf(sent), limits, watcher)
  const [fast, slow] = [body.open(), body.open()]
  if (!(fast instanceof ReadableStream && slow instanceof ReadableStream)) throw new Error('not streamed')
  const readers = [fast.getReader(), slow.getReader()]
  const got: Uint8Array[][] = [[], []]
  for (let turn = 0; turn < 40; turn++) {
    const who = turn % 3 === 0 ? 1 : 0
    const { value } = (await readers[who]?.read()) ?? {}
    if (value !== undefined) got[who]?.push(value)
  }
  const whole = concatenate(sent)
  for (const each of got) expect(Buffer.compare(concatenate(each), whole)).toBe(0)
  expect(got[0]?.map(({ byteLength }) => byteLength)).toEqual(sizes)
  expect([parts.length, body.whole()]).toEqual([sizes.length, whole])
})
