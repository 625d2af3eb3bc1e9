import { basename } from 'node:path'
import { Fault } from '../../core/fault.ts'
import { fail, interrupted, misuse, type Command } from '../command.ts'
import { createProgress } from '../progress.ts'
import { countText } from '../quantity.ts'
import { sourceFlags, withTraces } from '../traces/open.ts'

/** What was exported elsewhere, brought into a project: as often as one likes, each trace once. */
const { url: _url, token: _token, ...flags } = sourceFlags

export const importTraces: Command = {
  kind: 'command',
  summary: "Bring an export of Invariant's Explorer (JSON lines) into a project",
  flags: {
    ...flags,
    project: { value: 'NAME', help: 'The project; else the name of the file. It is made if it is not there' },
  },
  takes: ['FILE'],
  examples: ['weir import traces.jsonl', 'weir import --project research exported.jsonl'],
  run: async (given, world) => {
    const [file = ''] = given.rest
    const project = given.values['project'] ?? basename(file).replace(/\.jsonl?$/, '')
    if (!/^[A-Za-z0-9_-]{1,200}$/.test(project)) {
      return misuse(
        world,
        `"${project}" can be no project: --project takes letters, digits, hyphens, underscores`,
      )
    }
    const opened = await world.openLines(file)
    if (opened === null) return fail(world, `There is no file "${file}"`)
    const progress = createProgress(world)
    return withTraces(given, world, async ({ importLines }) => {
      if (importLines === null) return fail(world, 'Only the files can be worked on: leave --url out')
      try {
        const { added, known, isWhole } = await importLines({
          project,
          lines: opened.lines,
          isStopped: () => world.stop.aborted,
          tell: ({ added, known, lines }) =>
            progress.show(() => {
              const part = opened.bytes === null ? '' : `, ${partText(opened.read() / opened.bytes)}`
              return `${countText(lines)} lines: ${countText(added)} added, ${countText(known)} known${part}`
            }),
        })
        progress.end()
        world.stdout(`${countText(added)} traces added to ${project}, ${countText(known)} were there\n`)
        if (isWhole) return 0
        world.stderr('weir: stopped; the same command goes on where it was\n')
        return interrupted
      } catch (error) {
        progress.end()
        if (!(error instanceof Fault)) throw error
        return fail(world, `${file}: ${error.message} (the lines before it are in ${project})`)
      }
    })
  },
}

function partText(part: number): string {
  return `${Math.floor(Math.min(1, part) * 100)} %`
}
