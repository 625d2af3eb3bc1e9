import { costOfEvent, costOfExchange } from '../../src/cli/bench/measure.ts'
import type { Cost } from '../../src/cli/bench/rounds.ts'
import { medianRatio } from '../../src/cli/bench/statistics.ts'
import { medians, pick, type Row } from '../support/bench.ts'
import { atMostTimes, type Finding, type Variant } from '../support/finding.ts'
import { onStage } from '../support/stage.ts'

/** CPU per JSON exchange and per streamed event, the work of the worker afterwards included. */
export const exchange: Row = {
  name: 'exchange',
  run: ({ launcher, rounds, size }) =>
    onStage(['bare', 'nginx', 'weir'], launcher, async ({ gateways, notes }) => {
      const costs = await costOfExchange(gateways, { rounds, size }, launcher)
      const note = await notes()
      return [
        finding({ what: 'CPU per JSON exchange', most: 4, note }, costs, ({ processUs }) => processUs),
        finding({ what: 'the same, main thread', most: 2, note: '' }, costs, ({ mainUs }) => mainUs),
      ]
    }),
}

export const event: Row = {
  name: 'event',
  run: ({ launcher, rounds, size }) =>
    onStage(['bare', 'nginx', 'weir'], launcher, async ({ gateways, notes }) => {
      const costs = await costOfEvent(gateways, { rounds, size }, launcher)
      return [
        finding(
          { what: 'CPU per streamed event', most: 2.2, note: await notes() },
          costs,
          ({ processUs }) => processUs,
        ),
      ]
    }),
}

function finding(
  { what, most, note }: { readonly what: string; readonly most: number; readonly note: string },
  costs: ReadonlyMap<Variant, readonly Cost[]>,
  number: (cost: Cost) => number | null,
): Finding {
  const values = pick(costs, number)
  const ratio = medianRatio(values.get('weir') ?? [], values.get('bare') ?? [])
  const base = {
    what,
    target: `at most ${most} x bare`,
    unit: 'µs',
    note,
    raw: Object.fromEntries(costs),
  } as const
  return atMostTimes({ ...base, ...medians(values) }, ratio, most)
}
