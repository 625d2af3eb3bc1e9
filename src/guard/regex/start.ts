import type { Node } from './node.ts'

/**
 * The next place from which a match could start at all; -1 for none. JavaScript's engine looks for the first few
 * characters of every way in: of so few, each of which is one class, it is always quick, whatever follows them.
 */
export type Starts = ((text: string, from: number) => number) | null

type Set = Extract<Node, { kind: 'set' }>
/** The first sets of a way to match; an open one goes on with what stands behind it in the pattern. */
type Way = { readonly sets: readonly Set[]; readonly isOpen: boolean }

const mostSets = 5
const mostWays = 48

export function startsOf(node: Node): Starts {
  const all = waysInto(node)
  // So many are told by their first characters alone, of which there are fewer.
  const ways = all.length > mostWays ? firstOf(all) : all
  if (ways.length > mostWays) return null
  const sets = ways.flatMap((way) => way.sets)
  // Ignoring case makes a class larger and its complement smaller: for some sets alone it cannot be asked for.
  const isMixed = new Set(sets.map(({ fold }) => fold)).size > 1
  if (isMixed || ways.some((way) => way.sets.length === 0)) return null
  const source = ways.map((way) => way.sets.map((set) => set.source).join('')).join('|')
  const pattern = new RegExp(source, sets[0]?.fold === true ? 'vig' : 'vg')
  return (text, from) => {
    pattern.lastIndex = from
    return pattern.exec(text)?.index ?? -1
  }
}

function firstOf(ways: readonly Way[]): readonly Way[] {
  const firsts = new Map(ways.map(({ sets }) => [`${sets[0]?.fold} ${sets[0]?.source}`, sets.slice(0, 1)]))
  return [...firsts.values()].map((sets) => ({ sets, isOpen: false }))
}

const nothing: readonly Way[] = [{ sets: [], isOpen: true }]

function waysInto(node: Node): readonly Way[] {
  switch (node.kind) {
    case 'set':
      return [{ sets: [node], isOpen: true }]
    case 'assert':
    case 'look':
      return nothing
    case 'group':
    case 'atomic':
      return waysInto(node.item)
    case 'choice':
      return node.options.flatMap(waysInto)
    case 'sequence':
      return node.items.reduce(followedBy, nothing)
    case 'repeat':
      return waysIntoRepeat(node)
    case 'back':
    case 'if':
      return closed(nothing)
  }
}

/** Once, and then nobody knows; or, where it need not be there, with what follows as one more way. */
function waysIntoRepeat({ item, min, max }: Extract<Node, { kind: 'repeat' }>): readonly Way[] {
  const once = max === 1 ? waysInto(item) : closed(waysInto(item))
  return min === 0 ? [...once, ...nothing] : once
}

function followedBy(ways: readonly Way[], item: Node): readonly Way[] {
  if (!ways.some(isGoingOn)) return ways
  const next = waysInto(item)
  const longer = ways.flatMap((way) => {
    if (!isGoingOn(way)) return [way]
    return next.map((step) => joined(way, step))
  })
  return longer.length > Math.max(mostWays, ways.length, next.length) ? closed(ways) : longer
}

function joined(way: Way, { sets, isOpen }: Way): Way {
  const own = [...way.sets, ...sets].slice(0, mostSets)
  // It takes long to compile classes of Unicode's categories: beyond the first character they are not asked for.
  const end = own.findIndex(({ source }, at) => at > 0 && /\\[pP]\{/.test(source))
  return end === -1 ? { sets: own, isOpen } : { sets: own.slice(0, end), isOpen: false }
}

function isGoingOn({ sets, isOpen }: Way): boolean {
  return isOpen && sets.length < mostSets
}

function closed(ways: readonly Way[]): readonly Way[] {
  return ways.map(({ sets }) => ({ sets, isOpen: false }))
}
