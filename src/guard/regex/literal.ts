import type { Node } from './node.ts'

/**
 * The longest text that every match must have in it; '' for none. Most patterns have one (`@`, `://`, `BEGIN`), most
 * texts have not, and looking for it takes a hundredth of the time.
 */
export function literalOf(node: Node): string {
  let longest = ''
  let run = ''
  const end = (): void => {
    if (run.length > longest.length) longest = run
    run = ''
  }
  const read = (part: Node): void => {
    const letter = letterOf(part)
    if (letter !== undefined) run += letter
    else if (part.kind === 'sequence') part.items.forEach(read)
    else if (part.kind === 'group') read(part.item)
    else if (part.kind === 'atomic') read(part.item)
    else if (part.kind === 'repeat' && part.min > 0) {
      end()
      read(part.item)
      end()
    } else if (part.kind !== 'assert') end()
  }
  read(node)
  end()
  return longest
}

function letterOf(node: Node): string | undefined {
  if (node.kind !== 'set' || node.fold) return undefined
  const point = /^\[\\u\{([0-9a-f]+)\}\]$/.exec(node.source)?.[1]
  return point === undefined ? undefined : String.fromCodePoint(Number.parseInt(point, 16))
}
