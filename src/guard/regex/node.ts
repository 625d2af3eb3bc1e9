/**
 * A regular expression of Python's `re`, as a tree. Every character class is kept as JavaScript writes it (flag `v`),
 * so that both ways of matching agree on what a character is.
 */
export type Node =
  | { readonly kind: 'set'; readonly source: string; readonly fold: boolean }
  | { readonly kind: 'assert'; readonly at: Assertion }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | {
      readonly kind: 'repeat'
      readonly item: Node
      readonly min: number
      readonly max: number
      readonly mode: 'greedy' | 'lazy' | 'possessive'
    }
  | { readonly kind: 'group'; readonly item: Node; readonly index: number }
  | { readonly kind: 'look'; readonly item: Node; readonly isAhead: boolean; readonly isNegated: boolean }
  | { readonly kind: 'atomic'; readonly item: Node }
  | { readonly kind: 'back'; readonly index: number; readonly fold: boolean }
  | { readonly kind: 'if'; readonly index: number; readonly yes: Node; readonly no: Node }

/** `end` is Python's `$`: the end, or before a last newline; `text-end` is `\Z`. */
export type Assertion = 'start' | 'line-start' | 'end' | 'line-end' | 'text-end' | 'word' | 'not-word'

export type Flags = {
  readonly ignoreCase: boolean
  readonly multiline: boolean
  readonly dotAll: boolean
  readonly verbose: boolean
}

export const wordSet = String.raw`[\p{L}\p{N}_]`

/** How many characters it takes, if that is always the same. */
export function widthOf(node: Node): number | undefined {
  switch (node.kind) {
    case 'set':
      return 1
    case 'assert':
    case 'look':
      return 0
    case 'group':
    case 'atomic':
      return widthOf(node.item)
    case 'sequence':
      return node.items.reduce<number | undefined>((sum, item) => {
        const width = widthOf(item)
        return sum === undefined || width === undefined ? undefined : sum + width
      }, 0)
    case 'choice': {
      const widths = node.options.map(widthOf)
      return widths.every((width) => width === widths[0]) ? widths[0] : undefined
    }
    case 'repeat': {
      const width = widthOf(node.item)
      return node.min === node.max && width !== undefined ? width * node.min : undefined
    }
    case 'back':
    case 'if':
      return undefined
  }
}

export function isNullable(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return false
    case 'assert':
    case 'look':
    case 'back':
      return true
    case 'group':
    case 'atomic':
      return isNullable(node.item)
    case 'sequence':
      return node.items.every(isNullable)
    case 'choice':
      return node.options.some(isNullable)
    case 'repeat':
      return node.min === 0 || isNullable(node.item)
    case 'if':
      return isNullable(node.yes) || isNullable(node.no)
  }
}
