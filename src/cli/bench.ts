import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { costOfEvent, costOfExchange, firstBytes, type Effort, type Gateways } from './bench/measure.ts'
import { startPart, startWeir, type Launcher, type Running } from './bench/launch.ts'
import { runPart } from './bench/parts.ts'
import { median, medianDifference, medianRatio } from './bench/statistics.ts'
import { fail, misuse, type Command, type Given } from './command.ts'
import { causeOf } from '../core/log.ts'
import { createPaint } from './paint.ts'
import { layOut, widthsOf, type Cell, type Column } from './table.ts'
import type { World } from './world.ts'

/**
 * What Weir costs on this machine, without anything but this executable: a provider, the bare forwarder and Weir itself,
 * recording, run as processes of it on the loopback interface, and are measured in turn.
 */
type Name = 'bare' | 'weir'

const columns: readonly Column[] = [
  { title: '', align: 'left', rank: 0 },
  { title: 'BARE', align: 'right', rank: 0 },
  { title: 'WEIR', align: 'right', rank: 0 },
  { title: 'ADDED', align: 'right', rank: 0 },
]

/** `self`: what starts this program, `bun src/main.ts` or the executable alone. */
export function createBench(self: readonly string[]): Command {
  return {
    kind: 'command',
    summary: 'Measure what Weir adds to an exchange on this machine, in about 20 seconds',
    flags: {
      rounds: { value: 'N', help: 'How often everything is measured; 3 unless told' },
      part: { value: 'JSON', help: 'For the processes that the benchmark starts itself' },
    },
    takes: [],
    examples: ['weir bench', 'weir bench --rounds 7'],
    run: async (given, world) => {
      const part = given.values['part']
      if (part === undefined) return benchmark(self, given, world)
      await runPart(JSON.parse(part), (line) => world.stdout(`${line}\n`))
      return 0
    },
  }
}

async function benchmark(self: readonly string[], given: Given, world: World): Promise<number> {
  const rounds = Number(given.values['rounds'] ?? 3)
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 99) return misuse(world, '--rounds must be 1 to 99')
  const folder = await mkdtemp(join(tmpdir(), 'weir-bench-'))
  const launcher = { weir: self, part: [...self, 'bench', '--part'], environment: world.environment, folder }
  const running: Running[] = []
  try {
    const upstream = await startPart({ kind: 'upstream' }, launcher)
    running.push(upstream)
    const bare = await startPart({ kind: 'bare', upstreamPort: upstream.port }, launcher)
    running.push(bare)
    const weir = await startWeir('weir', upstream.port, launcher)
    running.push(weir)
    const gateways: Gateways<Name> = new Map([
      ['bare', bare],
      ['weir', weir],
    ])
    await measured(gateways, { effort: { rounds, size: 'quick' }, launcher, world })
    return 0
  } catch (error) {
    return fail(world, causeOf(error))
  } finally {
    for (const process of running) await process.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

type Bench = { readonly effort: Effort; readonly launcher: Launcher; readonly world: World }

async function measured(gateways: Gateways<Name>, { effort, launcher, world }: Bench): Promise<void> {
  const { rounds } = effort
  const rows: Cell[][] = []
  const step = (what: string): void => {
    world.stop.throwIfAborted()
    if (world.isErrorTerminal) world.stderr(`measuring ${what} ...\n`)
  }
  step('a JSON exchange')
  const exchange = await costOfExchange(gateways, effort, launcher)
  rows.push(timesRow('JSON exchange of 1.5 KB, CPU', values(exchange, 'processUs')))
  rows.push(timesRow('  on the main thread', values(exchange, 'mainUs')))
  step("a stream's first byte")
  const first = await firstBytes(gateways, { rounds, count: 300, body: null }, launcher)
  rows.push(addedRow("stream's first byte, median", values(first, 'p50')))
  rows.push(addedRow("stream's first byte, 99th percentile", values(first, 'p99')))
  step("a stream's events")
  const event = await costOfEvent(gateways, effort, launcher)
  rows.push(timesRow('streamed event, CPU', values(event, 'processUs')))
  const layout = layOut(columns, widthsOf(columns, rows), world.width, createPaint(false))
  world.stdout([layout.head, ...rows.map(layout.row)].join('\n') + '\n')
}

type Both = { readonly bare: readonly number[]; readonly weir: readonly number[] }

function values<Key extends string>(
  of: ReadonlyMap<Name, readonly { readonly [key in Key]: number | null }[]>,
  key: Key,
): Both {
  const each = (name: Name): number[] => (of.get(name) ?? []).map((value) => value[key] ?? NaN)
  return { bare: each('bare'), weir: each('weir') }
}

function timesRow(what: string, { bare, weir }: Both): Cell[] {
  const times = medianRatio(weir, bare)
  return cells(what, known(median(bare), 0, ' µs'), known(median(weir), 0, ' µs'), `x ${known(times, 1, '')}`)
}

function addedRow(what: string, { bare, weir }: Both): Cell[] {
  const added = medianDifference(weir, bare)
  return cells(what, known(median(bare), 2, ' ms'), known(median(weir), 2, ' ms'), known(added, 2, ' ms'))
}

/** CPU times are not known where the system does not tell them of other processes. */
function known(value: number, digits: number, unit: string): string {
  return Number.isNaN(value) ? '-' : value.toFixed(digits) + unit
}

function cells(...texts: readonly string[]): Cell[] {
  return texts.map((text) => ({ text }))
}
