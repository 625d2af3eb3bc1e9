import { expect, test } from 'bun:test'
import { play, sourceOf, traceOf } from '../world.ts'

const traces = Array.from({ length: 120 }, (_, index) => traceOf({ id: `trace-${index}` }))

test('whole traces are written, each as a line of JSON, over all pages', async () => {
  const played = await play(['traces', 'export'], { openTraces: async () => sourceOf(traces) })
  expect(played).toMatchObject({ code: 0, err: '' })
  expect(
    played.out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toEqual(traces)
})

test('progress is told on a terminal, unless the data goes there', async () => {
  const openTraces = async () => sourceOf(traces)
  const { err } = await play(['traces', 'export'], { openTraces, isErrorTerminal: true })
  expect(err).toStartWith('\r\x1b[2m1 traces, ')
  expect(err).toMatch(/\r120 traces, \d+\.\d kB\x1b\[K\n$/)
  expect(
    await play(['traces', 'export'], { openTraces, isErrorTerminal: true, isTerminal: true }),
  ).toMatchObject({ err: '' })
})

test('a trace that is pruned meanwhile is left out', async () => {
  const openTraces = async () => ({ ...sourceOf([traceOf()]), get: async () => null })
  expect(await play(['traces', 'export'], { openTraces })).toMatchObject({ code: 0, out: '' })
})

test('stopped, it ends as a command does that a signal stopped', async () => {
  const openTraces = async () => sourceOf(traces)
  const played = await play(['traces', 'export'], { openTraces, stop: AbortSignal.abort() })
  expect(played).toMatchObject({ code: 130, out: '' })
})
