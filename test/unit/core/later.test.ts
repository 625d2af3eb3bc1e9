import { expect, test } from 'bun:test'
import { createLater, forget } from '../../../src/core/later.ts'

function scene() {
  let now = 0
  let timers: { at: number; look: () => void }[] = []
  const later = createLater(
    (ms, look) => void timers.push({ at: now + ms, look }),
    () => now,
  )
  const told: string[] = []
  const say = (ms: number, text: string) => later(ms, () => void told.push(`${now} ${text}`))
  const until = (ms: number) => {
    for (; now < ms; now++) {
      const due = timers.filter(({ at }) => at <= now)
      timers = timers.filter(({ at }) => at > now)
      for (const { look } of due) look()
    }
    return told.splice(0)
  }
  return { later, say, until, timers: () => timers.length }
}

test('each is due after its own time, whoever waits equally long', () => {
  const { say, until } = scene()
  say(10, 'a')
  say(25, 'b')
  until(4)
  say(10, 'c')
  expect(until(100)).toEqual(['10 a', '14 c', '25 b'])
})

test('what is forgotten is not due any more, not even by what is due with it', () => {
  const { later, say, until } = scene()
  later(7, () => forget(second))
  const second = say(7, 'second')
  const third = say(7, 'third')
  forget(third)
  forget(third)
  say(7, 'fourth')
  expect(until(20)).toEqual(['7 fourth'])
})

test('thousands share one timer, and none is left when nobody waits', () => {
  const { say, until, timers } = scene()
  for (let each = 0; each < 1000; each++) forget(say(20, 'x'))
  expect(timers()).toBe(1)
  expect([until(30), timers()]).toEqual([[], 0])
  say(20, 'again')
  expect(until(60)).toEqual(['50 again'])
})

test('one that throws keeps nobody else from being due', () => {
  const { later, say, until } = scene()
  later(9, () => {
    throw new Error('expected')
  })
  say(9, 'next')
  expect(() => until(20)).toThrow('expected')
  expect(until(20)).toEqual(['10 next'])
})
