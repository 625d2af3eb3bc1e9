import type { Config } from '../../config/schema.ts'
import { presets } from '../../provider/presets.ts'
import type { Addresses } from '../../trace/reprice.ts'
import { misuse, type Command } from '../command.ts'
import { ledgerOf } from '../files.ts'
import { countText, parseMoment } from '../quantity.ts'
import { tellProblems } from '../serve.ts'
import { loadSettings } from '../settings.ts'
import { sourceFlags, withTraces } from '../traces/open.ts'

/** Costs of stored traces made anew, after prices have changed or become known. */
export const reprice: Command = {
  kind: 'command',
  summary: 'Make the costs of stored traces anew by the prices known now',
  flags: {
    since: {
      value: 'WHEN',
      help: 'Only traces begun since: 30d ago, or a date such as 2026-05-01; all if not told',
    },
    ...sourceFlags,
  },
  takes: [],
  examples: ['weir cost reprice --since 30d', 'weir cost reprice --config /etc/weir/weir.yaml'],
  run: async (given, world) => {
    const since = given.values['since'] === undefined ? 0 : parseMoment(given.values['since'], world.now())
    if (since === null) return misuse(world, '--since must be a time ago such as 2h or 30d, or an ISO date')
    // Whose prices hold is written there: the price file, and where providers are.
    const { loaded } = await loadSettings(given, world)
    if (loaded.kind === 'faulty') return tellProblems(loaded.problems, world)
    const { config } = loaded
    const policy = { since, ledger: ledgerOf(config), addresses: addressesOf(config) }
    const { looked, changed } = await withTraces(given, world, (source) => source.reprice(policy))
    world.stdout(`${countText(changed)} of ${countText(looked)} traces have another cost now\n`)
    return 0
  },
}

function addressesOf({ providers }: Pick<Config, 'providers'>): Addresses {
  const named = Object.entries({ ...presets, ...providers }).map(([name, { url }]): [string, string] => {
    return [name, providers[name]?.url ?? url ?? presets[name]?.url ?? '']
  })
  return Object.fromEntries(named.filter(([, url]) => url !== ''))
}
