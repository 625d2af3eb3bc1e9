import { join } from 'node:path'
import { type DialectName, dialectNames } from '../../src/dialect/dialect.ts'
import type { Row } from '../support/bench.ts'
import type { Finding } from '../support/finding.ts'
import type { MergeTold } from '../support/merge-part.ts'

/**
 * What one answer takes while it is merged, at the most, in a process of its own: 50 MB of text in 100,000 events, and half
 * of it in half as many. What grows with the square takes four times as much for twice the answer.
 */
const events = 100_000
const length = 500
const mostTimes = 8
const mostGrowth = 2.6

export const mergeMemory: Row = {
  name: 'merge-memory',
  run: async () => {
    const findings: Finding[] = []
    for (const name of dialectNames) findings.push(await measure(name))
    return findings
  },
}

async function measure(name: DialectName): Promise<Finding> {
  const half = await merge(name, events / 2)
  const whole = await merge(name, events)
  const times = whole.peakBytes / whole.answerBytes
  const growth = { bytes: whole.peakBytes / half.peakBytes, ms: whole.ms / half.ms }
  return {
    what: `memory of ${name}, ${Math.round(whole.answerBytes / 1e6)} MB in ${events} events`,
    target: `at most ${mostTimes} x the answer, and for half of it half`,
    unit: 'MB',
    bare: null,
    nginx: null,
    weir: whole.peakBytes / 1e6,
    compared: `x ${times.toFixed(1)}`,
    verdict: times <= mostTimes && growth.bytes <= mostGrowth ? 'pass' : 'fail',
    note: `x ${growth.bytes.toFixed(1)} of half the answer, and x ${growth.ms.toFixed(1)} of its time: ${Math.round(whole.ms)} ms`,
    raw: { half, whole },
  }
}

async function merge(name: DialectName, count: number): Promise<MergeTold> {
  const part = join(import.meta.dir, '../support/merge-part.ts')
  const process = Bun.spawn([globalThis.process.execPath, part, name, `${count}`, `${length}`], {
    stdout: 'pipe',
  })
  return JSON.parse(await new Response(process.stdout).text())
}
