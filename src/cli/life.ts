import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import { loadConfig } from '../config/load.ts'
import { problemText } from '../config/problem.ts'
import { watchConfig } from '../config/watch.ts'
import { causeOf, type Log } from '../core/log.ts'
import { banner } from './banner.ts'
import { storeFile } from './files.ts'
import { wantsColor } from './paint.ts'
import { start, type Outside, type Running } from './start.ts'
import type { ServeOptions, World } from './world.ts'

/** The life of a serving process: started, told when its configuration changes, stopped in order. */
export type Signals = {
  readonly onReload: (listener: () => void) => void
  /** The first asks for an orderly end; the process ends at the second by itself. */
  readonly onStop: (listener: () => void) => void
}

export type LifeOptions = {
  readonly outside: Outside
  readonly world: World
  readonly signals: Signals
  /** Tells the service manager, if there is one. */
  readonly notify: (state: string) => Promise<void>
}

export async function live(
  serve: ServeOptions,
  { outside, world, signals, notify }: LifeOptions,
): Promise<number> {
  const { log } = outside
  // Asked for first: who stops Weir the moment it is ready is heard too.
  const stopAsked = new Promise<void>((resolve) => signals.onStop(resolve))
  const running = start(serve.config, outside)
  const reload = createReload(serve, { running, world, log })
  signals.onReload(() => void reload())
  const watch = serve.file === null ? null : await watchConfig(serve.file, () => void reload())
  greet(running, serve.config, world)
  log('info', 'listening', { url: running.url, data: serve.config.data })
  await notify('READY=1')
  await stopAsked
  log('info', 'stopping', { drainMs: serve.config.timeouts.drainMs })
  await notify('STOPPING=1')
  watch?.stop()
  await running.stop()
  log('info', 'stopped')
  return 0
}

type Reloading = { readonly running: Running; readonly world: World; readonly log: Log }

function createReload(
  { file, overrides }: ServeOptions,
  { running, world, log }: Reloading,
): () => Promise<void> {
  return async () => {
    if (file === null) return log('info', 'nothing-to-reload')
    const text = await world.readText(file)
    if (text === null) return log('error', 'reload-failed', { why: `There is no file ${file}` })
    const loaded = loadConfig(text, file, world.environment, overrides)
    if (loaded.kind === 'faulty') {
      for (const problem of loaded.problems) log('error', 'reload-failed', { why: problemText(problem) })
      return
    }
    try {
      running.reload(loaded.config)
      log('info', 'reloaded', { file })
    } catch (error) {
      log('error', 'reload-failed', { why: causeOf(error) })
    }
  }
}

function greet({ url }: Running, { data, providers }: Config, world: World): void {
  const names = [...new Set(['openai', 'anthropic', 'gemini', 'demo', ...Object.keys(providers)])]
  const color = wantsColor(world.isTerminal, world.environment)
  world.stdout(banner({ url, traces: join(data, storeFile), providers: names, color }))
}
