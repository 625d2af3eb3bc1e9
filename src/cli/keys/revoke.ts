import { fail, type Command } from '../command.ts'
import { printableLine } from '../paint.ts'
import { sourceFlags } from '../traces/open.ts'
import { withKeys } from './open.ts'

/** Ends a key for good; it stays in the list, to be known by those who audit. */
export const revoke: Command = {
  kind: 'command',
  summary: 'End a key for good',
  flags: { ...sourceFlags },
  takes: ['KEY'],
  examples: ['weir keys revoke 01k3v9w2b60017f3kq8s'],
  run: async (given, world) => {
    const [id = ''] = given.rest
    const shown = printableLine(id.slice(0, 40))
    // Who takes the key itself for its name has it in the shell's history, and not in ours as well.
    if (/^inv-/.test(id))
      return fail(world, 'Tell the id of the key, as `weir keys list` has it, not the key itself')
    const was = await withKeys(given, world, (source) => source.revoke(id))
    if (!was) return fail(world, `There is no key "${shown}"`)
    world.stderr(`The key ${shown} is revoked\n`)
    return 0
  },
}
