import type { Command } from './command.ts'

/** Which Weir this is. */
export const version: Command = {
  kind: 'command',
  summary: 'Print the version',
  flags: {},
  takes: [],
  examples: ['weir version'],
  run: async (_, world) => {
    world.stdout(`weir ${world.version}\n`)
    return 0
  },
}
