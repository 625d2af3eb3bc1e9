import type { Meter } from '../value/meter.ts'
import { foldOf, pathsOf, toJavaScript } from './cost.ts'
import { matchAt, visitedFor, type Visited } from './match.ts'
import type { Node } from './node.ts'
import { parseRegex } from './parse.ts'
import { toProgram, type Program } from './program.ts'
import { refusedRegex } from './refuse.ts'
import { startsOf, type Starts } from './start.ts'

/**
 * Python's regular expressions. JavaScript's engine runs those that it must finish soon on this text, ours all others,
 * counting its steps: no pattern holds the worker (docs/decisions/0014).
 */
export type Regex = {
  /** Whether it matches at the start, as `re.match`. */
  readonly matches: (text: string, meter: Meter) => boolean
  /** Its matches that do not overlap, as `re.finditer`. */
  readonly find: (text: string, meter: Meter) => readonly Match[]
}

export type Match = { readonly from: number; readonly to: number }

export type Compiled =
  { readonly kind: 'regex'; readonly regex: Regex } | { readonly kind: 'refused'; readonly message: string }

/** `search` anywhere; `full` only as a whole, with the dot for every character, as patterns of arguments are. */
export type Use = 'search' | 'full'

const cache = new Map<string, Compiled>()
const mostCached = 1000
const mostPattern = 20_000

export function compileRegex(pattern: string, use: Use): Compiled {
  const key = `${use} ${pattern}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const compiled = compile(pattern, use)
  if (cache.size >= mostCached) cache.delete(cache.keys().next().value ?? '')
  if (key.length < mostPattern) cache.set(key, compiled)
  return compiled
}

function compile(pattern: string, use: Use): Compiled {
  if (pattern.length > mostPattern) return { kind: 'refused', message: 'the pattern is too long' }
  const flags = { ignoreCase: false, multiline: false, dotAll: use === 'full', verbose: false }
  try {
    const { node, groups } = parseRegex(pattern, flags)
    const end: Node = { kind: 'assert', at: 'text-end' }
    const whole: Node = use === 'full' ? { kind: 'sequence', items: [node, end] } : node
    return { kind: 'regex', regex: toRegex(whole, groups) }
  } catch (error) {
    const message = refusedRegex(error)
    if (message === undefined) throw error
    return { kind: 'refused', message }
  }
}

/** What JavaScript may need at most, in steps of about a nanosecond. */
const mostSteps = 4_000_000

function toRegex(node: Node, groups: number): Regex {
  const fold = foldOf(node)
  const source = fold === 'mixed' ? undefined : toJavaScript(node)
  const flags = fold === 'all' ? 'vi' : 'v'
  const size = Math.log2((source?.length ?? 0) + 2)
  let program: Program | undefined
  let sticky: RegExp | undefined
  let global: RegExp | undefined
  const ours = (): Program => (program ??= toProgram(node, groups))
  // Refuse what is too large when it is compiled, not when it first runs.
  if (source === undefined || pathsOf(node, 1) === Infinity) ours()
  const isQuick = (text: string, starts: number): boolean =>
    source !== undefined && Math.log2(starts) + pathsOf(node, text.length, true) + size < Math.log2(mostSteps)
  const starts = startsOf(node)
  return {
    matches: (text, meter) => {
      if (source !== undefined && isQuick(text, 1)) {
        sticky ??= new RegExp(source, `${flags}y`)
        sticky.lastIndex = 0
        return sticky.test(text)
      }
      return matchAt(ours(), text, 0, visitedFor(ours(), text), meter) !== -1
    },
    find: (text, meter) => {
      if (source === undefined || !isQuick(text, text.length + 1)) return findAll(ours(), text, starts, meter)
      global ??= new RegExp(source, `${flags}g`)
      return Array.from(text.matchAll(global), (match) => ({
        from: match.index,
        to: match.index + match[0].length,
      }))
    },
  }
}

function findAll(program: Program, text: string, starts: Starts, meter: Meter): Match[] {
  const found: Match[] = []
  let visited: Visited | undefined
  let from = 0
  while (from <= text.length) {
    const start = starts === null ? from : starts(text, from)
    if (start === -1) return found
    // Most texts have no place to start at: they need no memory.
    if (visited === undefined) visited = visitedFor(program, text)
    const to = matchAt(program, text, start, visited, meter)
    if (to === -1) {
      from = after(text, start)
      continue
    }
    found.push({ from: start, to })
    // What led to a match is no dead end: forget what was tried within it.
    if (visited !== null) visited = forget(program, visited, start, to)
    // Python's rule since 3.7: an empty match may follow a match, but not one that is empty at the same place.
    from = to > start ? to : after(text, start)
  }
  return found
}

function after(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)
}

function forget(program: Program, visited: Uint32Array, from: number, to: number): Uint32Array {
  const length = program.code.length
  visited.fill(0, (from * length) >> 5, (((to + 1) * length) >> 5) + 1)
  return visited
}
