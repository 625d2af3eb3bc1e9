import { expect, test } from 'bun:test'
import { createLanes } from '../../../src/wire/turn.ts'

test('only so many run at once, the others in the order in which they came, also behind one that fails', async () => {
  const lanes = createLanes(2)
  const order: string[] = []
  const ends: (() => void)[] = []
  const run = (name: string) =>
    lanes(async () => {
      order.push(name)
      await new Promise<void>((resolve) => ends.push(resolve))
      if (name === 'a') throw new Error('a failed')
      return name
    })
  const a = run('a').catch((error: unknown) => String(error))
  const [b, c, d] = [run('b'), run('c'), run('d')]
  expect(order).toEqual(['a', 'b'])
  ends[0]?.()
  expect(await a).toBe('Error: a failed')
  expect(order).toEqual(['a', 'b', 'c'])
  ends[1]?.()
  expect(await b).toBe('b')
  expect(order).toEqual(['a', 'b', 'c', 'd'])
  ends[2]?.()
  ends[3]?.()
  expect(await Promise.all([c, d])).toEqual(['c', 'd'])
  const again = run('e')
  expect(order.at(-1)).toBe('e')
  ends[4]?.()
  expect(await again).toBe('e')
})
