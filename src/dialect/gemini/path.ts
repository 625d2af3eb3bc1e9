import { isObject, ownAt, put } from '../../conversation/json.ts'

/** The JSON paths by which Gemini tells arguments one by one: `$.items[0].name`, `$['a key']`. */
export type Path = readonly (string | number)[]

const segment = /\.([^.[\]]+)|\[(\d{1,9})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y
const mostSegments = 64
/** A path may skip elements that come later, but not so many that the list is mostly holes. */
const mostSkipped = 64

/** Null for what is no path, or one longer than any argument is deep. */
export function readPath(text: string): Path | null {
  if (!text.startsWith('$')) return null
  const path: (string | number)[] = []
  let at = 1
  while (at < text.length) {
    segment.lastIndex = at
    const found = segment.exec(text)
    if (found === null || path.length === mostSegments) return null
    const [whole, name, index, single, double] = found
    path.push(index === undefined ? (name ?? unescaped(single ?? double ?? '')) : Number(index))
    at += whole.length
  }
  return path.length === 0 ? null : path
}

/** Puts what `change` makes of the value at the path there; false if the path leads nowhere. */
export function changeAt(root: unknown, path: Path, change: (before: unknown) => unknown): boolean {
  let owner = root
  for (const [depth, key] of path.entries()) {
    const before = elementOf(owner, key)
    const next = path[depth + 1]
    if (next === undefined) return set(owner, key, change(before))
    const isContainer = typeof next === 'number' ? Array.isArray(before) : isObject(before)
    const inner = isContainer ? before : typeof next === 'number' ? [] : {}
    if (!isContainer && !set(owner, key, inner)) return false
    owner = inner
  }
  return false
}

function elementOf(owner: unknown, key: string | number): unknown {
  if (Array.isArray(owner)) return typeof key === 'number' ? owner[key] : undefined
  return isObject(owner) ? ownAt(owner, String(key)) : undefined
}

function set(owner: unknown, key: string | number, value: unknown): boolean {
  if (Array.isArray(owner) && typeof key === 'number') {
    if (key > owner.length + mostSkipped) return false
    while (owner.length < key) owner.push(null)
    owner[key] = value
    return true
  }
  if (!isObject(owner)) return false
  put(owner, String(key), value)
  return true
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1')
}
