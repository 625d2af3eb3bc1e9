import { isObject, type JsonObject, readJson } from '../../conversation/json.ts'
import { type Annotation, readAnnotations } from './annotation.ts'
import {
  type Beside,
  type Messages,
  mostMetadataCharacters,
  readBeside,
  readMessages,
  readStoredMessages,
  wrong,
} from './said.ts'

/**
 * An export of Invariant's Explorer, line by line: perhaps a line with the metadata of all first, then a trace a line,
 * all as bare lists of messages or all as objects. A file that is half one and half the other is refused.
 */
export type Line =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'metadata'; readonly metadata: JsonObject }
  | { readonly kind: 'trace'; readonly trace: LineTrace }

export type LineTrace = {
  readonly messages: Messages
  readonly beside: Beside
  readonly annotations: readonly Annotation[]
  readonly number: number
  /** The id it had, where the file tells. */
  readonly id: string | null
}

export type ReadLine = (text: string) => Line

type Form = 'list' | 'object'

/** asked: as strict as a push. stored: an export of a store that did not look at what it was told, kept as it was. */
export type Told = 'asked' | 'stored'

/** For one file; the number of the line is told with what is wrong in it. */
export function createLineReader(how: Told = 'asked'): ReadLine {
  const numbers = new Set<number>()
  let line = 0
  let traces = 0
  let form: Form | null = null
  let isNumbered: boolean | null = null

  const numberOf = (value: unknown, where: string): number => {
    const has = value !== undefined && value !== null
    if (isNumbered !== null && isNumbered !== has) {
      throw wrong(`${where}: some lines have an "index" and others do not`)
    }
    isNumbered = has
    const number = has ? value : traces
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0 || number > 1e9) {
      throw wrong(`${where}: its index must be a whole number`)
    }
    if (numbers.has(number)) throw wrong(`${where}: the index ${number} comes twice`)
    numbers.add(number)
    return number
  }

  const toForm = (next: Form, where: string): void => {
    if (form !== null && form !== next) {
      throw wrong(`${where}: the file has both bare lists of messages and objects; it must be one of them`)
    }
    form = next
  }

  return (text) => {
    line++
    const where = `line ${line}`
    if (text.trim() === '') return { kind: 'nothing' }
    const value = readJson(text)
    if (isObject(value) && !('messages' in value)) {
      return { kind: 'metadata', metadata: readHead(value, where, { isFirst: line === 1 }) }
    }
    toForm(Array.isArray(value) ? 'list' : 'object', where)
    const told = Array.isArray(value) ? fromList(value) : value
    if (!isObject(told)) throw wrong(`${where} is not JSON of a trace`)
    const number = numberOf(told['index'], where)
    traces++
    return { kind: 'trace', trace: { ...readTrace(told, where, how), number } }
  }
}

function readHead(value: JsonObject, where: string, { isFirst }: { isFirst: boolean }): JsonObject {
  const { metadata } = value
  if (!isObject(metadata)) throw wrong(`${where} has neither messages nor metadata`)
  if (!isFirst) throw wrong(`${where}: the metadata row must be the first row in the file`)
  if (JSON.stringify(metadata).length > mostMetadataCharacters) throw wrong(`${where} is too long`)
  return metadata
}

/** The first of a bare list may be no message but what is told beside them. */
function fromList(list: readonly unknown[]): JsonObject {
  const [first] = list
  if (!isObject(first) || !isObject(first['metadata']) || 'role' in first) return { messages: list }
  return { messages: list.slice(1), metadata: first['metadata'] }
}

function readTrace(told: JsonObject, where: string, how: Told): Omit<LineTrace, 'number'> {
  const { messages: list, metadata, annotations, name, hierarchy_path: hierarchy, id } = told
  const isStored = how === 'stored'
  const messages = (isStored ? readStoredMessages : readMessages)(list, `${where}: messages`)
  return {
    messages,
    beside: readBeside(metadata, `${where}: metadata`, { name, hierarchy }),
    annotations: readAnnotations(annotations, isStored ? null : messages, `${where}: annotations`),
    id: typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? id : null,
  }
}
