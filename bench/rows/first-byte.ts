import { firstBytes } from '../../src/cli/bench/measure.ts'
import { medianDifference } from '../../src/cli/bench/statistics.ts'
import { medians, pick, type Row } from '../support/bench.ts'
import { atMostAdded } from '../support/finding.ts'
import { onStage } from '../support/stage.ts'

/** Time to first byte that is added to one stream: one request at a time, to each gateway in turn. */
export const firstByte: Row = {
  name: 'first-byte',
  run: ({ launcher, rounds, size }) =>
    onStage(['bare', 'nginx', 'weir'], launcher, async ({ gateways, notes }) => {
      const count = size === 'full' ? 1_000 : 300
      const spreads = await firstBytes(gateways, { rounds, count, body: null }, launcher)
      const note = await notes()
      const findings = [
        { what: 'first byte, one stream, p50', key: 'p50', most: 0.3 },
        { what: 'first byte, one stream, p99', key: 'p99', most: 1 },
      ] as const
      return findings.map(({ what, key, most }) => {
        const values = pick(spreads, (spread) => spread[key])
        const added = medianDifference(values.get('weir') ?? [], values.get('bare') ?? [])
        const base = {
          what,
          target: `bare + ${most} ms`,
          unit: 'ms',
          note,
          raw: Object.fromEntries(spreads),
        } as const
        return atMostAdded({ ...base, ...medians(values) }, added, most)
      })
    }),
}
