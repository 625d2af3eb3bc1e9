import { expect, test } from 'bun:test'
import { createMetrics } from '../../../src/core/metrics.ts'

test('counts add up by their labels, and are printed with what they are', () => {
  const metrics = createMetrics()
  const things = metrics.counter('weir_things', 'Things')
  things({ kind: 'a' }).add()
  things({ kind: 'a' }).add(2)
  things({ kind: 'b' }).add()
  expect(metrics.print()).toBe(
    '# HELP weir_things Things\n# TYPE weir_things counter\nweir_things{kind="a"} 3\nweir_things{kind="b"} 1\n',
  )
})

test('a histogram counts into buckets that hold all below them', () => {
  const metrics = createMetrics()
  const waits = metrics.histogram('weir_seconds', 'Seconds')
  for (const seconds of [0.001, 0.002, 1, 1000]) waits({ provider: 'p' }).observe(seconds)
  const lines = metrics.print().split('\n')
  expect(lines).toContain('weir_seconds_bucket{provider="p",le="0.001"} 1')
  expect(lines).toContain('weir_seconds_bucket{provider="p",le="0.005"} 2')
  expect(lines).toContain('weir_seconds_bucket{provider="p",le="1"} 3')
  expect(lines).toContain('weir_seconds_bucket{provider="p",le="600"} 3')
  expect(lines).toContain('weir_seconds_bucket{provider="p",le="+Inf"} 4')
  expect(lines).toContain('weir_seconds_sum{provider="p"} 1001.003')
  expect(lines).toContain('weir_seconds_count{provider="p"} 4')
})

test('a gauge is read when somebody looks', () => {
  const metrics = createMetrics()
  let value = 1
  metrics.gauge('weir_now', 'Now', () => value)
  value = 2
  expect(metrics.print()).toContain('weir_now 2\n')
})

test('values from outside can neither break the form nor grow without bound', () => {
  const metrics = createMetrics()
  const things = metrics.counter('weir_things', 'Things')
  things({ model: 'a"b\\c\nweir_forged 1' }).add()
  for (let model = 0; model < 2000; model++) things({ model: `m${model}` }).add()
  things({ model: 'm0' }).add()
  const lines = metrics
    .print()
    .split('\n')
    .filter((line) => line.startsWith('weir_'))
  expect(lines[0]).toBe('weir_things{model="a\\"b\\\\c\\nweir_forged 1"} 1')
  expect(lines.length).toBeLessThan(510)
  expect(lines).toContain('weir_things{model="m0"} 2')
  const counted = lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  expect(counted).toBe(2002)
})

test('past the bound it is the model alone that is no longer told', () => {
  const metrics = createMetrics()
  const things = metrics.counter('weir_things', 'Things')
  for (let model = 0; model < 500; model++) things({ provider: 'p', model: `m${model}` }).add()
  things({ provider: 'p', model: 'm500', outcome: 'failed' }).add()
  things({ provider: 'q', model: 'm501', outcome: 'answered' }).add()
  things({ provider: 'q', model: 'm502', outcome: 'answered' }).add()
  things({ provider: 'r' }).add()
  things({ provider: 'p', model: 'm499' }).add()
  const lines = metrics.print().split('\n')
  expect(lines).toContain('weir_things{provider="p",model="other",outcome="failed"} 1')
  expect(lines).toContain('weir_things{provider="q",model="other",outcome="answered"} 2')
  expect(lines).toContain('weir_things{provider="r"} 1')
  expect(lines).toContain('weir_things{provider="p",model="m499"} 2')
})
