import { median } from '../../src/cli/bench/statistics.ts'
import { type DialectName, dialectNames } from '../../src/dialect/dialect.ts'
import { dialects } from '../../src/dialect/index.ts'
import { createRebuild } from '../../src/merge/rebuild.ts'
import type { Row } from '../support/bench.ts'
import type { Finding } from '../support/finding.ts'
import { mergeStream } from '../support/merge-streams.ts'
import { readBytes, sdkMerge } from '../support/sdk-merge.ts'

/**
 * Merging against the official SDK's accumulator: the same bytes in the same reads, both on this thread, by turns. Times
 * are of the thread and not of the clock, because what else runs here would be counted otherwise.
 */
const leastTimes = 10
const leastMegabytes = 60

export const merge: Row = {
  name: 'merge',
  run: async ({ rounds, size }) => {
    const findings: Finding[] = []
    for (const name of dialectNames)
      findings.push(await measure(name, rounds, size === 'full' ? 20_000 : 5_000))
    return findings
  },
}

// The compiler of the engine has done its work after so many, for either.
const warmUps = 5

async function measure(name: DialectName, rounds: number, events: number): Promise<Finding> {
  const bytes = mergeStream(name, events)
  for (let round = 0; round < warmUps; round++) {
    mergeOnce(name, bytes)
    await sdkMerge[name](bytes)
  }
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(await cpuMs(() => mergeOnce(name, bytes)))
    theirs.push(await cpuMs(() => sdkMerge[name](bytes)))
  }
  const times = median(theirs.map((ms, round) => ms / (ours[round] ?? NaN)))
  const rate = bytes.length / 1000 / median(ours)
  const sdkRate = bytes.length / 1000 / median(theirs)
  return {
    what: `merge of ${name}, ${(bytes.length / 1e6).toFixed(1)} MB of events`,
    target: `at least ${leastTimes} x its SDK, and ${leastMegabytes} MB/s`,
    unit: 'MB/s',
    bare: null,
    nginx: null,
    weir: rate,
    compared: `x ${times.toFixed(1)}`,
    verdict: times >= leastTimes && rate >= leastMegabytes ? 'pass' : 'fail',
    note: `${sdkOf(name)}: ${sdkRate.toFixed(1)} MB/s; ${((median(ours) * 1000) / events).toFixed(2)} µs an event here`,
    raw: { ours, theirs, bytes: bytes.length, events },
  }
}

/** Google's has no accumulator: what its users do with the chunks is less than merging. */
function sdkOf(name: DialectName): string {
  return name === 'gemini' ? 'SDK, which only reads the chunks' : 'SDK'
}

function mergeOnce(name: DialectName, bytes: Uint8Array): void {
  const rebuild = createRebuild({
    dialect: dialects[name],
    status: 200,
    contentType: 'text/event-stream',
    contentEncoding: '',
    mostBytes: 1 << 28,
  })
  for (let at = 0; at < bytes.length; at += readBytes) rebuild.feed(bytes.subarray(at, at + readBytes))
  const ending = rebuild.finish()?.ending
  if (ending !== 'complete') throw new Error(`The stream of ${name} is ${ending}`)
}

/** Enough of it that the clock of the thread, which ticks in milliseconds, says something. */
async function cpuMs(run: () => unknown): Promise<number> {
  const leastMs = 100
  const before = process.cpuUsage()
  for (let count = 1; ; count++) {
    await run()
    const { user, system } = process.cpuUsage(before)
    if (user + system > leastMs * 1000) return (user + system) / 1000 / count
  }
}
