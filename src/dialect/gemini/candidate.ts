import { absorbField, overlay, overlayField } from '../../conversation/accumulate.ts'
import { isObject, objectAt, put } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { hasObject, isFilled, rawElements, rawMember } from '../../conversation/raw-json.ts'
import { createParts } from './parts.ts'
import type { Parts } from './parts.ts'

/** One of the answers. What chunks say of it again is its latest state; sources and odds are told bit by bit. */
export type Candidate = {
  readonly fields: JsonObject
  readonly content: JsonObject
  readonly parts: Parts
  hasContent: boolean
  hasParts: boolean
  readonly sources: Set<string>
}

export function createCandidate(): Candidate {
  return {
    fields: {},
    content: {},
    parts: createParts(),
    hasContent: false,
    hasParts: false,
    sources: new Set(),
  }
}

/** `raw` gives it as it was written. */
export function addCandidate(candidate: Candidate, told: JsonObject, raw: () => string): void {
  for (const key in told) {
    const value = told[key]
    switch (key) {
      case 'content':
        if (isObject(value)) addContent(candidate, value, raw)
        break
      case 'index':
        break
      case 'citationMetadata':
        if (isObject(value)) addCitations(candidate, value)
        break
      case 'groundingMetadata':
        if (isObject(value)) addGrounding(candidate, value)
        else overlayField(candidate.fields, key, value)
        break
      case 'logprobsResult':
        absorbField(candidate.fields, key, value)
        break
      default:
        overlayField(candidate.fields, key, value)
    }
  }
}

function addContent(candidate: Candidate, content: JsonObject, raw: () => string): void {
  candidate.hasContent = true
  for (const key in content) {
    const value = content[key]
    if (key !== 'parts' || !Array.isArray(value)) {
      overlayField(candidate.content, key, value)
      continue
    }
    candidate.hasParts = true
    const texts = argumentsOf(content, raw)
    for (const [place, part] of value.entries()) candidate.parts.add(part, texts.get(place))
  }
}

/** The arguments of function calls as they were written, by part. `raw` gives the candidate. */
export function argumentsOf(content: JsonObject | undefined, raw: () => string): ReadonlyMap<number, string> {
  const found = new Map<number, string>()
  if (!hasObject(content?.['parts'], 'functionCall')) return found
  const parts = rawElements(rawMember(rawMember(raw(), 'content'), 'parts'))
  for (const [place, part] of parts.entries()) {
    const args = rawMember(rawMember(part, 'functionCall'), 'args')
    if (isFilled(args)) found.set(place, args)
  }
  return found
}

/** Told anew with each chunk, once as an empty object: of each field the last that says something is the whole. */
function addGrounding({ fields }: Candidate, told: JsonObject): void {
  const known = objectAt(fields, 'groundingMetadata') ?? {}
  fields['groundingMetadata'] = known
  for (const key in told) {
    const value = told[key]
    const isEmpty = value === null || (typeof value === 'object' && Object.keys(value).length === 0)
    if (!isEmpty || known[key] === undefined) put(known, key, value)
  }
}

/** Each chunk has the sources of its own text, and may repeat earlier ones. */
function addCitations({ fields, sources }: Candidate, told: JsonObject): void {
  const known = objectAt(fields, 'citationMetadata')
  const citations = known ?? {}
  fields['citationMetadata'] = citations
  for (const key in told) {
    const value = told[key]
    if (!Array.isArray(value)) {
      overlay(citations, { [key]: value })
      continue
    }
    const fresh = value.filter((source) => {
      const text = `${key} ${JSON.stringify(source)}`
      if (sources.has(text)) return false
      sources.add(text)
      return true
    })
    absorbField(citations, key, fresh)
  }
}

export function toCandidate(index: number, candidate: Candidate): JsonObject {
  const { content, fields, hasContent, hasParts, parts } = candidate
  if (!hasContent) return { ...fields, index }
  const told = hasParts ? { ...content, parts: parts.list() } : content
  return { content: told, ...fields, index }
}
