import { findMembers, valueAt, type Span } from '../wire/json.ts'

/** What the gateway knows of a request without parsing it: its model, whether it asks for a stream, and where. */
export type Facts = {
  readonly model: string | null
  readonly stream: boolean
  /** Where the model's JSON string stands in the body; null if the model is in the path or nowhere. */
  readonly modelSpan: Span | null
}

export const noFacts: Facts = { model: null, stream: false, modelSpan: null }

// Gemini names the model and the verb in its path: `/v1beta/models/gemini-2.5-pro:streamGenerateContent`.
const modelPath = /\/models\/([^?]+):([a-zA-Z]+)(?=$|\?)/

export function factsOfBody(body: Uint8Array): Facts {
  const members = findMembers(body, ['model', 'stream'])
  const modelSpan = members.get('model')
  const model = valueAt(body, modelSpan)
  const stream = valueAt(body, members.get('stream')) === true
  if (typeof model !== 'string' || modelSpan === undefined) return { model: null, stream, modelSpan: null }
  return { model, stream, modelSpan }
}

export function factsOfPath(path: string): Facts {
  const [, model, verb] = modelPath.exec(path) ?? []
  if (model === undefined || verb === undefined) return noFacts
  return { model: decode(model), stream: verb.startsWith('stream'), modelSpan: null }
}

export function replaceModelInPath(path: string, model: string): string {
  // A function, because `$` means something in a replacement's text.
  return path.replace(modelPath, (_, __, verb) => `/models/${encodeURIComponent(model)}:${verb}`)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}
