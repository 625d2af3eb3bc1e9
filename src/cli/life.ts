import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import { causeOf, type Level } from '../core/log.ts'
import { presetNames } from '../provider/schema.ts'
import { lockFolder } from '../trace/lock.ts'
import { banner } from './banner.ts'
import { fail } from './command.ts'
import { storeFile } from './files.ts'
import { wantsColor } from './paint.ts'
import { createReloading } from './reload.ts'
import { start, type Outside, type Running } from './start.ts'
import type { Signals } from './signals.ts'
import type { ServeOptions, World } from './world.ts'

/** The life of a serving process: started, told when its configuration changes, stopped in order. */
export type LifeOptions = {
  readonly outside: Outside
  readonly world: World
  readonly signals: Signals
  /** Tells the service manager, if there is one. */
  readonly notify: (state: string) => Promise<void>
  readonly setLevel: (level: Level) => void
}

export async function live(serve: ServeOptions, options: LifeOptions): Promise<number> {
  const { data } = serve.config
  const lock = lockFolder(data)
  // Any other trouble with the folder is the store's to tell: it never keeps Weir from passing traffic.
  if (lock.kind === 'failed' && lock.trouble.kind === 'locked') {
    return fail(
      options.world,
      `${data} is used by another Weir: give this one a folder of its own with --data`,
    )
  }
  try {
    return await serveUntilStopped(serve, options)
  } finally {
    if (lock.kind === 'held') lock.release()
  }
}

async function serveUntilStopped(serve: ServeOptions, options: LifeOptions): Promise<number> {
  const { outside, world, signals, notify, setLevel } = options
  const { log } = outside
  // The manager's tool may be missing, as in a container: no reason not to serve.
  const tell = (state: string) =>
    notify(state).catch((error: unknown) => log('warn', 'manager-untold', { state, why: causeOf(error) }))
  // Asked for first: who stops Weir the moment it is ready is heard too.
  const stopped = new Promise<void>((resolve) => signals.onStop(resolve))
  const running = start(serve.config, outside, serve.book)
  const reloading = await createReloading(serve, { running, world, setLevel, log })
  signals.onReload(() => void reloading.reload())
  greet(running, serve.config, world)
  log('info', 'listening', { url: running.url, data: serve.config.data })
  await tell('READY=1')
  await stopped
  log('info', 'stopping', { drainMs: reloading.config().timeouts.drainMs })
  await tell('STOPPING=1')
  reloading.stop()
  await running.stop()
  log('info', 'stopped')
  return 0
}

function greet({ url }: Running, { data, providers }: Config, world: World): void {
  const names = [...new Set([...presetNames, ...Object.keys(providers)])]
  const color = wantsColor(world.isTerminal, world.environment)
  world.stdout(banner({ url, traces: join(data, storeFile), providers: names, typed: world.typed, color }))
}
