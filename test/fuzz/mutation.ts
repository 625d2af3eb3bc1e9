import { isObject, readJson } from '../../src/conversation/json.ts'
import type { Random } from '../support/random.ts'

/** Streams as nobody would send them: their events, and then their bytes, changed by a seed. */

export type Mutated = { readonly bytes: Uint8Array; readonly events: number }

const most = 4
const oddValues: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e300, 2 ** 32, 2 ** 53, '', ' ', 'x', '0', '__proto__', '🙂', '\ud800'],
  ...[
    [],
    {},
    [null],
    [[]],
    [{}],
    { index: 0 },
    { index: 1e9 },
    { type: 'text' },
    { text: {} },
    ['a', 1, null],
  ],
  ...['[DONE]', 'data: {}\n\n', '{"a":', 'a\r\nb', '\u2028', '\u0000'],
]
const oddKeys = [
  '__proto__',
  'constructor',
  'index',
  'type',
  'error',
  'delta',
  'content',
  'id',
  'length',
  'toJSON',
  '',
]
const noises = [
  '\n',
  '\r',
  '\r\n',
  '\n\n',
  ':',
  ': c\n',
  'data:',
  'data: ',
  'data: {}\n\n',
  'event: error\n',
  'id: 1\n',
  'retry: 1\n',
]
const oddBytes = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ',',
  '\0',
  '\ufeff',
  '🙂',
  'data: [DONE]\n\n',
  'null',
  '\u2028',
  '}\n{',
]

export function mutate(text: string, random: Random): Mutated {
  const frames = text.split(/(?<=\n\r?\n)/)
  for (let changes = random.below(most); changes > 0; changes--) moveFrame(frames, random)
  const changed = frames.map((frame) => (random.below(3) === 0 ? changeFrame(frame, random) : frame))
  let whole = changed.join('')
  if (random.below(8) === 0) whole = whole.replaceAll('\n', random.pick(['\r\n', '\r', '\n']))
  for (let damages = random.below(3); damages > 0; damages--) whole = damage(whole, random)
  const bytes = new TextEncoder().encode(whole)
  if (random.below(6) === 0 && bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256)
  return { bytes, events: frames.length }
}

/** One of the frames left out, told twice, or told elsewhere. */
function moveFrame(frames: string[], random: Random): void {
  const at = random.below(frames.length + 1)
  const [frame] = frames.splice(at, 1)
  if (frame === undefined) return
  const kind = random.below(3)
  if (kind === 1) frames.splice(at, 0, frame, frame)
  if (kind === 2) frames.splice(random.below(frames.length + 1), 0, frame)
}

function changeFrame(frame: string, random: Random): string {
  return frame.replace(/^(data: ?)(\{.*\})(\r?)$/m, (line, field: string, json: string, end: string) => {
    const told = readJson(json)
    return told === undefined ? line : `${field}${JSON.stringify(changeValue(told, random, 0))}${end}`
  })
}

function changeValue(value: unknown, random: Random, depth: number): unknown {
  if (depth > 0 && random.below(14) === 0) return random.pick(oddValues)
  if (Array.isArray(value)) {
    const list = value.map((element) => changeValue(element, random, depth + 1))
    if (random.below(12) === 0) list.push(random.pick(oddValues))
    return list
  }
  if (isObject(value)) return changeObject(value, random, depth)
  if (typeof value === 'number' && random.below(6) === 0) return value + random.pick([1, -1, 0.5, 100])
  if (typeof value === 'string' && random.below(8) === 0) return value.slice(random.below(value.length + 1))
  return value
}

function changeObject(value: object, random: Random, depth: number): unknown {
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    if (random.below(24) === 0) return []
    const name = random.below(40) === 0 ? random.pick(oddKeys) : key
    return [[name, changeValue(inner, random, depth + 1)]]
  })
  if (random.below(20) === 0) entries.push([random.pick(oddKeys), random.pick(oddValues)])
  return Object.fromEntries(entries)
}

function damage(text: string, random: Random): string {
  const at = random.below(text.length + 1)
  const kind = random.below(5)
  if (kind === 0) return text.slice(0, at)
  if (kind === 1) return text.slice(0, at) + text.slice(at + random.below(30))
  if (kind === 2) return text.slice(0, at) + random.pick(noises) + text.slice(at)
  if (kind === 3) return text.slice(0, at) + random.pick(oddBytes) + text.slice(at)
  const length = random.below(200)
  return text.slice(0, at) + text.slice(at, at + length) + text.slice(at)
}
