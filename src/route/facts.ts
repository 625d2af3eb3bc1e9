import { findMembers, findMembersInTurns, valueAt, type Span } from '../wire/json.ts'
import { decode } from '../wire/query.ts'

/** What the gateway knows of a request without parsing it: its model, whether it asks for a stream, and where. */
export type Facts = {
  readonly model: string | null
  readonly stream: boolean
  /** Where the model's JSON string stands in the body; null if the model is in the path or nowhere. */
  readonly modelSpan: Span | null
}

// A name goes into the log, the metrics and every list of traces; the longest known (a tuned model's) has 150.
const mostNameLength = 512
// As JSON, with every letter escaped.
const mostNameBytes = 6 * mostNameLength + 2

export const noFacts: Facts = { model: null, stream: false, modelSpan: null }

const names = ['model', 'stream']

export function factsOfBody(body: Uint8Array): Facts {
  return factsOf(body, findMembers(body, names))
}

/** The same for a body of any size: others have their turns meanwhile. */
export async function factsOfLargeBody(body: Uint8Array): Promise<Facts> {
  return factsOf(body, await findMembersInTurns(body, names))
}

function factsOf(body: Uint8Array, members: ReadonlyMap<string, Span>): Facts {
  const modelSpan = members.get('model')
  const model = shortValueAt(body, modelSpan)
  const stream = shortValueAt(body, members.get('stream')) === true
  if (!isName(model) || modelSpan === undefined) return { model: null, stream, modelSpan: null }
  return { model, stream, modelSpan }
}

/** What is longer is neither a name nor true, and is not parsed to find that out. */
function shortValueAt(body: Uint8Array, span: Span | undefined): unknown {
  return span !== undefined && span.end - span.start <= mostNameBytes ? valueAt(body, span) : undefined
}

export function factsOfPath(path: string): Facts {
  const place = modelIn(path)
  if (place === null) return noFacts
  const { start, end, verb } = place
  const model = decode(path.slice(start, end))
  return { model: isName(model) ? model : null, stream: verb.startsWith('stream'), modelSpan: null }
}

export function replaceModelInPath(path: string, model: string): string {
  const place = modelIn(path)
  if (place === null) return path
  return path.slice(0, place.start) + encodeURIComponent(model) + path.slice(place.end)
}

/**
 * Gemini names the model and the verb in its path: `/v1beta/models/gemini-2.5-pro:streamGenerateContent`. Without a
 * regular expression: the one for it took 0.4 s for a path of 60 KB that has `/models/` everywhere.
 */
function modelIn(path: string): (Span & { readonly verb: string }) | null {
  const query = path.indexOf('?')
  const plain = query === -1 ? path : path.slice(0, query)
  const prefix = plain.indexOf('/models/')
  const start = prefix + '/models/'.length
  const end = plain.lastIndexOf(':')
  const verb = plain.slice(end + 1)
  return prefix === -1 || end <= start || !/^[a-zA-Z]+$/.test(verb) ? null : { start, end, verb }
}

function isName(model: unknown): model is string {
  return typeof model === 'string' && model.length <= mostNameLength
}
