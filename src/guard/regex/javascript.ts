import { wordSet, type Node } from './node.ts'

/** The pattern for JavaScript, flags `v` and `i` if all of it ignores case; undefined if it cannot be written so. */
export function toJavaScript(node: Node): string | undefined {
  switch (node.kind) {
    case 'set':
      return node.source
    case 'assert':
      return asserted[node.at]
    case 'sequence':
      return joined(node.items, '')
    case 'choice': {
      const options = joined(node.options, '|')
      return options === undefined ? undefined : `(?:${options})`
    }
    case 'group':
      return toJavaScript(node.item)
    case 'look': {
      const item = toJavaScript(node.item)
      return item === undefined
        ? undefined
        : `(?${node.isAhead ? '' : '<'}${node.isNegated ? '!' : '='}${item})`
    }
    case 'repeat': {
      const item = toJavaScript(node.item)
      if (item === undefined || node.mode === 'possessive') return undefined
      const count = `{${node.min},${node.max === Infinity ? '' : node.max}}`
      return `(?:${item})${count}${node.mode === 'lazy' ? '?' : ''}`
    }
    case 'atomic':
    case 'back':
    case 'if':
      return undefined
  }
}

const asserted = {
  start: '^',
  'line-start': String.raw`(?<![^\n])`,
  end: String.raw`(?=\n?$)`,
  'line-end': String.raw`(?![^\n])`,
  'text-end': '$',
  word: `(?:(?<=${wordSet})(?!${wordSet})|(?<!${wordSet})(?=${wordSet}))`,
  // Nowhere in an empty text, as in Python.
  'not-word': `(?:(?<=${wordSet})(?=${wordSet})|(?<!${wordSet})(?!${wordSet})(?:(?<=[^])|(?=[^])))`,
} as const

function joined(items: readonly Node[], by: string): string | undefined {
  const parts: string[] = []
  for (const item of items) {
    const part = toJavaScript(item)
    if (part === undefined) return undefined
    parts.push(part)
  }
  return parts.join(by)
}

/** Whether case is ignored everywhere, nowhere, or here and there. */
export function foldOf(node: Node): 'all' | 'none' | 'mixed' | undefined {
  const both = (items: readonly Node[]): 'all' | 'none' | 'mixed' | undefined => {
    const folds = new Set(items.map(foldOf).filter((fold) => fold !== undefined))
    const [only] = folds
    return folds.size > 1 ? 'mixed' : only
  }
  switch (node.kind) {
    case 'set':
    case 'back':
      return node.fold ? 'all' : 'none'
    case 'assert':
      return undefined
    case 'sequence':
      return both(node.items)
    case 'choice':
      return both(node.options)
    case 'if':
      return both([node.yes, node.no])
    default:
      return foldOf(node.item)
  }
}
