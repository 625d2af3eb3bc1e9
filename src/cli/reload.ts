import { loadConfig } from '../config/load.ts'
import { problemText } from '../config/problem.ts'
import type { Config } from '../config/schema.ts'
import { watchConfig, type Watch } from '../config/watch.ts'
import { causeOf, type Level, type Log } from '../core/log.ts'
import { policyFiles } from '../judge/book.ts'
import type { Book } from '../judge/given.ts'
import { watchCertificate } from './certificate.ts'
import { loadPolicies, watchPolicies } from './policies.ts'
import { restartKeys } from './restart.ts'
import type { Running } from './start.ts'
import type { ServeOptions, World } from './world.ts'

/** The configuration, its policies and the certificate, followed while Weir runs. What cannot be used is logged and changes nothing. */
export type Reloading = {
  /** For a signal; a change of the files is noticed here. */
  readonly reload: () => Promise<void>
  /** In force now. */
  readonly config: () => Config
  readonly stop: () => void
}

export type ReloadOptions = {
  readonly running: Pick<Running, 'reload' | 'renew'>
  readonly world: Pick<World, 'readText' | 'environment'>
  readonly setLevel: (level: Level) => void
  readonly log: Log
}

export async function createReloading(serve: ServeOptions, options: ReloadOptions): Promise<Reloading> {
  const { running, world, setLevel, log } = options
  const { file, overrides } = serve
  let config = serve.config
  let asked = 0
  let certificateWatch = await watchTls(config)
  const fileWatch = file === null ? null : await watchConfig(file, () => void reload())
  let policyWatch = await watchPolicies(policyFiles(config), () => void reload())

  async function watchTls({ tls }: Config): Promise<Watch | null> {
    return tls === undefined ? null : watchCertificate(tls, renew)
  }

  function renew(): void {
    try {
      running.renew()
      log('info', 'certificate-read')
    } catch (error) {
      log('error', 'certificate-refused', { why: causeOf(error) })
    }
  }

  async function reload(): Promise<void> {
    if (file === null) return log('info', 'nothing-to-reload')
    const turn = ++asked
    try {
      const text = await world.readText(file)
      // Asked again meanwhile: the one who read last decides, whoever came back last.
      if (turn !== asked) return
      if (text === null) return log('error', 'reload-failed', { why: `There is no file ${file}` })
      const loaded = loadConfig(text, file, world.environment, overrides)
      if (loaded.kind === 'loaded') return await takeUp(loaded.config, { file, turn })
      for (const problem of loaded.problems) log('error', 'reload-failed', { why: problemText(problem) })
    } catch (error) {
      log('error', 'reload-failed', { why: causeOf(error) })
    }
  }

  async function takeUp(next: Config, { file, turn }: { file: string; turn: number }): Promise<void> {
    const policies = await loadPolicies(next, world)
    if (turn !== asked) return
    // Also those with a mistake: it will be corrected there.
    policyWatch.stop()
    policyWatch = await watchPolicies(policyFiles(next), () => void reload())
    if (policies.kind === 'read') {
      for (const warning of policies.warnings) log('warn', 'rule-warning', { why: problemText(warning) })
      return apply(next, policies.book, file)
    }
    for (const problem of policies.problems) log('error', 'reload-failed', { why: problemText(problem) })
  }

  async function apply(next: Config, book: Book, path: string): Promise<void> {
    try {
      running.reload(next, book)
    } catch (error) {
      return log('error', 'reload-failed', { why: causeOf(error) })
    }
    const isMoved = !Bun.deepEquals(config.tls, next.tls)
    config = next
    setLevel(next.log)
    log('info', 'reloaded', { file: path })
    const keys = restartKeys(serve.config, next)
    if (keys.length > 0) log('warn', 'needs-restart', { keys: keys.join(', ') })
    if (!isMoved) return
    certificateWatch?.stop()
    certificateWatch = await watchTls(next)
  }

  return {
    reload,
    config: () => config,
    stop: () => {
      fileWatch?.stop()
      policyWatch.stop()
      certificateWatch?.stop()
    },
  }
}
