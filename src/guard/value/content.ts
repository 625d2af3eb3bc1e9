import { isThing, memberOf } from '../trace/sorts.ts'
import { isList } from './operators.ts'
import { textOf, type Value } from './value.ts'

/** The texts and images in messages, outputs, their contents and lists of all of these. */
const mostDepth = 50

export function textsOf(value: Value, depth = 0): Value[] {
  if (textOf(value) !== undefined) return [value]
  if (depth > mostDepth) return []
  if (isList(value)) return value.items.flatMap((item) => textsOf(item, depth + 1))
  if (!isThing(value)) return []
  if (value.type.name === 'TextChunk') return textsOf(memberOf(value, 'text') ?? null, depth + 1)
  return hasContent(value) ? textsOf(memberOf(value, 'content') ?? null, depth + 1) : []
}

function hasContent(value: Value): boolean {
  return isThing(value) && (value.type.name === 'Message' || value.type.name === 'ToolOutput')
}

export function imagesOf(value: Value, depth = 0): Value[] {
  const text = textOf(value)
  if (text !== undefined) return /^data:image\/(?:png|jpeg);base64,/.test(text) ? [value] : []
  if (depth > mostDepth) return []
  if (isList(value)) return value.items.flatMap((item) => imagesOf(item, depth + 1))
  if (!isThing(value)) return []
  if (value.type.name === 'Image') {
    const image = memberOf(value, 'image_url') ?? null
    const url =
      typeof image === 'object' && image !== null && image.kind === 'dict' ? image.entries.get('url') : null
    return url === undefined || url === null ? [] : [url]
  }
  return hasContent(value) ? imagesOf(memberOf(value, 'content') ?? null, depth + 1) : []
}
