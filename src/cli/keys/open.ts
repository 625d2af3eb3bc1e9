import type { Given } from '../command.ts'
import { findStore } from '../traces/open.ts'
import type { World } from '../world.ts'
import type { KeySource } from './source.ts'

/** Opens the keys, does the work and closes them, however the work ends. */
export async function withKeys<Result>(
  given: Given,
  world: World,
  work: (source: KeySource) => Promise<Result>,
): Promise<Result> {
  const source = world.openKeys(await findStore(given, world))
  try {
    return await work(source)
  } finally {
    source.close()
  }
}
