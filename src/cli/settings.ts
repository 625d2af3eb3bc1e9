import { isAbsolute, join } from 'node:path'
import { loadConfig, type Loaded, type Overrides } from '../config/load.ts'
import type { Flags, Given } from './command.ts'
import type { World } from './world.ts'

/** The configuration a command works with: which file, and what arguments and environment put in its place. */
export const configFlags = {
  config: { value: 'FILE', help: 'Configuration; else $WEIR_CONFIG, else ./weir.yaml if there is one' },
} as const satisfies Flags

export type Settings = {
  readonly file: string | null
  readonly overrides: Overrides
  readonly loaded: Loaded
}

/** Throws if the file that was asked for is not there: starting without it would surprise. */
export async function loadSettings(given: Given, world: World): Promise<Settings> {
  const asked = given.values['config'] ?? filled(world.environment['WEIR_CONFIG'])
  const path = whole(asked ?? 'weir.yaml', world)
  const text = await world.readText(path)
  if (text === null && asked !== undefined) throw new Error(`There is no configuration file ${path}`)
  const overrides = overridesFrom(given, world)
  const file = text === null ? null : path
  return { file, overrides, loaded: loadConfig(text ?? '', file ?? path, world.environment, overrides) }
}

/** The folder of the traces, where an argument or the environment says it: no configuration is needed then. */
export function dataFrom({ values }: Given, world: World): string | null {
  const data = values['data'] ?? filled(world.environment['WEIR_DATA'])
  return data === undefined ? null : whole(data, world)
}

function overridesFrom(given: Given, world: World): Overrides {
  const { values, switches } = given
  const { environment } = world
  const isLike = switches.has('like-invariant')
  const listen =
    values['listen'] ?? filled(environment['WEIR_LISTEN']) ?? (isLike ? theirs(environment) : undefined)
  const data = dataFrom(given, world)
  const token = values['token'] ?? filled(environment['WEIR_TOKEN'])
  const policy = filled(environment['GUARDRAILS_FILE_PATH'])
  return {
    ...(listen === undefined ? {} : { listen }),
    ...(data === null ? {} : { data }),
    ...(token === undefined ? {} : { token }),
    ...(switches.has('insecure') ? { insecure: true } : {}),
    ...(policy === undefined ? {} : { policy: whole(policy, world) }),
    ...(isLike ? { tell: true } : {}),
  }
}

/** Where Invariant's gateway was to be found from its own machine. Of so common a name only who asks for it hears. */
function theirs(environment: World['environment']): string {
  return `127.0.0.1:${filled(environment['PORT']) ?? '8005'}`
}

/** Set but empty is how scripts and unit files say "not set". */
function filled(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

function whole(path: string, world: World): string {
  return isAbsolute(path) ? path : join(world.folder, path)
}
