import { isObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'

/** The few fields of a chunk that are read for their meaning; all others are carried along as they are. */

/** OpenAI's SDK takes anything that starts so for the end. */
export function isEndMark(data: string): boolean {
  return data.startsWith('[DONE]')
}

/** Providers tell errors within a chunk, as an event of that name, or (vLLM) as an object of its own. */
export function errorOf(chunk: JsonObject, event: string | undefined): unknown {
  if (chunk['error']) return chunk['error']
  return event === 'error' || chunk['object'] === 'error' ? chunk : null
}

/** An event that is no chunk: one with another name, or with a type, which chunks have not. */
export function isOther(told: JsonObject, event: string | undefined): boolean {
  if (event !== undefined && event !== '' && event !== 'message') return true
  return typeof told['type'] === 'string' && told['object'] === undefined && told['usage'] === undefined
}

/** Which choice it is: compatible providers with only one leave the index out. */
export function indexOf(choice: JsonObject): number {
  const index = choice['index']
  return typeof index === 'number' ? index : 0
}

/** A piece of a tool call, told apart from the others by index, by id, or by following one. */
export type CallPiece = { readonly index: number | null; readonly id: string; readonly isNamed: boolean }

export function readCallPiece(piece: JsonObject): CallPiece {
  const index = piece['index']
  const id = piece['id']
  const called = isObject(piece['function']) ? piece['function'] : piece['custom']
  const name = isObject(called) ? called['name'] : undefined
  return {
    index: typeof index === 'number' ? index : null,
    id: typeof id === 'string' ? id : '',
    isNamed: typeof name === 'string' && name !== '',
  }
}
