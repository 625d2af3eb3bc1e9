import type { Begin } from '../merge/report.ts'
import { factsOfBody, factsOfPath } from '../route/facts.ts'
import { boundaryOf, readMultipart } from '../wire/multipart.ts'
import { decode } from '../wire/query.ts'
import { sha256Of } from './digest.ts'
import { headerOf } from './header.ts'
import { plainOf, textOf } from './plain.ts'

/**
 * What a request says of itself that the main thread had no time to read: the model of a large body, of a form, of a path
 * that is no dialect's own; and of a form what it was made of.
 */
export type Asked = {
  readonly model: string | null
  readonly stream: boolean
  readonly parts: readonly PartNote[] | null
}

export type PartNote = {
  readonly name: string | null
  readonly fileName: string | null
  readonly contentType: string | null
  readonly bytes: number
  readonly sha256: string
  /** Of a field that is a short text. */
  readonly text?: string
}

const mostFieldBytes = 16 * 1024
const mostNameLength = 512

export function askedIn(body: Buffer, begin: Begin): Asked {
  const parts = partsOf(body, begin)
  const { model, stream } = begin
  if (parts !== null) {
    const named = (name: string) => parts.find((part) => part.name === name)?.text
    const told = named('model') ?? deploymentIn(begin.path)
    return { model: model ?? shortened(told), stream: stream || named('stream') === 'true', parts }
  }
  if (model !== null) return { model, stream, parts }
  const inPath = factsOfPath(begin.path)
  const plain = inPath.model === null ? plainOf(body, begin.requestHeaders) : null
  const told = plain === null ? inPath : factsOfBody(plain)
  return { model: told.model ?? deploymentIn(begin.path), stream: stream || told.stream, parts }
}

/** Null for what is no form. */
export function partsOf(
  body: Buffer,
  { requestHeaders }: Pick<Begin, 'requestHeaders'>,
): readonly PartNote[] | null {
  const contentType = headerOf(requestHeaders, 'content-type')
  if (boundaryOf(contentType) === null) return null
  const plain = plainOf(body, requestHeaders)
  return (
    readMultipart(plain ?? body, contentType)?.map(({ bytes, ...part }) => {
      const text = part.fileName === null && bytes.length <= mostFieldBytes ? textOf(bytes) : null
      const note = { ...part, bytes: bytes.length, sha256: Buffer.from(sha256Of(bytes)).toHex() }
      return text === null ? note : { ...note, text }
    }) ?? null
  )
}

/** Azure has the model in its path, under the name it was deployed as; so has Bedrock. */
function deploymentIn(path: string): string | null {
  const [, name] = /\/(?:deployments|model)\/([^/?]{1,512})\//.exec(path) ?? []
  return name === undefined ? null : decode(name)
}

function shortened(name: string | null | undefined): string | null {
  return name === null || name === undefined || name === '' || name.length > mostNameLength ? null : name
}
