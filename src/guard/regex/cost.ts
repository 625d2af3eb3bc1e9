import { isNullable, wordSet, type Node } from './node.ts'

/**
 * Whether JavaScript's own engine may run a pattern. It is several times faster than ours and cannot be stopped, so
 * it gets only what it must finish soon: `pathsOf` bounds how many ways (as a power of two) a text of that length can
 * be matched from one start.
 */
export function pathsOf(node: Node, length: number, isLast = false): number {
  switch (node.kind) {
    case 'set':
    case 'assert':
      return 0
    case 'group':
      return pathsOf(node.item, length, isLast)
    case 'sequence':
      return node.items.reduce(
        (sum, item, at) => sum + pathsOf(item, length, isLast && at === node.items.length - 1),
        0,
      )
    case 'choice':
      return Math.log2(node.options.reduce((sum, option) => sum + 2 ** pathsOf(option, length, isLast), 0))
    case 'look':
      return pathsOf(node.item, length)
    case 'repeat': {
      const inner = pathsOf(node.item, length)
      // An empty turn is a loop's last in Python, and no turn in JavaScript.
      if (node.max !== node.min && isNullable(node.item)) return Infinity
      if (node.max === Infinity) {
        if (inner > 0) return Infinity
        // At the very end a greedy loop has nobody to give anything back to.
        return isLast && node.mode === 'greedy' ? 0 : Math.log2(length + 2)
      }
      return node.max * inner + Math.log2(node.max - node.min + 1)
    }
    // Printed as JavaScript these would take a capture each: they are rare enough for the other engine.
    case 'atomic':
    case 'back':
    case 'if':
      return Infinity
  }
}

/**
 * How much a pattern is with its counted repetitions written out, as both engines write them: never less than the
 * instructions of `toProgram`. Said before anything is written, because `(?:(?:a{500}){500}){500}` fills all memory.
 */
export function sizeOf(node: Node, ofSet: (source: string) => number = () => 1): number {
  const of = (item: Node): number => sizeOf(item, ofSet)
  switch (node.kind) {
    case 'set':
      return ofSet(node.source)
    case 'assert':
      return node.at === 'word' || node.at === 'not-word' ? 4 * ofSet(wordSet) : 1
    case 'back':
      return 1
    case 'sequence':
      return node.items.reduce((sum, item) => sum + of(item), 1)
    case 'choice':
      return node.options.reduce((sum, option) => sum + 2 + of(option), 1)
    case 'if':
      return 3 + of(node.yes) + of(node.no)
    case 'repeat':
      return 6 + (node.max === Infinity ? node.min + 1 : node.max) * (of(node.item) + 1)
    default:
      return 2 + of(node.item)
  }
}

/** For JavaScript's engine: it takes 0.4 µs to compile a letter, and 20 for a class of Unicode's categories. */
export function javaScriptSizeOf(node: Node): number {
  return sizeOf(node, (source) => (/[pP]\{/.test(source) ? 50 : 1 + source.length / 50))
}
