import { parseArgs } from 'node:util'
import { fuzzGuard } from './judging.ts'

/**
 * `bun run fuzz:rules [--policies 1000000] [--from SEED] [--seed N]`: random policies on random traces, against their limits.
 * Ends with 1 and the seed of the first that fails; `--seed` runs that one again.
 */
const { values } = parseArgs({
  options: {
    policies: { type: 'string', default: '1000000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
})
const most = values.seed === undefined ? Number(values.policies) : 1
const first = Number(values.seed ?? values.from)
if (!Number.isSafeInteger(most) || most < 1 || !Number.isSafeInteger(first)) {
  process.stderr.write('fuzz: --policies, --from and --seed are whole numbers\n')
  process.exit(2)
}
const lot = 10_000
const startedAt = performance.now()
let [compiled, slowestMs, mostResident] = [0, 0, 0]
for (let done = 0; done < most; done += lot) {
  const told = fuzzGuard(Math.min(lot, most - done), first + done)
  compiled += told.compiled
  slowestMs = Math.max(slowestMs, told.slowestMs)
  mostResident = Math.max(mostResident, process.memoryUsage.rss())
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  const slowest = `slowest ${slowestMs.toFixed(0)} ms, most resident ${(mostResident / 1e6).toFixed(0)} MB`
  process.stdout.write(
    `${Math.min(done + lot, most)} policies, ${compiled} judged, ${seconds} s, ${slowest}\n`,
  )
}
