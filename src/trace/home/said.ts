import { isObject, type JsonObject, put, readJson } from '../../conversation/json.ts'
import { Fault } from '../../core/fault.ts'

/**
 * What somebody tells of a trace: its messages in Invariant's form. Nothing is left out or added, but that arguments
 * told as a text of JSON become what the text says, as Invariant's own store had it.
 */
export type Messages = readonly JsonObject[]

export const mostMessages = 100_000
export const mostMetadataCharacters = 4 * 1024 * 1024
const mostNameCharacters = 200
const mostHierarchy = 32

/** Throws what is wrong with them; `where` says of which trace. */
export function readMessages(value: unknown, where: string): Messages {
  if (!Array.isArray(value)) throw wrong(`${where} must be a list of messages`)
  if (value.length > mostMessages) throw wrong(`${where} has more than ${mostMessages} messages`)
  return value.map((message: unknown, at) => readMessage(message, `${where}[${at}]`))
}

/** As somebody else's store had them, which did not look: whatever is an object. */
export function readStoredMessages(value: unknown, where: string): Messages {
  if (!Array.isArray(value) || !value.every(isObject)) throw wrong(`${where} must be a list of messages`)
  if (value.length > mostMessages) throw wrong(`${where} has more than ${mostMessages} messages`)
  return value
}

function readMessage(value: unknown, where: string): JsonObject {
  if (!isObject(value)) throw wrong(`${where} must be an object`)
  const { role, content, tool_calls: calls } = value
  if (typeof role !== 'string') throw wrong(`${where} has no role: it must be a text such as "user"`)
  if (typeof content === 'number' || typeof content === 'boolean') {
    throw wrong(`${where}.content must be a text, a list, an object or null`)
  }
  if (calls === undefined || calls === null) return value
  if (!Array.isArray(calls)) throw wrong(`${where}.tool_calls must be a list`)
  const read = calls.map((call: unknown, at) => readCall(call, `${where}.tool_calls[${at}]`))
  return { ...value, tool_calls: read }
}

function readCall(value: unknown, where: string): JsonObject {
  if (!isObject(value)) throw wrong(`${where} must be an object`)
  const { function: called } = value
  if (called === undefined) return value
  if (!isObject(called)) throw wrong(`${where}.function must be an object`)
  const { arguments: told } = called
  if (typeof told !== 'string') return value
  const parsed = readJson(told)
  return isObject(parsed) ? { ...value, function: { ...called, arguments: parsed } } : value
}

/** What is told beside the messages; `name` and `hierarchy_path` are also told within the metadata. */
export type Beside = {
  readonly name: string | null
  readonly hierarchy: readonly string[]
  readonly metadata: JsonObject
}

export function readBeside(
  metadata: unknown,
  where: string,
  own: { readonly name?: unknown; readonly hierarchy?: unknown } = {},
): Beside {
  const told = metadata ?? {}
  if (!isObject(told)) throw wrong(`${where} must be an object`)
  if (JSON.stringify(told).length > mostMetadataCharacters) {
    throw wrong(`${where} is longer than ${mostMetadataCharacters} characters`)
  }
  return {
    name: readName(own.name ?? told['name']),
    hierarchy: readHierarchy(own.hierarchy ?? told['hierarchy_path']),
    metadata: told,
  }
}

function readName(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' && value !== '' && value.length <= mostNameCharacters) return value
  throw wrong(`The name of a trace must be a text of 1 to ${mostNameCharacters} characters`)
}

function readHierarchy(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  const isPath =
    Array.isArray(value) &&
    value.length <= mostHierarchy &&
    value.every((step) => typeof step === 'string' && step.length <= mostNameCharacters)
  if (isPath) return value
  throw wrong(`hierarchy_path must be a list of at most ${mostHierarchy} texts`)
}

/** Of a project that is made over this API; what the configuration names may have dots besides. */
export function readProjectName(value: unknown): string {
  if (value === undefined || value === null) throw wrong('name must be provided')
  if (typeof value === 'string' && /^[A-Za-z0-9_-]{1,200}$/.test(value)) return value
  throw wrong('The name of a dataset may have 1 to 200 letters, digits, hyphens and underscores')
}

/** The same fields but for these. */
export function without(from: JsonObject, names: readonly string[]): JsonObject {
  const rest: JsonObject = {}
  for (const [key, value] of Object.entries(from)) if (!names.includes(key)) put(rest, key, value)
  return rest
}

export function readBody(bytes: Uint8Array): JsonObject {
  const value = readJson(decode(bytes))
  if (isObject(value)) return value
  throw wrong(value === undefined ? 'The body is not JSON' : 'The body must be a JSON object')
}

const decoder = new TextDecoder('utf-8', { fatal: true })

export function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (error) {
    throw new Fault('bad-request', 'The body is not UTF-8', { cause: error })
  }
}

export function wrong(message: string): Fault {
  return new Fault('bad-request', message)
}
