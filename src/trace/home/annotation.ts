import { isObject, type JsonObject } from '../../conversation/json.ts'
import { createFits, type Fit } from './address.ts'
import { wrong } from './said.ts'

/** A remark about a place in a trace, as it is told; what points nowhere is refused. */
export type Annotation = {
  readonly content: string
  readonly address: string | null
  readonly metadata: JsonObject | null
  readonly source: string
}

export const mostAnnotations = 10_000
/** As much as a push can bring at once. */
export const mostAnnotationBytes = 64 * 1024 * 1024
const mostContentCharacters = 100_000
const mostAddressCharacters = 2000
const mostMetadataCharacters = 1024 * 1024
/** Whose word it is, where nobody says. */
const usualSource = 'user'

/** `messages` is null where an address need not fit: an export is kept as it was. */
export function readAnnotations(
  value: unknown,
  messages: readonly unknown[] | null,
  where: string,
): readonly Annotation[] {
  const list = value ?? []
  if (!Array.isArray(list)) throw wrong(`${where} must be a list of annotations`)
  if (list.length > mostAnnotations) throw wrong(`${where} has more than ${mostAnnotations} annotations`)
  const fits = messages === null ? anywhere : createFits(messages)
  const read = list.map((each: unknown, at) => readOne(each, fits, `${where}[${at}]`))
  if (read.reduce((sum, each) => sum + bytesOf(each), 0) > mostAnnotationBytes) {
    throw wrong(`${where} are too long`)
  }
  return read
}

function bytesOf({ content, metadata }: Annotation): number {
  return Buffer.byteLength(content) + (metadata === null ? 0 : Buffer.byteLength(JSON.stringify(metadata)))
}

export function readAnnotation(value: unknown, messages: readonly unknown[], where: string): Annotation {
  return readOne(value, createFits(messages), where)
}

type Fits = (address: string) => Fit

const anywhere: Fits = () => 'fits'

function readOne(value: unknown, fits: Fits, where: string): Annotation {
  if (!isObject(value)) throw wrong(`${where} must be an object`)
  const { address = null, extra_metadata: metadata = null } = value
  if (address !== null && typeof address !== 'string') throw wrong(`${where}.address must be a text`)
  if (metadata !== null && !isObject(metadata)) throw wrong(`${where}.extra_metadata must be an object`)
  if (metadata !== null && JSON.stringify(metadata).length > mostMetadataCharacters) {
    throw wrong(`${where}.extra_metadata is longer than ${mostMetadataCharacters} characters`)
  }
  if (address !== null) demandFit(address, fits, where)
  return { content: readContent(value['content'], where), address, metadata, source: sourceOf(metadata) }
}

function demandFit(address: string, fits: Fits, where: string): void {
  const fit = address.length > mostAddressCharacters ? 'nowhere' : fits(address)
  if (fit === 'fits') return
  if (fit === 'unknown') throw wrong(`${where}.address takes too long to look up, with those before it`)
  throw wrong(`${where}.address does not fit the trace: nothing is at "${address.slice(0, 200)}"`)
}

export function readContent(content: unknown, where: string): string {
  if (typeof content === 'string' && content.length <= mostContentCharacters) return content
  throw wrong(`${where}.content must be a text of at most ${mostContentCharacters} characters`)
}

function sourceOf(metadata: JsonObject | null): string {
  const source = metadata?.['source']
  return typeof source === 'string' && source !== '' && source.length <= 200 ? source : usualSource
}
