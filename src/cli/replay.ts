import { interrupted, misuse, type Command } from './command.ts'
import { printable } from './paint.ts'
import type { RawReply } from './source.ts'
import { missing } from './traces/missing.ts'
import { sourceFlags, withTraces } from './traces/open.ts'
import type { World } from './world.ts'

/** A recorded answer once more, as fast as it came, or faster. */
export const replay: Command = {
  kind: 'command',
  summary: 'Write a recorded answer again, with the timing it had',
  flags: {
    speed: { value: 'FACTOR', help: '1 as it came (if not told), 4 four times as fast, 0 or max at once' },
    ...sourceFlags,
  },
  takes: ['ID'],
  examples: ['weir replay 01k3v9w2b60017f3kq8s', 'weir replay 01k3v9w2b60017f3kq8s --speed max > answer.sse'],
  run: async (given, world) => {
    const speed = readSpeed(given.values['speed'] ?? '1')
    if (speed === null)
      return misuse(world, '--speed must be a number such as 1 or 4, or 0 or max for at once')
    const id = given.rest[0] ?? ''
    return withTraces(given, world, async (source) => {
      const raw = await source.raw(id)
      if (raw === null) return missing(id, source, world)
      await play(raw, speed, world)
      return world.stop.aborted ? interrupted : 0
    })
  },
}

/** How many times as fast; Infinity for at once; null for anything else. */
function readSpeed(text: string): number | null {
  if (text === 'max') return Infinity
  if (!/^\d+(\.\d+)?$/.test(text)) return null
  return Number(text) === 0 ? Infinity : Number(text)
}

async function play({ bytes, reads }: RawReply, speed: number, world: World): Promise<void> {
  // On a terminal it is shown, not executed; a character may be cut between two reads.
  const decoder = new TextDecoder()
  const write = (part: Uint8Array): void =>
    world.stdout(world.isTerminal ? printable(decoder.decode(part, { stream: true })) : part)
  const startedAt = world.now()
  let at = 0
  for (let index = 0; index + 1 < reads.length; index += 2) {
    // Against the start and not the read before, so that late timers do not add up.
    const dueMs = startedAt + (reads[index] ?? 0) / 1000 / speed
    const restMs = dueMs - world.now()
    if (restMs > 0) await world.wait(restMs)
    if (world.stop.aborted) return
    const end = at + (reads[index + 1] ?? 0)
    write(bytes.subarray(at, end))
    at = end
  }
  // Times may be missing where a bound was met: what they do not cover comes last.
  if (at < bytes.length) write(bytes.subarray(at))
}
