import { isObject, readJson, type JsonObject } from '../../conversation/json.ts'
import type { Bytes } from '../../wire/body.ts'
import type { Path } from '../hear/heard.ts'
import { editJson, leavesOf, valueAt, type Edit } from './edit.ts'
import type { Masks, Placed } from './masks.ts'

/** What one event of a frame says, and where in the answer's texts it stands. */
export type Said = { readonly data: string; readonly placed: readonly Placed[] }

/** A frame as the client may have it: the texts that are marked replaced, every other byte as it came. Null: as it is. */
export function masked(bytes: Bytes, said: readonly Said[], masks: Masks): Bytes | null {
  let text: string | null = null
  for (const { data, placed } of said) {
    const edited = edit(data, placed, masks)
    if (edited === data) continue
    text ??= new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    text = withData(text, data, edited)
  }
  return text === null ? null : new TextEncoder().encode(text)
}

function edit(data: string, placed: readonly Placed[], masks: Masks): string {
  const told = placed.length === 0 ? undefined : readJson(data)
  const edits = placed.flatMap((piece) => {
    const made = masks.over(piece, told)
    return made === null ? [] : [...made, ...copies(told, piece, made), ...beside(told, piece.path)]
  })
  return edits.length === 0 ? data : editJson(data, edits)
}

/** Providers tell one text in two fields of an event. */
function copies(told: unknown, { path, text, is }: Placed, made: readonly Edit[]): Edit[] {
  const [edit] = made
  if (is === 'value' || is === 'seal' || text === '' || edit === undefined) return []
  const key = path.join('/')
  return leavesOf(told)
    .filter((leaf) => leaf.value === text && leaf.path.join('/') !== key)
    .map((leaf) => ({ path: leaf.path, raw: edit.raw }))
}

/** What would tell the text by its tokens, and what vouches for the text as it was. */
const tells: ReadonlyMap<string, (value: unknown) => string> = new Map<string, (value: unknown) => string>([
  ['logprobs', (value: unknown) => (Array.isArray(value) ? '[]' : 'null')],
  ['logprobsResult', () => 'null'],
  ['signature', () => '""'],
  ['thoughtSignature', () => '""'],
  ['thought_signature', () => '""'],
])

function beside(told: unknown, path: Path): Edit[] {
  const edits: Edit[] = []
  for (let length = path.length - 1; length >= 0; length--) {
    const owner = valueAt(told, path.slice(0, length))
    if (isObject(owner)) edits.push(...tokensOf(owner, path.slice(0, length)))
  }
  return edits
}

function tokensOf(owner: JsonObject, path: Path): Edit[] {
  return [...tells].flatMap(([key, raw]) => {
    const value = owner[key]
    return value === undefined || value === null ? [] : [{ path: [...path, key], raw: raw(value) }]
  })
}

/** As an element of a list it stands there as it is, as an event in one line of data or several. */
function withData(text: string, before: string, after: string): string {
  const at = text.lastIndexOf(before)
  const isEvent = /^\uFEFF?(?:data|event|id|retry|:)/m.test(text.slice(0, Math.max(at, 0)))
  if (at !== -1 && !(isEvent && before.includes('\n'))) {
    return text.slice(0, at) + after + text.slice(at + before.length)
  }
  let isTold = false
  return text
    .split(/(?<=\r\n|\n|\r(?!\n))/)
    .map((line) => {
      if (!/^\uFEFF?data(?::|[\r\n]|$)/.test(line)) return line
      const end = /[\r\n]*$/.exec(line)?.[0] ?? ''
      if (isTold) return ''
      isTold = true
      return after
        .split('\n')
        .map((each) => `data: ${each}${end === '' ? '\n' : end}`)
        .join('')
    })
    .join('')
}
