import { lowered } from '../pii/context.ts'

/** A text as phrases are sought in it: lower case, without invisible signs, blanks of all kinds as one. */
export type Plain = {
  readonly text: string
  /** Where a character of it stands in what it was made of. */
  readonly toSource: (at: number) => number
}

/** Soft hyphens, joiners, marks of direction, variation selectors. */
function isInvisible(code: number): boolean {
  if (code < 0x180e) return code === 0xad
  if (code <= 0x2069)
    return (
      code === 0x180e ||
      (code >= 0x200b && !(code > 0x200f && code < 0x202a) && !(code > 0x202e && code < 0x2060))
    )
  return (code >= 0xfe00 && code <= 0xfe0f) || code === 0xfeff
}

export function toPlain(source: string): Plain {
  const lower = lowered(source)
  const places = new Int32Array(lower.length + 1)
  const pieces: string[] = []
  let [length, from, wasBlank] = [0, 0, false]
  const take = (to: number): void => {
    if (to > from) pieces.push(lower.slice(from, to))
  }
  for (let at = 0; at < lower.length; at++) {
    const code = lower.charCodeAt(at)
    const isBlank = code <= 0x20 || code === 0xa0 || code === 0x3000
    const isDropped = (isBlank && wasBlank) || isInvisible(code)
    if (isDropped || (isBlank && code !== 0x20)) {
      take(at)
      from = at + 1
      if (!isDropped) {
        pieces.push(' ')
        places[length++] = at
      }
    } else places[length++] = at
    if (!isDropped) wasBlank = isBlank
  }
  take(lower.length)
  places[length] = lower.length
  return { text: pieces.join(''), toSource: (at) => places[at] ?? lower.length }
}
