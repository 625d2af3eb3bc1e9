import { fail, interrupted, misuse, type Command } from '../command.ts'
import { sourceFlags, withTraces } from '../traces/open.ts'

/** A project as JSON lines that an Explorer, or another Weir, brings in: one trace at a time, pictures within it. */
const { url: _url, token: _token, ...flags } = sourceFlags

export const exportProject: Command = {
  kind: 'command',
  summary: "Write a project as an export of Invariant's Explorer (JSON lines)",
  flags: {
    ...flags,
    project: { value: 'NAME', help: 'The project' },
    ids: { help: 'With the id of each trace' },
    annotated: { help: 'Only traces that something was remarked about' },
  },
  takes: [],
  examples: ['weir export --project research > research.jsonl'],
  run: async (given, world) => {
    const { project } = given.values
    if (project === undefined) return misuse(world, 'Say which project: --project NAME')
    return withTraces(given, world, async ({ exportLines }) => {
      if (exportLines === null) return fail(world, 'Only the files can be worked on: leave --url out')
      const withIds = given.switches.has('ids')
      const lines = exportLines({ project, withIds, isAnnotated: given.switches.has('annotated') })
      if (lines === null) return fail(world, `There is no project "${project}"`)
      for await (const line of lines) {
        if (world.stop.aborted) return interrupted
        world.stdout(line)
      }
      return 0
    })
  },
}
