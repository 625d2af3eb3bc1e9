import type { Meter } from '../value/meter.ts'
import { checkTime } from '../value/meter.ts'
import { javaScriptSizeOf, sizeOf } from './cost.ts'
import { foldOf, toJavaScript } from './javascript.ts'
import type { Node } from './node.ts'
import { toProgram, type Program } from './program.ts'
import { startsOf, type Starts } from './start.ts'

/**
 * A pattern made ready to run, in either engine. That is large, up to a few MB, and made again in no time: those made
 * last are kept, and no more of them than a worker has room for, however many patterns the policies hold.
 */
export type Engines = {
  readonly program: (meter: Meter) => Program
  readonly starts: () => Starts
  readonly sticky: () => RegExp
  readonly global: () => RegExp
}

export type Pattern = {
  readonly node: Node
  readonly groups: number
  /** As JavaScript writes it; undefined if it cannot, or should not. */
  readonly source: string | undefined
}

const kept = new Map<Pattern, { readonly engines: Engines; readonly size: number }>()
const mostKept = 400_000
let size = 0

/** More would take JavaScript's engine longer to compile than ours to run. */
const mostJavaScript = 2_000

export function sourceOf(node: Node): string | undefined {
  if (foldOf(node) === 'mixed' || javaScriptSizeOf(node) > mostJavaScript) return undefined
  return toJavaScript(node)
}

export function enginesFor(pattern: Pattern): Engines {
  const before = kept.get(pattern)
  if (before !== undefined) return before.engines
  const own = { engines: makeEngines(pattern), size: 10 + sizeOf(pattern.node) }
  kept.set(pattern, own)
  size += own.size
  for (const [oldest, { size: freed }] of kept) {
    if (size <= mostKept || oldest === pattern) break
    kept.delete(oldest)
    size -= freed
  }
  return own.engines
}

function makeEngines({ node, groups, source = '' }: Pattern): Engines {
  const flags = foldOf(node) === 'all' ? 'vi' : 'v'
  let program: Program | undefined
  let starts: { readonly of: Starts } | undefined
  let sticky: RegExp | undefined
  let global: RegExp | undefined
  return {
    program: (meter) => {
      if (program !== undefined) return program
      program = toProgram(node, groups)
      checkTime(meter)
      return program
    },
    starts: () => (starts ??= { of: startsOf(node) }).of,
    sticky: () => (sticky ??= new RegExp(source, `${flags}y`)),
    global: () => (global ??= new RegExp(source, `${flags}g`)),
  }
}
