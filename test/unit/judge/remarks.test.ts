import { expect, test } from 'bun:test'
import { createObserver, type Remark } from '../../../src/judge/remarks.ts'
import { orderOf } from '../../support/judged.ts'

const order = orderOf(
  'raise "a" if:\n    (m: Message)\n    m.role\n\nraise "b" if:\n    (m: Message)\n    m.role\n',
)

test('what kept a rule silent is told of each rule once, with its line', () => {
  const told: Remark[] = []
  const observe = createObserver((remark) => told.push(remark))
  const warnings = [
    { rule: 0, message: 'neither' },
    { rule: 1, message: 'neither' },
  ]
  observe(order, warnings)
  observe(order, warnings)
  observe({ ...order, name: 'other' }, warnings.slice(1))
  expect(told).toEqual([
    { order: 'order', line: 1, message: 'neither' },
    { order: 'order', line: 5, message: 'neither' },
    { order: 'other', line: 5, message: 'neither' },
  ])
})

test('of very many no more is told than may be remembered', () => {
  let count = 0
  const observe = createObserver(() => count++)
  for (let name = 0; name < 2_000; name++)
    observe({ ...order, name: `${name}` }, [{ rule: 0, message: 'neither' }])
  expect(count).toBe(1_000)
})
