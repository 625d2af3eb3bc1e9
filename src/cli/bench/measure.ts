import type { Spread } from './jobs.ts'
import { runLoad, targetOf, type Launcher, type Running } from './launch.ts'
import { costOf, interleaved, settled, type Cost } from './rounds.ts'

/** The three measurements that tell what a gateway adds: a JSON exchange, a stream's first byte, its events. */
export type Gateways<Name extends string> = ReadonlyMap<Name, Running>
export type Effort = { readonly rounds: number; readonly size: 'full' | 'quick' }

/** CPU per JSON exchange of 1.5 KB, sixteen connections, each as fast as it is answered. */
export async function costOfExchange<Name extends string>(
  gateways: Gateways<Name>,
  { rounds, size }: Effort,
  launcher: Launcher,
): Promise<Map<Name, Cost[]>> {
  const run = (gateway: Running, count: number): Promise<Cost> =>
    costOf(
      {
        gateway,
        units: count,
        job: { kind: 'exchanges', target: targetOf(gateway), count, connections: 16 },
      },
      launcher,
    )
  // Not counted: the code is compiled as late as that. Of the first 8,000 exchanges each took Weir 320 to 390 µs, of the
  // next 230 to 260, and from 48,000 on mostly 170 to 200.
  for (const gateway of gateways.values()) await run(gateway, size === 'full' ? 48_000 : 20_000)
  return interleaved([...gateways.keys()], rounds, (name) =>
    run(of(gateways, name), size === 'full' ? 8_000 : 3_000),
  )
}

/** CPU per event: 200 streams with an event each 10 ms. */
export async function costOfEvent<Name extends string>(
  gateways: Gateways<Name>,
  { rounds, size }: Effort,
  launcher: Launcher,
): Promise<Map<Name, Cost[]>> {
  const run = (gateway: Running, events: number): Promise<Cost> => {
    const target = targetOf(gateway, `?events=${events}&gap=10`)
    return costOf(
      { gateway, units: 200 * events, job: { kind: 'streams', target, count: 200, rampMs: 0 } },
      launcher,
    )
  }
  for (const gateway of gateways.values()) await run(gateway, 100)
  return interleaved([...gateways.keys()], rounds, (name) =>
    run(of(gateways, name), size === 'full' ? 300 : 100),
  )
}

/** Time to the first byte, one stream at a time. `body` is a file with another question than the usual short one. */
export async function firstBytes<Name extends string>(
  gateways: Gateways<Name>,
  { rounds, count, body }: { readonly rounds: number; readonly count: number; readonly body: string | null },
  launcher: Launcher,
): Promise<Map<Name, Spread[]>> {
  const names = [...gateways.keys()]
  const targets = [...gateways.values()].map((gateway) => targetOf(gateway, '?events=3'))
  const spreads = new Map<Name, Spread[]>(names.map((name) => [name, []]))
  // The first round is for the just-in-time compiler of all of them.
  for (let round = 0; round <= rounds; round++) {
    const { failed, firstByteMs } = await runLoad({ kind: 'turns', targets, count, body }, launcher)
    if (failed > 0) throw new Error(`${failed} streams did not come, or not whole`)
    for (const gateway of gateways.values()) await settled(gateway)
    if (round === 0) continue
    for (const [index, name] of names.entries())
      spreads.get(name)?.push(...firstByteMs.slice(index, index + 1))
  }
  return spreads
}

function of<Name extends string>(gateways: Gateways<Name>, name: Name): Running {
  const gateway = gateways.get(name)
  if (gateway === undefined) throw new Error(`There is no ${name}`)
  return gateway
}
