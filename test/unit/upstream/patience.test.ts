import { expect, test } from 'bun:test'
import { createPatience, type WaitedFor } from '../../../src/upstream/patience.ts'

function scene(keepAliveMs = 0) {
  let now = 1000
  const told: string[] = []
  const settings = { firstByteMs: 100, idleMs: 50, clientIdleMs: 70, keepAliveMs }
  const patience = createPatience(
    () => settings,
    () => now,
  )
  const abort = new AbortController()
  const waiter = { abort, keepAlive: () => void told.push('still waiting') }
  abort.signal.addEventListener('abort', () => told.push(abort.signal.reason.code))
  const wait = {
    for: (what: WaitedFor) => patience.wait(waiter, what),
    rest: () => patience.rest(waiter),
  }
  const after = (ms: number) => {
    now += ms
    patience.look()
    return told.splice(0)
  }
  return { wait, after, settings }
}

test('the first byte is waited for as long as it may take, and then given up once', () => {
  const { wait, after } = scene()
  wait.for('first')
  expect([after(99), after(1), after(1000)]).toEqual([[], ['provider-slow'], []])
})

test('each byte begins the wait for the next anew', () => {
  const { wait, after } = scene()
  wait.for('first')
  wait.for('next')
  expect(after(49)).toEqual([])
  wait.for('next')
  expect([after(49), after(1)]).toEqual([[], ['provider-stalled']])
})

test('nobody is late while nobody waits', () => {
  const { wait, after } = scene()
  expect(after(10_000)).toEqual([])
  wait.for('next')
  wait.rest()
  expect(after(10_000)).toEqual([])
})

test('a client that takes nothing is waited for by a limit of its own, and not spoken to', () => {
  const { wait, after } = scene(20)
  wait.for('next')
  wait.for('client')
  expect([after(69), after(1), after(1000)]).toEqual([[], ['client-left'], []])
  const other = scene(0)
  other.wait.for('client')
  other.wait.for('next')
  expect(other.after(50)).toEqual(['provider-stalled'])
})

test('a silent stream is spoken into every so often, but not before its first byte', () => {
  const { wait, after } = scene(20)
  wait.for('first')
  expect(after(40)).toEqual([])
  wait.for('next')
  expect([after(19), after(1), after(19), after(1), after(10)]).toEqual([
    [],
    ['still waiting'],
    [],
    ['still waiting'],
    ['provider-stalled'],
  ])
})

test('new limits hold for those who wait already', () => {
  const { wait, after, settings } = scene()
  wait.for('next')
  settings.idleMs = 500
  expect([after(499), after(1)]).toEqual([[], ['provider-stalled']])
})
