import { toJson } from './canonical.ts'
import type { Media, Part } from './conversation.ts'
import type { Form } from './invariant-source.ts'
import { isObject, textAt } from './json.ts'

/**
 * Parts as chunks of a message's content. Invariant knows two: those with a text, whatever their type, and those with
 * an image's address. Anything that says something in words is a text, so that rules see it.
 */
export type Chunk =
  | { readonly type: string; readonly text: string; readonly media?: Media }
  | { readonly type: 'image_url'; readonly image_url: Readonly<Record<string, string>> }

export type Spoken = { readonly chunk: Chunk; readonly form: Form }

export function toChunks(part: Part): readonly Spoken[] {
  const { at } = part
  switch (part.kind) {
    case 'text':
    case 'refusal':
    case 'thinking':
      return [{ chunk: { type: part.kind, text: part.text }, form: { at, is: 'text' } }]
    case 'image':
      return [{ chunk: toImage(part.media, detailOf(part)), form: { at, is: 'whole' } }]
    case 'audio':
    case 'video':
    case 'document':
      return toMedia(part)
    case 'call':
      return [
        { chunk: { type: 'call', text: part.argumentsText }, form: { at: part.argumentsAt, is: 'whole' } },
      ]
    case 'result':
      return part.parts.flatMap(toChunks)
    case 'other':
      return [toOther(part)]
  }
}

function toImage(media: Media, detail: string | null): Chunk {
  const more = detail === null ? {} : { detail }
  switch (media.kind) {
    case 'data':
      return {
        type: 'image_url',
        image_url: { url: `data:${media.mediaType ?? ''};base64,${standard(media.base64)}`, ...more },
      }
    case 'url':
      return { type: 'image_url', image_url: { url: media.url, ...more } }
    case 'file':
      return { type: 'image_url', image_url: { file_id: media.id, ...more } }
    case 'parts':
      return { type: 'image', text: '', media }
  }
}

/** Google takes the letters of addresses too, which no data address knows. */
function standard(base64: string): string {
  return /[-_]/.test(base64) ? base64.replaceAll('-', '+').replaceAll('_', '/') : base64
}

function detailOf({ extra }: Part): string | null {
  const inner = extra['image_url']
  return textAt(extra, 'detail') ?? (isObject(inner) ? textAt(inner, 'detail') : null)
}

type MediaPart = Extract<Part, { kind: 'image' | 'audio' | 'video' | 'document' }>

function toMedia({ kind, media, at, extra }: MediaPart): readonly Spoken[] {
  if (media.kind === 'parts') {
    return media.parts.flatMap(toChunks).map(({ chunk, form }) => ({
      chunk: chunk.type === 'text' ? { ...chunk, type: kind } : chunk,
      form,
    }))
  }
  // What a model says aloud is told in words beside the sound.
  const { transcript } = extra
  if (typeof transcript === 'string') {
    return [{ chunk: { type: kind, text: transcript, media }, form: { at: `${at}/transcript`, is: 'text' } }]
  }
  return [{ chunk: { type: kind, text: '', media }, form: { at, is: 'whole' } }]
}

function toOther({ type, original, at }: Extract<Part, { kind: 'other' }>): Spoken {
  const isText = typeof original === 'string'
  return {
    chunk: { type: type === '' ? 'other' : type, text: isText ? original : (toJson(original) ?? '') },
    form: { at, is: isText ? 'text' : 'whole' },
  }
}
