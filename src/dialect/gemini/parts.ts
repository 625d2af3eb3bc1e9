import { overlay, overlayField } from '../../conversation/accumulate.ts'
import { isObject, objectAt, objectsAt, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { changeAt, readPath } from './path.ts'
import { isPiece, isPlainText, valueOf } from './schema.ts'

/**
 * The parts of a candidate, in the order they came. Adjacent plain text is joined, thoughts with thoughts; a part
 * with anything more to it (a signature, even on empty text) stays one of its own. Function calls told argument by
 * argument are put together.
 */
export type Parts = {
  /** `text`: the arguments of a function call as they were written. */
  readonly add: (part: unknown, text?: string) => void
  readonly list: () => unknown[]
  /** Arguments as they were written, by place in the list: of calls that were told whole. */
  readonly texts: () => ReadonlyMap<number, string>
}

const mostOpen = 100

type OpenCall = { readonly part: JsonObject; readonly call: JsonObject; readonly openPaths: Set<string> }

export function createParts(): Parts {
  const parts: unknown[] = []
  const texts = new Map<number, string>()
  /** Calls that go on; of those without an id only the last one can. */
  let open: OpenCall[] = []

  function addCall(part: JsonObject, piece: JsonObject): void {
    const before = open.findLast((call) => isContinuation(call, piece))
    const call = before ?? begin(part, piece)
    if (call === undefined) return
    if (call === before) addLater(call, part)
    addPiece(call, piece)
    if (piece['willContinue'] !== true) open = open.filter((other) => other !== call)
  }
  function begin(part: JsonObject, piece: JsonObject): OpenCall | undefined {
    parts.push(part)
    open = open.filter(({ call }) => typeof call['id'] === 'string')
    if (!isPiece(piece)) return undefined
    const { partialArgs: _pieces, willContinue: _more, ...call } = piece
    part['functionCall'] = call
    const begun: OpenCall = { part, call, openPaths: new Set() }
    // A bound that keeps merging linear: nobody has so many calls open at once.
    open = [...open.slice(-mostOpen), begun]
    return begun
  }
  function add(part: unknown, text?: string): void {
    if (!isObject(part)) {
      parts.push(part)
      return
    }
    const piece = objectAt(part, 'functionCall')
    if (piece !== undefined) {
      addCall(part, piece)
      if (text !== undefined && parts.at(-1) === part && !isPiece(piece)) texts.set(parts.length - 1, text)
      return
    }
    const last = parts.at(-1)
    if (isPlainText(part) && isObject(last) && isPlainText(last) && isThought(part) === isThought(last)) {
      last['text'] = String(last['text']) + String(part['text'])
      return
    }
    parts.push(part)
  }
  function list(): unknown[] {
    if (open.length === 0) return parts
    // A call that was never closed says so itself; it may be closed yet.
    const told = new Map<unknown, unknown>(
      open.map(({ part, call }) => [part, { ...part, functionCall: { ...call, willContinue: true } }]),
    )
    return parts.map((part) => told.get(part) ?? part)
  }
  return { add, list, texts: () => texts }
}

function isThought(part: JsonObject): boolean {
  return part['thought'] === true
}

/** A call that is open goes on until a name or another id starts the next. */
function isContinuation({ call }: OpenCall, piece: JsonObject): boolean {
  const id = textAt(piece, 'id')
  if (textAt(piece, 'name') === null) return id === null || call['id'] === undefined || call['id'] === id
  return id !== null && call['id'] === id
}

function addPiece({ call, openPaths }: OpenCall, piece: JsonObject): void {
  const args = objectAt(call, 'args') ?? {}
  call['args'] = args
  const told = objectAt(piece, 'args')
  if (told !== undefined && told !== args) overlay(args, told)
  for (const argument of objectsAt(piece, 'partialArgs')) {
    if (!addArgument(args, openPaths, argument)) keep(call, argument)
  }
}

function addArgument(args: JsonObject, openPaths: Set<string>, argument: JsonObject): boolean {
  const text = textAt(argument, 'jsonPath') ?? ''
  const path = readPath(text)
  const value = valueOf(argument)
  if (path === null || value === undefined) return false
  const isOpen = openPaths.has(text)
  if (argument['willContinue'] === true) openPaths.add(text)
  else openPaths.delete(text)
  return changeAt(args, path, (before) =>
    isOpen && typeof before === 'string' && typeof value === 'string' ? before + value : value,
  )
}

/** A signature or an id may come with a later piece. */
function addLater({ part, call }: OpenCall, later: JsonObject): void {
  for (const key in later) if (key !== 'functionCall') overlayField(part, key, later[key])
  const piece = objectAt(later, 'functionCall') ?? {}
  for (const key in piece) if (!pieceFields.has(key)) overlayField(call, key, piece[key])
}

const pieceFields = new Set(['args', 'partialArgs', 'willContinue'])

/** What cannot be put where it belongs stays as it was told. */
function keep(call: JsonObject, argument: JsonObject): void {
  const kept = call['partialArgs']
  if (Array.isArray(kept)) kept.push(argument)
  else call['partialArgs'] = [argument]
}
