import { interrupted, misuse, type Command } from '../command.ts'
import { createPaint, wantsColor } from '../paint.ts'
import { countText, sizeText } from '../quantity.ts'
import type { World } from '../world.ts'
import { filterFlags, readFilters } from './filters.ts'
import { pages } from './list.ts'
import { sourceFlags, tellMissing, withTraces } from './open.ts'

/** Whole traces as JSON lines, one at a time: it takes the memory of one. */
export const exportTraces: Command = {
  kind: 'command',
  summary: 'Write whole traces as JSON lines, newest first',
  flags: { ...filterFlags, ...sourceFlags },
  takes: [],
  examples: [
    'weir traces export > traces.jsonl',
    'weir traces export --project research --since 2026-05-01 | zstd > may.jsonl.zst',
  ],
  run: async (given, world) => {
    const filters = readFilters(given, world.now())
    if (filters.kind === 'wrong') return misuse(world, filters.message)
    const progress = createProgress(world)
    await withTraces(given, world, async (source) => {
      const missing = source.missing()
      if (missing !== null) tellMissing(missing, world)
      for await (const { id } of pages(source, filters.query)) {
        if (world.stop.aborted) return
        const trace = await source.get(id)
        // Pruned since its page was read.
        if (trace === null) continue
        const line = `${JSON.stringify(trace)}\n`
        world.stdout(line)
        progress.add(line.length)
      }
    })
    progress.end()
    return world.stop.aborted ? interrupted : 0
  },
}

const progressMs = 100

/** One line on the terminal that is written over. Silent where nobody looks, or where it would mix with the data. */
function createProgress(world: World): { add: (characters: number) => void; end: () => void } {
  if (!world.isErrorTerminal || world.isTerminal) return { add: () => undefined, end: () => undefined }
  const paint = createPaint(wantsColor(true, world.environment))
  let traces = 0
  let characters = 0
  let shownAt = -Infinity
  const text = (): string => `${countText(traces)} traces, ${sizeText(characters)}`
  return {
    add: (more) => {
      traces++
      characters += more
      if (world.now() - shownAt < progressMs) return
      shownAt = world.now()
      world.stderr(`\r${paint('dim', text())}\x1b[K`)
    },
    end: () => world.stderr(`\r${text()}\x1b[K\n`),
  }
}
