import { join } from 'node:path'
import { problemText } from '../../config/problem.ts'
import { refreshPrices } from '../../ledger/refresh.ts'
import type { Command } from '../command.ts'
import { pricesFile } from '../files.ts'
import { countText } from '../quantity.ts'
import { configFlags, dataFrom, loadSettings } from '../settings.ts'
import type { World } from '../world.ts'
import type { Given } from '../command.ts'

/** The newest list of prices, for a Weir that runs and for those to come. */
export const refresh: Command = {
  kind: 'command',
  summary: 'Download the newest list of prices into the data folder',
  flags: {
    ...configFlags,
    data: { value: 'DIR', help: 'The data folder; else $WEIR_DATA, else the configuration' },
  },
  takes: [],
  examples: [
    'weir prices refresh',
    'weir prices refresh --data /var/lib/weir && weir cost reprice --since 30d',
  ],
  run: async (given, world) => {
    const path = join(await folderOf(given, world), pricesFile)
    const { providers, models } = await refreshPrices({ get: world.fetch, path, signal: world.stop })
    world.stdout(`${path}: ${countText(models)} models of ${countText(providers)} providers\n`)
    return 0
  },
}

async function folderOf(given: Given, world: World): Promise<string> {
  const folder = dataFrom(given, world)
  if (folder !== null) return folder
  const { loaded } = await loadSettings(given, world)
  if (loaded.kind === 'loaded') return loaded.config.data
  throw new Error(`The configuration has faults:\n${loaded.problems.map(problemText).join('\n')}`)
}
