import { isObject, readJson, stringEnd } from '../../conversation/json.ts'
import type { Path } from '../hear/heard.ts'

/** Single values of a JSON text replaced; every other character stays as it was written. */
export type Edit = { readonly path: Path; readonly raw: string }

/** Edits whose place is not there are left out. Of edits within one another the outer one is made. */
export function editJson(text: string, edits: readonly Edit[]): string {
  const spans = edits.flatMap(({ path, raw }) => {
    const span = spanAt(text, path)
    return span === null ? [] : [{ ...span, raw }]
  })
  let edited = ''
  let at = 0
  for (const { start, end, raw } of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (start < at) continue
    edited += text.slice(at, start) + raw
    at = end
  }
  return edited + text.slice(at)
}

type Span = { readonly start: number; readonly end: number }

/** Where the value at a path stands; null if there is none. */
export function spanAt(text: string, path: Path): Span | null {
  let span: Span | null = valueFrom(text, 0)
  for (const step of path) {
    span = span === null ? null : stepFrom(text, span, step)
  }
  return span
}

function stepFrom(text: string, { start }: Span, step: string | number): Span | null {
  const bracket = text[start]
  if (bracket !== '{' && bracket !== '[') return null
  let found: Span | null = null
  let name: string | undefined
  let place = 0
  for (let value = valueFrom(text, start + 1); value !== null; value = valueFrom(text, value.end)) {
    if (bracket === '[') {
      if (place++ === Number(step)) return value
    } else if (name === undefined) {
      name = String(readJson(text.slice(value.start, value.end)))
    } else {
      // Of repeated members the last counts, as in every parser.
      if (name === String(step)) found = value
      name = undefined
    }
  }
  return found
}

const between = /[\s,:]*/y
const word = /[^\s,:[\]{}"]*/y
const sign = /["[\]{}]/g

/** The next value from here on; null at the end of what it stands in. */
function valueFrom(text: string, from: number): Span | null {
  between.lastIndex = from
  between.test(text)
  const start = between.lastIndex
  const first = text[start]
  if (first === undefined || first === '}' || first === ']') return null
  if (first === '"') return { start, end: Math.min(text.length, stringEnd(text, start) + 1) }
  if (first !== '{' && first !== '[') {
    word.lastIndex = start
    word.test(text)
    return word.lastIndex === start ? null : { start, end: word.lastIndex }
  }
  let depth = 0
  sign.lastIndex = start
  for (let found = sign.exec(text); found !== null; found = sign.exec(text)) {
    if (found[0] === '"') sign.lastIndex = stringEnd(text, found.index) + 1
    else if (found[0] === '{' || found[0] === '[') depth++
    else if (--depth === 0) return { start, end: sign.lastIndex }
  }
  return { start, end: text.length }
}

/** Every value that is a text or a number, with where it stands. */
export function leavesOf(
  value: unknown,
  path: Path = [],
): { readonly path: Path; readonly value: unknown }[] {
  if (Array.isArray(value)) return value.flatMap((each, at) => leavesOf(each, [...path, at]))
  if (isObject(value)) return Object.keys(value).flatMap((key) => leavesOf(value[key], [...path, key]))
  return typeof value === 'string' || typeof value === 'number' ? [{ path, value }] : []
}

/** Texts alone: of the 150,000 numbers of an embedding nothing is made. */
export function textsIn(value: unknown): { readonly path: Path; readonly value: string }[] {
  const found: { path: Path; value: string }[] = []
  const path: (string | number)[] = []
  const visit = (each: unknown): void => {
    if (typeof each === 'string') found.push({ path: [...path], value: each })
    else if (typeof each === 'object' && each !== null) descend(each)
  }
  const descend = (within: object): void => {
    const keys = Array.isArray(within) ? within.keys() : Object.keys(within)
    for (const key of keys) {
      path.push(key)
      visit(Reflect.get(within, key))
      path.pop()
    }
  }
  visit(value)
  return found
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((within, step) => {
    if (Array.isArray(within)) return within[Number(step)]
    return isObject(within) && Object.hasOwn(within, step) ? within[String(step)] : undefined
  }, value)
}

export function toPath(pointer: string): string[] {
  if (pointer === '') return []
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}
