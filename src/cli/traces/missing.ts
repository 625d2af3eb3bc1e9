import type { OpenTrace } from '../../trace/read.ts'
import { fail } from '../command.ts'
import { printableLine } from '../paint.ts'
import { durationText, momentText, sizeText } from '../quantity.ts'
import type { TraceSource } from '../source.ts'
import type { World } from '../world.ts'

/** Why there is no such trace: it still runs, and then with what is known of it, or nobody knows of it. */
export async function missing(id: string, source: TraceSource, world: World): Promise<number> {
  const running = await source.running(id)
  if (running !== null) return fail(world, stillRunning(running, world.now()))
  const path = source.missing()
  const where = path === null ? '' : `: ${path} is not there`
  return fail(world, `There is no trace ${printableLine(id)}${where}`)
}

function stillRunning(open: OpenTrace, now: number): string {
  const { id, startedAt, method, path, model, provider, status, requestBytes } = open
  const answer = status === null ? 'no answer yet' : `answering with status ${status}`
  const lines = [
    `${id} is still running: it is a trace once it has ended`,
    `  call     ${method} ${path}`,
    `  model    ${model ?? 'unknown'} · ${provider ?? 'unknown'}`,
    `  started  ${momentText(startedAt)} UTC, ${durationText(Math.max(0, now - startedAt))} ago`,
    `  request  ${sizeText(requestBytes)} received, ${answer}`,
  ]
  return lines.map(printableLineOf).join('\n')
}

/** Aligned lines keep their spaces, which `printableLine` would gather. */
function printableLineOf(line: string): string {
  const spaces = /^ *\S+ */.exec(line)?.[0] ?? ''
  return spaces + printableLine(line.slice(spaces.length))
}
