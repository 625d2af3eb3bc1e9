import { rm } from 'node:fs/promises'
import { startPart, startWeir, type Launcher, type Running } from '../../src/cli/bench/launch.ts'
import { dropped } from '../../src/cli/bench/rounds.ts'
import { startNginx } from './nginx.ts'
import type { Variant } from './finding.ts'

/** A provider and what stands before it, fresh for each row: no row inherits another's memory or warmth. */
export type Stage = {
  readonly upstream: Running
  readonly gateways: ReadonlyMap<Variant, Running>
  /** What could not be started, or was not paid for, and so must be said beside the figures. */
  readonly notes: () => Promise<string>
}

export async function onStage<Value>(
  variants: readonly Variant[],
  launcher: Launcher,
  play: (stage: Stage) => Promise<Value>,
): Promise<Value> {
  const running: Running[] = []
  const started = (process: Running): Running => {
    running.push(process)
    return process
  }
  const gateways = new Map<Variant, Running>()
  const missing: string[] = []
  try {
    const upstream = started(await startPart({ kind: 'upstream' }, launcher))
    for (const variant of variants) {
      const gateway = await start(variant, upstream.port, launcher)
      if (typeof gateway === 'string') missing.push(gateway)
      else gateways.set(variant, started(gateway))
    }
    return await play({ upstream, gateways, notes: () => notesOn(gateways.get('weir'), missing) })
  } finally {
    for (const process of running) await process.stop()
    // Before the next row writes there: hundreds of megabytes of traces.
    await rm(`${launcher.folder}/weir`, { recursive: true, force: true })
  }
}

/** A text says why it is not there. */
async function start(variant: Variant, upstreamPort: number, launcher: Launcher): Promise<Running | string> {
  switch (variant) {
    case 'bare':
      return startPart({ kind: 'bare', upstreamPort }, launcher)
    case 'nginx':
      return (await startNginx(upstreamPort, launcher)) ?? 'nginx is not installed'
    case 'weir':
      return startWeir('weir', upstreamPort, launcher).catch((error: Error) => error.message)
  }
}

async function notesOn(weir: Running | undefined, missing: readonly string[]): Promise<string> {
  const lost = weir === undefined ? 0 : await dropped(weir)
  return [...missing, ...(lost === 0 ? [] : [`${lost} recordings were dropped`])].join('; ')
}
