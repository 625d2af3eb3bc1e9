import { join, resolve } from 'node:path'
import { failed, type Command } from '../command.ts'
import { printableLine } from '../paint.ts'
import { nearName } from './find.ts'
import { starter } from './starter.ts'

/** Rules to begin with, as files to be read and changed. */
export const init: Command = {
  kind: 'command',
  summary: 'Write a starter set of rules for coding agents, with their cases',
  flags: { into: { value: 'DIR', help: 'The folder for them; `rules` if not told' } },
  takes: [],
  examples: ['weir rules init', 'weir rules init --into /etc/weir/rules && weir rules test /etc/weir/rules'],
  run: async ({ values }, world) => {
    const folder = resolve(world.folder, values['into'] ?? 'rules')
    let kept = 0
    for (const { name, text } of starter) {
      const path = join(folder, name)
      const isNew = await world.writeNew(path, text)
      if (!isNew) kept++
      const shown = printableLine(nearName(path, world.folder))
      if (isNew) world.stdout(`${shown}\n`)
      else world.stderr(`${shown} is there already and stays as it is\n`)
    }
    return kept === starter.length ? failed : 0
  },
}
