import { median } from '../../src/cli/bench/statistics.ts'
import { type DialectName, dialectNames } from '../../src/dialect/dialect.ts'
import { dialects } from '../../src/dialect/index.ts'
import { createRebuild } from '../../src/merge/rebuild.ts'
import type { Row } from '../support/bench.ts'
import type { Finding } from '../support/finding.ts'
import { mergeStream } from '../support/merge-streams.ts'
import { readBytes, sdkMerge } from '../support/sdk-merge.ts'

/** Merging against the official SDK's accumulator: the same bytes in the same reads, both on this thread, by turns. */
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
const warmUps = 20
// Long enough to have its share of collected garbage, and for a clock that ticks in milliseconds.
const sampleMs = 150
const samples = 6

async function measure(name: DialectName, rounds: number, events: number): Promise<Finding> {
  const bytes = mergeStream(name, events)
  for (let round = 0; round < warmUps; round++) {
    mergeOnce(name, bytes)
    await sdkMerge[name](bytes)
  }
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(await leastMs(() => mergeOnce(name, bytes)))
    theirs.push(await leastMs(() => sdkMerge[name](bytes)))
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

/** What a run takes of this thread: the least of some, because what else runs on the machine can only add to it. */
async function leastMs(run: () => unknown): Promise<number> {
  // What the other one has left behind is no work of this one.
  Bun.gc(true)
  let least = Infinity
  for (let sample = 0; sample < samples; sample++) {
    const before = process.threadCpuUsage()
    let usedMs = 0
    let count = 0
    for (; usedMs < sampleMs; count++) {
      await run()
      const { user, system } = process.threadCpuUsage(before)
      usedMs = (user + system) / 1000
    }
    least = Math.min(least, usedMs / count)
  }
  return least
}
