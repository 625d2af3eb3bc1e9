import { work, type Meter } from '../value/meter.ts'
import { pathsOf, sizeOf } from './cost.ts'
import { enginesFor, sourceOf } from './engines.ts'
import { checkFound, findAll, type Match } from './find.ts'
import { matchAt, visitedFor } from './match.ts'
import { literalOf } from './literal.ts'
import { isNullable, type Node } from './node.ts'
import { parseRegex } from './parse.ts'
import { refuseRegex, refusedRegex } from './refuse.ts'

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

export type Compiled =
  { readonly kind: 'regex'; readonly regex: Regex } | { readonly kind: 'refused'; readonly message: string }

/** `search` anywhere; `full` only as a whole, with the dot for every character, as patterns of arguments are. */
export type Use = 'search' | 'full'

const cache = new Map<string, Compiled>()
const mostCached = 200_000
const mostPattern = 20_000
const mostSize = 50_000
let cached = 0

/** A rule may make its patterns as it runs: those made last are kept. */
export function compileRegex(pattern: string, use: Use): Compiled {
  const key = `${use} ${pattern}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const compiled = compile(pattern, use)
  if (pattern.length > mostPattern) return compiled
  cache.set(key, compiled)
  cached += key.length
  for (const oldest of cache.keys()) {
    if (cached <= mostCached) break
    cache.delete(oldest)
    cached -= oldest.length
  }
  return compiled
}

function compile(pattern: string, use: Use): Compiled {
  if (pattern.length > mostPattern) return { kind: 'refused', message: 'the pattern is too long' }
  const flags = { ignoreCase: false, multiline: false, dotAll: use === 'full', verbose: false }
  try {
    const { node, groups } = parseRegex(pattern, flags)
    const end: Node = { kind: 'assert', at: 'text-end' }
    const whole: Node = use === 'full' ? { kind: 'sequence', items: [node, end] } : node
    if (sizeOf(whole) > mostSize) refuseRegex('the pattern is too large')
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
  const source = sourceOf(node)
  const pattern = { node, groups, source }
  const size = sizeOf(node)
  const literal = literalOf(node)
  const isFound = source !== undefined && !isNullable(node)
  /** An upper bound of JavaScript's steps; undefined if our engine is to run. */
  const stepsIn = (text: string, starts: number): number | undefined => {
    const steps = 2 ** pathsOf(node, text.length, true) * starts * size
    return steps < mostSteps ? steps : undefined
  }
  return {
    matches: (text, meter) => {
      if (!text.includes(literal)) return false
      const steps = source === undefined ? undefined : stepsIn(text, 1)
      const engines = enginesFor(pattern)
      if (steps === undefined) {
        const program = engines.program(meter)
        const attempt = { start: 0, visited: visitedFor(program, text, meter), mustAdvance: false }
        return matchAt(program, text, attempt, meter) !== -1
      }
      work(meter, steps)
      const sticky = engines.sticky()
      sticky.lastIndex = 0
      return sticky.test(text)
    },
    find: (text, meter) => {
      if (!text.includes(literal)) return []
      // What may match nothing goes on in Python's own way (find.ts).
      const steps = isFound ? stepsIn(text, text.length + 1) : undefined
      const engines = enginesFor(pattern)
      if (steps === undefined) return findAll(engines.program(meter), text, engines.starts(), meter)
      work(meter, steps)
      const found: Match[] = []
      for (const { index, 0: whole } of text.matchAll(engines.global())) {
        found.push({ from: index, to: index + whole.length })
        checkFound(found, meter)
      }
      return found
    },
  }
}
