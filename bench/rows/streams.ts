import { runLoad, targetOf, type Launcher, type Running } from '../../src/cli/bench/launch.ts'
import { interleaved, peakOf, settled } from '../../src/cli/bench/rounds.ts'
import { medianDifference } from '../../src/cli/bench/statistics.ts'
import { medians, pick, toMegabytes, type Row } from '../support/bench.ts'
import { atMost, atMostAdded, type Finding } from '../support/finding.ts'
import { onStage, type Stage } from '../support/stage.ts'

/** Many streams at once: nobody waits for another's end, and memory stays what it should be. */
type Crowd = { readonly count: number; readonly rampMs: number; readonly query: string }
type Held = {
  readonly p99: number
  readonly complete: number
  /** How many the provider had open at once: fewer than asked for means that some were queued. */
  readonly open: number
  readonly peakBytes: number | null
}

export const thousand: Row = {
  name: 'thousand',
  run: (bench) =>
    onStage(['bare', 'nginx', 'weir'], bench.launcher, async (stage) => {
      // A round takes half a minute.
      const { launcher, rounds } = { ...bench, rounds: Math.min(bench.rounds, 3) }
      const burst = { count: 1_000, rampMs: 0, query: '?events=10&gap=300' }
      return [
        await firstBytesOf(
          stage,
          { ...burst, rampMs: 1_000 },
          { launcher, rounds, what: '1,000 streams, begun in 1 s' },
        ),
        await firstBytesOf(stage, burst, { launcher, rounds, what: '1,000 streams, begun at once' }),
      ]
    }),
}

async function firstBytesOf(
  { upstream, gateways, notes }: Stage,
  crowd: Crowd,
  { launcher, rounds, what }: { readonly launcher: Launcher; readonly rounds: number; readonly what: string },
): Promise<Finding> {
  for (const gateway of gateways.values()) await hold(gateway, { upstream, crowd }, launcher)
  const held = await interleaved([...gateways.keys()], rounds, (name) =>
    hold(gateways.get(name) ?? upstream, { upstream, crowd }, launcher),
  )
  const values = pick(held, ({ p99 }) => p99)
  const queued = (held.get('weir') ?? []).filter(
    ({ open, complete }) => Math.min(open, complete) < crowd.count,
  ).length
  const added = medianDifference(values.get('weir') ?? [], values.get('bare') ?? [])
  const base = { what: `${what}, p99`, target: 'bare + 20 ms, none queued', unit: 'ms' } as const
  const note = [queued === 0 ? 'none queued' : `queued or broken in ${queued} rounds`, await notes()].filter(
    Boolean,
  )
  const finding = { ...base, ...medians(values), note: note.join('; '), raw: Object.fromEntries(held) }
  return atMostAdded(finding, queued === 0 ? added : Infinity, 20)
}

/** 8,000 streams take two files each of the 20,000 that a process may open here. */
export const crowd: Row = {
  name: 'crowd',
  run: async ({ launcher }) => {
    const crowd = { count: 8_000, rampMs: 4_000, query: '?events=9&gap=1000' }
    return onStage(['bare', 'nginx', 'weir'], launcher, async ({ upstream, gateways, notes }) => {
      const held = await interleaved([...gateways.keys()], 1, (name) =>
        hold(gateways.get(name) ?? upstream, { upstream, crowd }, launcher),
      )
      const memory = pick(held, ({ peakBytes }) => toMegabytes(peakBytes))
      const open = pick(held, (each) => Math.min(each.open, each.complete))
      const raw = Object.fromEntries(held)
      const note = await notes()
      const values = medians(memory)
      const complete = medians(open)
      const memoryFinding = atMost(
        { what: '8,000 streams, resident', target: 'under 500 MB', unit: 'MB', ...values, note, raw },
        values.weir,
        500,
      )
      const base = {
        what: '8,000 streams, open at once',
        target: 'all, all complete',
        unit: 'streams',
      } as const
      const missing = complete.weir === null ? null : crowd.count - complete.weir
      return [
        { ...atMost({ ...base, ...complete, note, raw: null }, missing, 0), compared: '' },
        memoryFinding,
      ]
    })
  },
}

async function hold(
  gateway: Running,
  { upstream, crowd }: { readonly upstream: Running; readonly crowd: Crowd },
  launcher: Launcher,
): Promise<Held> {
  await readPeak(upstream)
  const { count, rampMs, query } = crowd
  const job = { kind: 'streams', target: targetOf(gateway, query), count, rampMs } as const
  const { value, peakBytes } = await peakOf(gateway.pid, async () => {
    const result = await runLoad(job, launcher)
    await settled(gateway)
    return result
  })
  return {
    p99: value.firstByteMs[0]?.p99 ?? NaN,
    complete: value.done,
    open: await readPeak(upstream),
    peakBytes,
  }
}

/** Asking also starts it anew. */
async function readPeak({ port }: Running): Promise<number> {
  const { peak } = JSON.parse(await (await fetch(`http://127.0.0.1:${port}/peak`)).text())
  return peak
}
