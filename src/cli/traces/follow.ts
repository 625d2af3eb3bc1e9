import { misuse, type Command } from '../command.ts'
import { filterFlags, readFilters } from './filters.ts'
import { sourceFlags, tellMissing, withTraces } from './open.ts'
import { createRows } from './rows.ts'

/** Traces as they come in, until the user has seen enough. */
export const follow: Command = {
  kind: 'command',
  summary: 'Print traces as they come in, until Ctrl-C',
  flags: { ...filterFlags, json: { help: 'One JSON object a line' }, ...sourceFlags },
  takes: [],
  examples: ['weir traces follow', 'weir traces follow --outcome failed --json'],
  run: async (given, world) => {
    const filters = readFilters(given, world.now())
    if (filters.kind === 'wrong') return misuse(world, filters.message)
    const { head, row } = createRows(null, world)
    const isJson = given.switches.has('json')
    const following = withTraces(given, world, async (source) => {
      const missing = source.missing()
      if (missing !== null) tellMissing(missing, world)
      let { cursor } = await source.after(filters.query, null)
      if (!isJson) world.stdout(head)
      while (!world.stop.aborted) {
        await world.wait(pollMs)
        const news = await source.after(filters.query, cursor)
        cursor = news.cursor
        for (const trace of news.traces) world.stdout(isJson ? `${JSON.stringify(trace)}\n` : row(trace))
      }
    })
    await following.catch((error: unknown) => {
      // Ctrl-C is how it ends, also in the middle of a question.
      if (!world.stop.aborted) throw error
    })
    return 0
  },
}

/** A trace is on disk within 50 ms: with this it is on the screen before one looks there. */
const pollMs = 250
