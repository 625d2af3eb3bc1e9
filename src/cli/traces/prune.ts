import { misuse, type Command, type Given } from '../command.ts'
import { countText, parseDuration, parseSize, sizeText } from '../quantity.ts'
import type { PrunePolicy, Pruned } from '../source.ts'
import { sourceFlags, withTraces } from './open.ts'

/** Removes old traces, by age, by size, by number: whatever of these is given. */
export const prune: Command = {
  kind: 'command',
  summary: 'Remove the oldest traces',
  flags: {
    'older-than': { value: 'TIME', help: 'Those begun longer ago, such as 30d' },
    'keep-bytes': { value: 'SIZE', help: 'Until the store is no larger, such as 1GB' },
    keep: { value: 'NUMBER', help: 'All but the newest so many' },
    'dry-run': { help: 'Only tell what would be removed' },
    ...sourceFlags,
  },
  takes: [],
  examples: [
    'weir traces prune --older-than 30d --dry-run',
    'weir traces prune --keep-bytes 1GB --keep 100000',
  ],
  run: async (given, world) => {
    const policy = readPolicy(given, world.now())
    if (typeof policy === 'string') return misuse(world, policy)
    const pruned = await withTraces(given, world, (source) => source.prune(policy))
    world.stdout(`${resultText(pruned, policy)}\n`)
    return 0
  },
}

/** The policy, or what is wrong with it. */
function readPolicy({ values, switches }: Given, now: number): PrunePolicy | string {
  const age = values['older-than']
  const bytes = values['keep-bytes']
  const keep = values['keep']
  if (age === undefined && bytes === undefined && keep === undefined) {
    return 'Tell what to remove: --older-than, --keep-bytes or --keep'
  }
  const ageMs = age === undefined ? undefined : parseDuration(age)
  if (ageMs === null) return '--older-than must be a time, such as 30d'
  const keepBytes = bytes === undefined ? undefined : parseSize(bytes)
  if (keepBytes === null) return '--keep-bytes must be a size, such as 1GB'
  if (keep !== undefined && !/^\d{1,12}$/.test(keep)) return '--keep must be a number'
  return {
    ...(ageMs === undefined ? {} : { before: now - ageMs }),
    ...(keepBytes === undefined ? {} : { keepBytes }),
    ...(keep === undefined ? {} : { keepCount: Number(keep) }),
    mode: switches.has('dry-run') ? 'count' : 'remove',
  }
}

function resultText({ traces, bytes }: Pruned, { mode, keepBytes }: PrunePolicy): string {
  const what = `${countText(traces)} ${traces === 1 ? 'trace' : 'traces'}`
  if (mode === 'remove') return `${what}${bytes === null ? '' : ` (${sizeText(bytes)})`} removed`
  const size = bytes === null ? '' : ` (about ${sizeText(bytes)})`
  return `${keepBytes === undefined ? '' : 'about '}${what}${size} would be removed`
}
