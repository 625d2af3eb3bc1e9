import { problemText } from '../../config/problem.ts'
import type { Flags, Given } from '../command.ts'
import { configFlags, dataFrom, loadSettings } from '../settings.ts'
import type { TraceSource, Whereabouts } from '../source.ts'
import type { World } from '../world.ts'

/** Which traces a command reads: a running Weir's, or those in a folder. */
export const sourceFlags = {
  ...configFlags,
  data: { value: 'DIR', help: 'Folder of the traces; else $WEIR_DATA, else the configuration' },
  url: { value: 'URL', help: 'Ask the Weir that runs there instead of reading files' },
  token: { value: 'TOKEN', help: 'Its token; better in $WEIR_TOKEN, where ps cannot see it' },
} as const satisfies Flags

/** Opens them, does the work and closes them, however the work ends. */
export async function withTraces<Result>(
  given: Given,
  world: World,
  work: (source: TraceSource) => Promise<Result>,
): Promise<Result> {
  const source = await world.openTraces(await findStore(given, world))
  try {
    return await work(source)
  } finally {
    await source.close()
  }
}

/** An empty list may be a wrong folder. */
export function tellMissing(path: string, world: World): void {
  world.stderr(`There are no traces yet: ${path} is not there\n`)
}

/** Where a command finds what it works on, by its arguments, the environment and the configuration. */
export async function findStore(given: Given, world: World): Promise<Whereabouts> {
  const { url, token } = given.values
  if (url !== undefined) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new Error('--url must be an http:// or https:// address')
    return { kind: 'instance', url, token: token ?? (world.environment['WEIR_TOKEN'] || null) }
  }
  const folder = dataFrom(given, world)
  if (folder !== null) return { kind: 'store', folder }
  const { loaded } = await loadSettings(given, world)
  if (loaded.kind === 'loaded') return { kind: 'store', folder: loaded.config.data }
  const problems = loaded.problems.map(problemText).join('\n')
  throw new Error(`The configuration does not say where the traces are (--data DIR does):\n${problems}`)
}
