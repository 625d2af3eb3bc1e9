import { fail, type Command } from '../command.ts'
import { createProgress } from '../progress.ts'
import { countText } from '../quantity.ts'
import { sourceFlags, withTraces } from '../traces/open.ts'

/** Sessions of what an earlier Weir has stored. */
export const rebuild: Command = {
  kind: 'command',
  summary: 'Stitch traces that were stored before there were sessions',
  flags: sourceFlags,
  takes: [],
  examples: ['weir sessions rebuild', 'weir sessions rebuild --data /var/lib/weir'],
  run: async (given, world) =>
    withTraces(given, world, async ({ rebuildSessions }) => {
      if (rebuildSessions === null) return fail(world, 'Only the files can be worked on: leave --url out')
      const progress = createProgress(world)
      const { seen, joined } = await rebuildSessions((count) =>
        progress.show(() => `${countText(count)} traces read`),
      )
      progress.end()
      world.stdout(`${countText(seen)} traces read, ${countText(joined)} of them put into sessions\n`)
      return 0
    }),
}
