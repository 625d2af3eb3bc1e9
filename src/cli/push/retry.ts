import type { Command } from '../command.ts'
import { countText } from '../quantity.ts'
import { sourceFlags, withTraces } from '../traces/open.ts'

/** Once the reason is gone for which a remote refused traces. */
export const retry: Command = {
  kind: 'command',
  summary: 'Send what its remote refused once more',
  flags: { project: { value: 'NAME', help: 'Only of this project' }, ...sourceFlags },
  takes: [],
  examples: ['weir push retry', 'weir push retry --project research'],
  run: async (given, world) => {
    const project = given.values['project'] ?? null
    const count = await withTraces(given, world, (source) => source.retryPushes(project))
    world.stdout(`${countText(count)} ${count === 1 ? 'trace waits' : 'traces wait'} again\n`)
    return 0
  },
}
