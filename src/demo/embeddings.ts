import { hashOf } from './random.ts'
import { isList, listAt, numberAt, stringAt, valueAt, type Json, type JsonObject } from './json.ts'
import { tokensOf } from './text.ts'
import type { Refusal } from './refusal.ts'

/** Embeddings by hashed words: texts that share words are near each other, and the same text is always the same. */
const defaultDimensions = 1536
const maxDimensions = 3072
const maxInputs = 2048
/** Each word sets so many of the numbers. */
const marksPerWord = 8

export type Embeddings =
  { readonly kind: 'list'; readonly body: Json } | { readonly kind: 'refused'; readonly refusal: Refusal }

export function embed(body: JsonObject): Embeddings {
  const model = stringAt(body, 'model')
  if (model === null) return refuse('you must provide a model parameter', 'model')
  const inputs = toInputs(valueAt(body, 'input'))
  if (inputs.length === 0) return refuse("'$.input' is invalid. Please check the API reference.", 'input')
  if (inputs.length > maxInputs) return refuse(`'input' must have at most ${maxInputs} entries`, 'input')
  const dimensions = numberAt(body, 'dimensions') ?? defaultDimensions
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > maxDimensions) {
    return refuse(`'dimensions' must be a whole number from 1 to ${maxDimensions}`, 'dimensions')
  }
  const isPacked = stringAt(body, 'encoding_format') === 'base64'
  const data = inputs.map((input, index) => {
    const vector = toVector(input, dimensions)
    return { object: 'embedding', index, embedding: isPacked ? packed(vector) : [...vector] }
  })
  const tokens = inputs.reduce((sum, input) => sum + tokensOf(input), 0)
  const name = model.replace(/^demo\//i, '')
  return {
    kind: 'list',
    body: { object: 'list', data, model: name, usage: { prompt_tokens: tokens, total_tokens: tokens } },
  }
}

/** A text, texts, the tokens of a text, or the tokens of texts; with anything else among them, nothing. */
function toInputs(input: Json | undefined): readonly string[] {
  if (typeof input === 'string') return [input]
  const entries = listAt({ input: input ?? null }, 'input')
  if (isTokens(entries)) return [entries.join(' ')]
  const inputs = entries.flatMap((entry) => {
    if (typeof entry === 'string') return [entry]
    return isList(entry) && isTokens(entry) ? [entry.join(' ')] : []
  })
  return inputs.length === entries.length ? inputs : []
}

function isTokens(entries: readonly Json[]): boolean {
  return entries.length > 0 && entries.every((entry) => typeof entry === 'number')
}

/** Of length 1. */
function toVector(input: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  // Without a single word the text as it is takes its place: no vector may be all zero.
  const words = input.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [input]
  for (const word of words) {
    for (let mark = 0; mark < marksPerWord; mark++) {
      const hash = hashOf(word, mark)
      const at = hash % dimensions
      vector[at] = (vector[at] ?? 0) + (hash & 0x8000_0000 ? -1 : 1)
    }
  }
  const length = Math.hypot(...vector) || 1
  return vector.map((value) => value / length)
}

function packed(vector: Float32Array): string {
  return Buffer.from(vector.buffer).toString('base64')
}

function refuse(message: string, field: string): Embeddings {
  return { kind: 'refused', refusal: { kind: 'bad-request', message, field } }
}
