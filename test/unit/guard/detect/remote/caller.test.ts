import { expect, test } from 'bun:test'
import { createCaller, type Bounds } from '../../../../../src/guard/detect/remote/caller.ts'
import { fail, failureOf } from '../../../../../src/guard/detect/remote/failure.ts'
import { settled } from '../../../../support/time.ts'

const never = new AbortController().signal

function createTimer() {
  let nowMs = 0
  const timers = new Set<{ atMs: number; run: () => void }>()
  return {
    now: () => nowMs,
    after: (ms: number, run: () => void) => {
      const timer = { atMs: nowMs + ms, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    advance: async (ms: number) => {
      nowMs += ms
      for (const timer of [...timers]) if (timer.atMs <= nowMs && timers.delete(timer)) timer.run()
      await settled()
    },
    count: () => timers.size,
  }
}

function caller(more: Partial<Bounds> = {}) {
  const timer = createTimer()
  const bounds = { timeoutMs: 100, maxConcurrent: 2, maxWaiting: 2, maxFailures: 3, restMs: 1000, ...more }
  const endings: string[] = []
  const told = (ending: string, ms: number): void => void endings.push(`${ending} ${ms}`)
  return { timer, endings, ...createCaller(bounds, { timer, told }) }
}

/** Calls that end when they are told to. */
function held() {
  const open: { end: (answer: string) => void; break: (error: Error) => void; signal: AbortSignal }[] = []
  const work = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => open.push({ end: resolve, break: reject, signal }))
  return { open, work }
}

/** How it ended, in words. */
function ending(promise: Promise<unknown>): Promise<string> {
  return promise.then(String, (error: unknown) => `${failureOf(error).blame}: ${failureOf(error).message}`)
}

test('so many calls are made at once, the others wait in order, and past their number they fail', async () => {
  const { call } = caller()
  const { open, work } = held()
  const endings = Array.from({ length: 5 }, () => ending(call(work, never)))
  await settled()
  expect(open).toHaveLength(2)
  expect(await endings[4]).toBe('busy: 2 calls wait for it already')
  open[1]?.end('second')
  await settled()
  expect(open).toHaveLength(3)
  open[2]?.end('third')
  await settled()
  open[0]?.end('first')
  open[3]?.end('fourth')
  expect(await Promise.all(endings.slice(0, 4))).toEqual(['first', 'second', 'third', 'fourth'])
})

test('a call that takes too long fails, is told to stop, and gives its place away', async () => {
  const { call, timer } = caller({ maxConcurrent: 1 })
  const { open, work } = held()
  const [slow, next] = [ending(call(work, never)), ending(call(work, never))]
  await settled()
  await timer.advance(99)
  expect(open[0]?.signal.aborted).toBe(false)
  await timer.advance(1)
  expect(await slow).toBe('service: it did not answer within 100 ms')
  expect(open[0]?.signal.aborted).toBe(true)
  // The time of the second begins with its place.
  await timer.advance(99)
  open[1]?.end('in time')
  expect(await next).toBe('in time')
  expect(timer.count()).toBe(0)
})

test('who gives up gets the own reason, whether the call waits or runs, and no failure is counted', async () => {
  const { call } = caller({ maxConcurrent: 1, maxFailures: 1 })
  const { open, work } = held()
  const leaving = new AbortController()
  const reason = new Error('enough')
  const both = [call(work, leaving.signal), call(work, leaving.signal)].map((each) =>
    each.catch((error: unknown) => error),
  )
  await settled()
  leaving.abort(reason)
  expect(await Promise.all(both)).toEqual([reason, reason])
  expect(open).toHaveLength(1)
  await expect(call(work, leaving.signal)).rejects.toBe(reason)
  const after = ending(call(work, never))
  await settled()
  open[1]?.end('fine')
  expect(await after).toBe('fine')
})

test('a service that keeps failing gets a rest; then one call tries, and decides for all', async () => {
  const { call, timer } = caller()
  const broken = () => call(async () => fail('service', 'broken'), never)
  for (let at = 0; at < 3; at++) expect(await ending(broken())).toBe('service: broken')
  expect(await ending(broken())).toBe('busy: it failed 3 times in a row and is asked again in 1 s')
  await timer.advance(1000)
  const { open, work } = held()
  const attempt = ending(call(work, never))
  await settled()
  expect(await ending(broken())).toBe(
    'busy: it failed 3 times in a row and is asked again once a call has come through',
  )
  open[0]?.break(new Error('http://canary/'))
  expect(await attempt).toBe('service: Error was not expected')
  expect(await ending(broken())).toStartWith('busy: it failed 3 times in a row and is asked again in 1 s')
  await timer.advance(1000)
  expect(await ending(call(async () => 'fine', never))).toBe('fine')
  expect(await ending(broken())).toBe('service: broken')
})

test('a failure that is of the text alone says that the service is well', async () => {
  const { call } = caller()
  for (let at = 0; at < 2; at++) await ending(call(async () => fail('service', 'broken'), never))
  for (let at = 0; at < 9; at++)
    expect(await ending(call(async () => fail('text', 'too long'), never))).toBe('text: too long')
  for (let at = 0; at < 2; at++) await ending(call(async () => fail('service', 'broken'), never))
  expect(await ending(call(async () => 'fine', never))).toBe('fine')
})

test('a call that gave up while it tried lets another one try', async () => {
  const { call, timer } = caller({ maxFailures: 1 })
  await ending(call(async () => fail('service', 'broken'), never))
  await timer.advance(1000)
  const { work } = held()
  const leaving = new AbortController()
  const attempt = call(work, leaving.signal).catch(() => 'left')
  await settled()
  leaving.abort(new Error('enough'))
  expect(await attempt).toBe('left')
  expect(await ending(call(async () => 'fine', never))).toBe('fine')
})

test('many items are asked without filling the queue, and answered in their order', async () => {
  const { each } = caller({ maxWaiting: 0 })
  const items = Array.from({ length: 50 }, (_, at) => at)
  let [running, most] = [0, 0]
  const answers = await each(
    items,
    async (item) => {
      most = Math.max(most, ++running)
      await settled()
      running--
      return item * 2
    },
    never,
  )
  expect(answers).toEqual(items.map((item) => item * 2))
  expect(most).toBe(2)
  expect(await each([], async () => 1, never)).toEqual([])
})

test('the first failure ends the other calls, and none is made after it', async () => {
  const { each } = caller()
  let calls = 0
  const signals: AbortSignal[] = []
  const work = async (item: number, signal: AbortSignal): Promise<number> => {
    calls++
    signals.push(signal)
    if (item === 1) return fail('service', 'broken')
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    return item
  }
  expect(await ending(each([0, 1, 2, 3], work, never))).toBe('service: broken')
  await settled()
  expect(calls).toBe(2)
  expect(signals[0]?.aborted).toBe(true)
})

test('without a limit of waiting calls none may wait', async () => {
  const { call } = caller({ maxConcurrent: 1, maxWaiting: 0 })
  const { open, work } = held()
  const first = ending(call(work, never))
  expect(await ending(call(work, never))).toBe('busy: 0 calls wait for it already')
  open[0]?.end('fine')
  expect(await first).toBe('fine')
})

test('each call is told with how it ended and how long it took, waiting included', async () => {
  const { call, timer, endings } = caller({ maxConcurrent: 1, maxWaiting: 1, maxFailures: 9 })
  const { open, work } = held()
  const leaving = new AbortController()
  const calls = [call(work, never), call(work, leaving.signal), call(work, never)].map(ending)
  await settled()
  await timer.advance(5)
  open[0]?.end('fine')
  await settled()
  leaving.abort(new Error('enough'))
  await Promise.all(calls)
  await ending(call(async () => fail('text', 'too long'), never))
  await ending(call(async () => fail('service', 'broken'), never))
  expect(endings).toEqual(['busy 0', 'answered 5', 'left 5', 'text 0', 'service 0'])
})
