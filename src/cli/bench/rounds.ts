import { readResidentBytes, readUsed } from './gauge.ts'
import { runLoad, type Launcher, type Running } from './launch.ts'
import type { Job } from './jobs.ts'

/** One variant after the other, round after round, so that the machine's moods meet all of them. */
export type Cost = {
  /** Microseconds of CPU per unit of the job; null where the system does not tell. */
  readonly processUs: number | null
  readonly mainUs: number | null
}

/** What each variant took, one value per round; the order turns about each round. */
export async function interleaved<Name extends string, Value>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name) => Promise<Value>,
): Promise<Map<Name, Value[]>> {
  const measured = new Map<Name, Value[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const name of round % 2 === 0 ? names : names.toReversed())
      measured.get(name)?.push(await measure(name))
  return measured
}

/** The CPU that a job costs a gateway, the work that it does afterwards too. */
export async function costOf(
  { gateway, job, units }: { readonly gateway: Running; readonly job: Job; readonly units: number },
  launcher: Launcher,
): Promise<Cost> {
  const before = await readUsed(gateway.pid)
  const { failed } = await runLoad(job, launcher)
  if (failed > 0) throw new Error(`${failed} answers of a load of ${job.kind} did not come, or not whole`)
  await settled(gateway)
  const after = await readUsed(gateway.pid)
  if (before === null || after === null) return { processUs: null, mainUs: null }
  return {
    processUs: ((after.processMs - before.processMs) * 1000) / units,
    mainUs: ((after.mainMs - before.mainMs) * 1000) / units,
  }
}

const settleMs = 100
const mostSettleMs = 30_000

/** Once everything that was recorded is on disk. Others than Weir have nothing of the kind, and wait as long. */
export async function settled(gateway: Running): Promise<void> {
  const until = performance.now() + mostSettleMs
  do await Bun.sleep(settleMs)
  while (performance.now() < until && (await metric(gateway, 'weir_inbox_reports')) > 0)
}

/** Reports that Weir had to drop, with or without their bytes: a cost that was not paid. */
export async function dropped(gateway: Running): Promise<number> {
  return (await metric(gateway, 'weir_dropped_payloads')) + (await metric(gateway, 'weir_dropped_reports'))
}

async function metric({ port, prefix }: Running, name: string): Promise<number> {
  if (prefix === '') return 0
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? 0)
}

/** The most memory that a process has while something runs, looked at every 50 ms. */
export async function peakOf<Value>(
  pid: number,
  work: () => Promise<Value>,
): Promise<{ readonly value: Value; readonly peakBytes: number | null }> {
  let peakBytes: number | null = null
  const look = async (): Promise<void> => {
    const bytes = await readResidentBytes(pid)
    if (bytes !== null) peakBytes = Math.max(peakBytes ?? 0, bytes)
  }
  const timer = setInterval(() => void look(), 50)
  try {
    const value = await work()
    await look()
    return { value, peakBytes }
  } finally {
    clearInterval(timer)
  }
}
