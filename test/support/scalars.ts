import type { Message, Part } from '../../src/conversation/conversation.ts'
import { isObject } from '../../src/conversation/json.ts'
import type { JsonObject } from '../../src/conversation/json.ts'
import { readPartialJson } from '../../src/conversation/partial-json.ts'

/** What a body says, value by value, and whether a neutral form of it still does. */

/** Every value in JSON that is no list, no object and neither null nor an empty text, with its pointer. */
export function leavesOf(value: unknown, at = ''): [at: string, leaf: unknown][] {
  if (Array.isArray(value)) return value.flatMap((element, index) => leavesOf(element, `${at}/${index}`))
  if (!isObject(value)) return value === null || value === undefined || value === '' ? [] : [[at, value]]
  return Object.entries(value).flatMap(([key, field]) => leavesOf(field, `${at}/${escaped(key)}`))
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** What stands at a JSON pointer; undefined if nothing does. */
export function resolve(root: unknown, pointer: string): unknown {
  let value = root
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(value)) value = value[Number(key)]
    else value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
  }
  return value
}

/** The pointers of what a body says and its neutral form does not. A part's `type` (Gemini's `thought`) is said by its kind. */
export function lostIn(neutral: unknown, body: unknown): string[] {
  const told = new Set<string>()
  for (const [, leaf] of leavesOf(neutral)) told.add(String(leaf))
  for (const url of dataUrlsOf(neutral)) told.add(url)
  for (const value of halfToldOf(neutral)) for (const [, leaf] of leavesOf(value)) told.add(String(leaf))
  return leavesOf(body)
    .filter(([at, leaf]) => !told.has(String(leaf)) && !byKind.test(at))
    .map(([at]) => at)
}

/** Data addresses are taken apart when they are read. */
function dataUrlsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(dataUrlsOf)
  if (!isObject(value)) return []
  const { kind, mediaType, base64 } = value
  const inner = Object.values(value).flatMap(dataUrlsOf)
  return kind === 'data'
    ? [...inner, `data:${mediaType ?? ''};base64,${base64}`, `data:;base64,${base64}`]
    : inner
}

/** Arguments that were cut stand in a body as far as they could be read. */
function halfToldOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(halfToldOf)
  if (!isObject(value)) return []
  const { kind, argumentsText } = value
  if (kind === 'call' && typeof argumentsText === 'string') return [readPartialJson(argumentsText)]
  return Object.values(value).flatMap(halfToldOf)
}

const byKind = /\/(?:type|thought)$/
const words = /^(?:type|role|toolType|is_error|execution|mimeType|mime_type|outcome|status)$/

/** The same body with each value told apart from all others, so that none can be found by chance. */
export function marked(value: unknown, key = '', next = { number: 1000 }): unknown {
  if (Array.isArray(value)) return value.map((element) => marked(element, key, next))
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, marked(field, name, next)]))
  }
  next.number++
  if (words.test(key) || value === null || typeof value === 'boolean') return value
  return typeof value === 'string' ? `${value}${next.number}` : next.number
}

/** All parts of messages, those within results and documents too. */
export function partsOf(messages: readonly Message[]): Part[] {
  const all: Part[] = []
  const add = (part: Part): void => {
    all.push(part)
    if (part.kind === 'result') part.parts.forEach(add)
    if ('media' in part && part.media.kind === 'parts') part.media.parts.forEach(add)
  }
  for (const message of messages) message.parts.forEach(add)
  return all
}

/** What is wrong with where a part says it stands; empty if nothing is. */
export function misplaced(part: Part, body: unknown): string {
  const found = resolve(body, part.at)
  switch (part.kind) {
    case 'text':
    case 'refusal':
    case 'thinking':
      if (part.kind === 'thinking' && part.text === '')
        return found === undefined ? `${part.at} is nothing` : ''
      return found === part.text ? '' : `${part.at} is not the text`
    case 'other':
      return found === part.original ? '' : `${part.at} is not the original`
    case 'call': {
      const told = resolve(body, part.argumentsAt)
      if (typeof told === 'string')
        return told === part.argumentsText ? '' : `${part.argumentsAt} is not the text`
      return isObject(found) ? '' : `${part.at} is no call`
    }
    default:
      return found === undefined ? `${part.at} is nothing` : ''
  }
}

/** The body with one value somewhere in it taken out or put in the place of another kind. */
export function mutated(body: unknown, chance: (limit: number) => number): unknown {
  const copy: unknown = structuredClone(body)
  const owners: (JsonObject | unknown[])[] = []
  const gather = (value: unknown): void => {
    if (!Array.isArray(value) && !isObject(value)) return
    owners.push(value)
    Object.values(value).forEach(gather)
  }
  gather(copy)
  const owner = owners[chance(owners.length)]
  if (owner === undefined) return copy
  const values: readonly unknown[] = [
    null,
    7,
    'x',
    '',
    true,
    [],
    {},
    ['y', null, {}],
    { type: 'text' },
    { a: [1] },
  ]
  const value = values[chance(values.length)]
  if (Array.isArray(owner)) owner.splice(chance(owner.length + 1), chance(2), value)
  else {
    const keys = Object.keys(owner)
    const key = keys[chance(keys.length)] ?? 'a'
    if (chance(4) === 0) delete owner[key]
    else owner[chance(8) === 0 ? '__proto__x' : key] = value
  }
  return copy
}
