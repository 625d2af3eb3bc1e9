import { rights, type Right } from '../../trace/home/who.ts'
import { misuse, type Command, type Given } from '../command.ts'
import { momentText, parseDuration, parseMoment } from '../quantity.ts'
import { printableLine } from '../paint.ts'
import { sourceFlags } from '../traces/open.ts'
import { withKeys } from './open.ts'
import type { WantedKey } from './source.ts'

/** A new key. Its text alone goes to stdout, so that a script can take it: nobody is told it again. */
export const create: Command = {
  kind: 'command',
  summary: 'Make a key and show it, once',
  flags: {
    name: { value: 'TEXT', help: 'What it is for, to tell it from others' },
    user: { value: 'NAME', help: 'Whose it is; `developer` if not told, and made if there is none' },
    project: { value: 'NAME,...', help: 'What it is for alone; all projects if not told' },
    rights: { value: 'RIGHT,...', help: `Some of ${rights.join(', ')}; push,read,gateway if not told` },
    expires: { value: 'WHEN', help: 'Until when it holds: a time from now such as 90d, or a date' },
    sha256: { value: 'HEX', help: 'Take over a key that exists, by its hash, as an Explorer has it' },
    ...sourceFlags,
  },
  takes: [],
  examples: [
    'weir keys create --name "build agents" --project agents --rights push --expires 90d',
    'weir keys create --user ada --rights admin',
    'KEY=$(weir keys create --url http://weir.example:9347)',
  ],
  run: async (given, world) => {
    const wanted = readWanted(given, world.now())
    if (typeof wanted === 'string') return misuse(world, wanted)
    const { id, key } = await withKeys(given, world, (source) => source.create(wanted))
    if (key !== null) world.stdout(`${key}\n`)
    const said = key === null ? 'is known from now on' : 'is shown this once'
    world.stderr(`The key ${printableLine(id)} ${said}${tellOf(wanted)}\n`)
    return 0
  },
}

/** What is wanted, or what is wrong with it. */
function readWanted({ values }: Given, now: number): WantedKey | string {
  const { name, user, project, rights: told, expires, sha256 } = values
  const chosen = told?.split(',').map((each) => each.trim())
  const unknown = chosen?.find((each) => !isRight(each))
  if (unknown !== undefined)
    return `--rights knows no "${printableLine(unknown)}": there are ${rights.join(', ')}`
  const until = expires === undefined ? undefined : momentOf(expires, now)
  if (until === null) return '--expires must be a time from now, such as 90d, or a date that lies ahead'
  return {
    ...(name !== undefined && { name }),
    ...(user !== undefined && { user }),
    ...(project !== undefined && { projects: project.split(',').map((each) => each.trim()) }),
    ...(chosen !== undefined && { rights: chosen.filter(isRight) }),
    ...(until !== undefined && { expires_at: new Date(until).toISOString() }),
    ...(sha256 !== undefined && { hashed_key: sha256 }),
  }
}

function isRight(text: string): text is Right {
  return rights.some((right) => right === text)
}

function momentOf(text: string, now: number): number | null {
  const length = parseDuration(text)
  const moment = length === null ? parseMoment(text, now) : now + length
  return moment !== null && moment > now && moment < 8.64e15 ? moment : null
}

function tellOf({ expires_at: until }: WantedKey): string {
  return until === undefined ? '' : `, and holds until ${momentText(Date.parse(until))}`
}
