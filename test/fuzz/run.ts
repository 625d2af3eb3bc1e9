import { parseArgs } from 'node:util'
import { dialectNames } from '../../src/dialect/dialect.ts'
import { fuzzMerge } from './merging.ts'

/**
 * `bun run fuzz [--events 10000000] [--dialect NAME] [--seed N]`: damaged streams through the merge, as many events of
 * each dialect as told. Ends with 1 and the seed of the first stream that fails; `--seed` runs that one again.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    dialect: { type: 'string' },
    seed: { type: 'string' },
  },
})
const most = values.seed === undefined ? Number(values.events) : 1
const chosen = dialectNames.filter((name) => values.dialect === undefined || name === values.dialect)
if (!Number.isSafeInteger(most) || most < 1 || chosen.length === 0) {
  process.stderr.write(`fuzz: --events is a whole number, --dialect one of ${dialectNames.join(', ')}\n`)
  process.exit(2)
}
for (const name of chosen) {
  const startedAt = performance.now()
  try {
    const { events, streams, slowestMs } = fuzzMerge(name, most, Number(values.seed ?? 1))
    const seconds = (performance.now() - startedAt) / 1000
    const slowest = `slowest ${slowestMs.toFixed(1)} ms`
    process.stdout.write(
      `${name}: ${events} events in ${streams} streams, ${seconds.toFixed(1)} s, ${slowest}\n`,
    )
  } catch (error) {
    console.error(error)
    process.exit(1)
  }
}
