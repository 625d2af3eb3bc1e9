import { absorbField } from '../../conversation/accumulate.ts'
import { isObject, ownAt, put, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { readCallPiece } from './schema.ts'
import type { CallPiece } from './schema.ts'

/**
 * The tool calls of one message. A call is known by its index; but a new id at a used index is a new call (Ollama
 * numbers all of them 0), and without an index the id tells, or that nothing else was told in between.
 */
export type Calls = {
  readonly add: (piece: JsonObject) => void
  /** In the order of their indexes, without them: the answer has none when it is not streamed. */
  readonly list: () => JsonObject[]
}

type Call = { readonly place: number; readonly fields: JsonObject }

export function createCalls(): Calls {
  const calls: Call[] = []
  const byIndex = new Map<number, Call>()
  const byId = new Map<string, Call>()
  let last: Call | undefined

  function callOf({ index, id, isNamed }: CallPiece): Call | undefined {
    if (index !== null) {
      const call = byIndex.get(index)
      const known = call?.fields['id']
      return id !== '' && typeof known === 'string' && known !== '' && known !== id ? undefined : call
    }
    if (id !== '') return byId.get(id)
    return isNamed && last?.fields['function'] !== undefined ? undefined : last
  }
  function add(piece: JsonObject): void {
    const read = readCallPiece(piece)
    let call = callOf(read)
    if (call === undefined) {
      call = { place: read.index ?? last?.place ?? 0, fields: {} }
      calls.push(call)
    }
    if (read.index !== null) byIndex.set(read.index, call)
    if (read.id !== '') byId.set(read.id, call)
    last = call
    absorbCall(call.fields, piece)
  }
  function list(): JsonObject[] {
    // A stable sort: calls that share an index stay in the order they came.
    return calls.toSorted((a, b) => a.place - b.place).map(({ fields }) => withType(fields))
  }
  return { add, list }
}

function absorbCall(fields: JsonObject, piece: JsonObject): void {
  for (const key in piece) {
    if (key === 'index') continue
    // What is called is one thing: a list there is none, and would keep its pieces apart.
    if (called.has(key) && isObject(piece[key]) && Array.isArray(ownAt(fields, key)))
      put(fields, key, piece[key])
    else absorbField(fields, key, piece[key])
  }
}

const called: ReadonlySet<string> = new Set(['function', 'custom'])

/** The kind is told by the first piece, if at all. */
function withType(fields: JsonObject): JsonObject {
  if (textAt(fields, 'type') !== null) return fields
  if (isObject(fields['function'])) return { ...fields, type: 'function' }
  return isObject(fields['custom']) ? { ...fields, type: 'custom' } : fields
}
