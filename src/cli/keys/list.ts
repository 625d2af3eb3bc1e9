import type { Command } from '../command.ts'
import { printableLine } from '../paint.ts'
import { momentText } from '../quantity.ts'
import { tableText, type Cell, type Column } from '../table.ts'
import { sourceFlags } from '../traces/open.ts'
import { withKeys } from './open.ts'
import type { ListedKey } from './source.ts'

/** What keys there are, by everything but their texts. */
export const list: Command = {
  kind: 'command',
  summary: 'Show which keys there are, what they are for and when they were used',
  flags: { json: { help: 'One JSON object a line' }, ...sourceFlags },
  takes: [],
  examples: ['weir keys list', 'weir keys list --json | jq -r "select(.last_used == null).id"'],
  run: async (given, world) => {
    const keys = await withKeys(given, world, (source) => source.list())
    if (given.switches.has('json')) {
      for (const key of keys) world.stdout(`${JSON.stringify(key)}\n`)
      return 0
    }
    if (keys.length > 0) world.stdout(tableText(columns, keys.map(cellsOf), world))
    else if (world.isErrorTerminal) world.stderr('There are no keys\n')
    return 0
  },
}

const columns = [
  { title: 'KEY', align: 'left', rank: 0 },
  { title: 'ENDS IN', align: 'left', rank: 2 },
  { title: 'STATE', align: 'left', rank: 1 },
  { title: 'USER', align: 'left', rank: 3 },
  { title: 'RIGHTS', align: 'left', rank: 4 },
  { title: 'PROJECTS', align: 'left', rank: 5 },
  { title: 'LAST USED', align: 'left', rank: 6 },
  { title: 'NAME', align: 'left', rank: 7 },
] as const satisfies readonly Column[]

function cellsOf(key: ListedKey): Cell[] {
  const state = stateOf(key)
  return [
    { text: key.id, color: 'cyan' },
    { text: printableLine(key.hashed_key) },
    { text: state, color: state === 'valid' ? 'green' : 'yellow' },
    { text: printableLine(key.user) },
    { text: printableLine(key.rights.join(',')) },
    { text: printableLine(key.projects?.join(',') ?? 'all') },
    { text: key.last_used === null ? '-' : dayOf(key.last_used) },
    { text: printableLine(key.name ?? '-') },
  ]
}

function stateOf({ revoked_at: revoked, expired }: ListedKey): 'revoked' | 'expired' | 'valid' {
  if (revoked !== null) return 'revoked'
  return expired ? 'expired' : 'valid'
}

function dayOf(text: string): string {
  const moment = Date.parse(text)
  return Number.isNaN(moment) ? '-' : momentText(moment)
}
