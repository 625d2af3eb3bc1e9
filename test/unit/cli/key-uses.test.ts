import { expect, test } from 'bun:test'
import { keepKeyUses } from '../../../src/cli/key-uses.ts'
import { Fault } from '../../../src/core/fault.ts'

/** When keys were used, written down at the end; the minute itself belongs to nobody's test. */
function usesOf(uses: Readonly<Record<string, number>>, change: (text: string) => Promise<string>) {
  const lines: unknown[] = []
  return {
    lines,
    keeping: keepKeyUses({
      access: { takeUses: () => uses },
      change,
      log: (...line) => void lines.push(line),
    }),
  }
}

test('what was used is written at the end, and nothing where nothing was', async () => {
  const written: unknown[] = []
  const change = async (text: string) => {
    written.push(JSON.parse(text))
    return '{"kind":"done","json":"null"}'
  }
  await usesOf({ a: 5 }, change).keeping.stop()
  await usesOf({}, change).keeping.stop()
  expect(written).toMatchObject([{ kind: 'keys-used', uses: { a: 5 } }])
})

test('a store that cannot be written to loses them, and says how many', async () => {
  const cause = 'The store cannot be written to now'
  const gone = () => Promise.reject(new Fault('overloaded', cause))
  const full = async () => JSON.stringify({ kind: 'refused', code: 'overloaded', message: cause })
  for (const change of [gone, full]) {
    const { keeping, lines } = usesOf({ a: 5, b: 6 }, change)
    await keeping.stop()
    expect(lines).toEqual([['warn', 'key-uses-lost', { count: 2, cause }]])
  }
})
