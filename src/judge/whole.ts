import { isObject, type JsonObject } from '../conversation/json.ts'
import { below } from '../conversation/part.ts'
import { quiet, type Ear, type Path, type Piece } from './hear/heard.ts'

/** An answer that is told whole, as one event: every text in it, and every object, stands where it says itself. */
export function createWholeEar(): Ear {
  const known = new Set<string>()
  return {
    hear: (told, _type, size) => {
      const pieces = piecesOf(told, [], '')
      for (const { channel } of pieces) known.add(channel)
      return { ...quiet, pieces, ends: 'all', weight: size, isLast: true }
    },
    channelAt: (pointer) =>
      argumentsOfCall.map((path) => `${pointer}${path}`).find((channel) => known.has(channel)) ?? null,
    callerAt: () => null,
  }
}

/** Where a call has what it is given, and last the place itself. */
const argumentsOfCall = [
  '/function/arguments',
  '/custom/input',
  '/functionCall/args',
  '/arguments',
  '/input',
  '',
]

function piecesOf(value: unknown, path: Path, pointer: string): Piece[] {
  const place = { speaker: '', channel: pointer, path }
  if (typeof value === 'string') return [{ ...place, text: value, is: 'next' }]
  if (Array.isArray(value))
    return value.flatMap((each, at) => piecesOf(each, [...path, at], `${pointer}/${at}`))
  if (!isObject(value)) return []
  return [{ ...place, text: '', is: 'value' }, ...membersOf(value, path, pointer)]
}

function membersOf(value: JsonObject, path: Path, pointer: string): Piece[] {
  return Object.keys(value).flatMap((key) => piecesOf(value[key], [...path, key], below(pointer, key)))
}
