import { join } from 'node:path'
import { firstBytes } from '../../src/cli/bench/measure.ts'
import { targetOf, type Running } from '../../src/cli/bench/launch.ts'
import { costOf, interleaved } from '../../src/cli/bench/rounds.ts'
import { medianDifference } from '../../src/cli/bench/statistics.ts'
import { createBody } from '../support/agent.ts'
import { medians, pick, type Bench, type Row } from '../support/bench.ts'
import { atMost, atMostAdded, type Finding } from '../support/finding.ts'
import { onStage, type Stage } from '../support/stage.ts'

/** A coding agent's request of 2 MB: what the client waits longer, and what the main thread does for it. */
export const agent: Row = {
  name: 'agent',
  run: async (bench) => {
    const body = join(bench.launcher.folder, 'agent.json')
    await Bun.write(body, createBody(2_000_000, 7))
    return onStage(['bare', 'nginx', 'weir'], bench.launcher, async (stage) => {
      return [await firstByteOf(body, stage, bench), await mainThreadOf(body, stage, bench)]
    })
  },
}

async function firstByteOf(body: string, { gateways, notes }: Stage, bench: Bench): Promise<Finding> {
  const count = bench.size === 'full' ? 60 : 20
  const spreads = await firstBytes(gateways, { rounds: bench.rounds, count, body }, bench.launcher)
  const values = pick(spreads, ({ p50 }) => p50)
  const added = medianDifference(values.get('weir') ?? [], values.get('bare') ?? [])
  const base = { what: 'request of 2 MB, first byte', target: 'bare + 4 ms', unit: 'ms' } as const
  return atMostAdded(
    { ...base, ...medians(values), note: await notes(), raw: Object.fromEntries(spreads) },
    added,
    4,
  )
}

async function mainThreadOf(
  body: string,
  { gateways, upstream, notes }: Stage,
  bench: Bench,
): Promise<Finding> {
  const count = bench.size === 'full' ? 100 : 30
  const costs = await interleaved([...gateways.keys()], bench.rounds, (name) => {
    const gateway: Running = gateways.get(name) ?? upstream
    const job = { kind: 'turns', targets: [targetOf(gateway, '?events=3')], count, body } as const
    return costOf({ gateway, units: count, job }, bench.launcher)
  })
  const values = medians(pick(costs, ({ mainUs }) => (mainUs === null ? null : mainUs / 1000)))
  const base = { what: 'the same, main thread', target: 'at most 3 ms', unit: 'ms' } as const
  return atMost({ ...base, ...values, note: await notes(), raw: Object.fromEntries(costs) }, values.weir, 3)
}
