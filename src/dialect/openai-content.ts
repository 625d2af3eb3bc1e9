import type { Media, Part } from '../conversation/conversation.ts'
import { isObject } from '../conversation/json.ts'
import type { JsonObject } from '../conversation/json.ts'
import { isTextOrNone, mediaOf, otherPart, rest, textPart, withRest } from '../conversation/part.ts'

/**
 * Parts of content as both of OpenAI's dialects tell them (`text`, `input_text`), and what compatible providers add:
 * Mistral's thinking, video, Anthropic's thinking blocks. One part of theirs may be several of ours.
 */
export function readPart(part: unknown, at: string): readonly Part[] {
  if (!isObject(part)) return [otherPart(part, at)]
  const { type, thinking } = part
  if (type === 'thinking' && Array.isArray(thinking) && thinking.length > 0) {
    return readThoughts(part, thinking, `${at}/thinking`)
  }
  return [readOne(part, at) ?? otherPart(part, at)]
}

const textFields = new Set(['type', 'text'])
const refusalFields = new Set(['type', 'refusal'])

function readOne(part: JsonObject, at: string): Part | undefined {
  const { type, text, refusal } = part
  switch (type) {
    case undefined:
    case 'text':
    case 'input_text':
    case 'output_text':
    case 'summary_text':
    case 'reasoning_text':
      return typeof text === 'string' ? textPart(text, `${at}/text`, rest(part, textFields)) : undefined
    case 'refusal':
      if (typeof refusal !== 'string') return undefined
      return { kind: 'refusal', text: refusal, at: `${at}/refusal`, extra: rest(part, refusalFields) }
    case 'thinking':
    case 'redacted_thinking':
      return readThinkingBlock(part, at)
    case 'image_url':
    case 'video_url':
      return readLinked(part, type, at)
    case 'input_image':
    case 'computer_screenshot':
      return readImage(part, type, at)
    case 'input_audio':
      return readAudio(part, at)
    case 'file':
      return readFile(part, at)
    case 'input_file':
      return readInputFile(part, at)
  }
  return undefined
}

/** Pieces of Mistral's thinking; what is said of all of them is kept with the first. */
function readThoughts(part: JsonObject, pieces: readonly unknown[], at: string): readonly Part[] {
  const extra = rest(part, thinkingFields)
  return pieces.map((piece, index): Part => {
    const place = `${at}/${index}`
    const first = index === 0 ? extra : {}
    if (!isObject(piece) || typeof piece['text'] !== 'string' || !isTextOrNone(piece['type']))
      return { ...otherPart(piece, place), extra: first }
    const left = { ...rest(piece, textFields), ...first }
    return { kind: 'thinking', text: piece['text'], signature: null, at: `${place}/text`, extra: left }
  })
}

const thinkingFields = new Set(['type', 'thinking'])
const signedFields = new Set(['type', 'thinking', 'signature'])
const redactedFields = new Set(['data'])

/** Anthropic's block, in the `thinking_blocks` or the content of a gateway in front of it. */
export function readThinkingBlock(block: JsonObject, at: string): Part | undefined {
  const { type, thinking, signature, data } = block
  if (type === 'redacted_thinking' && typeof data === 'string') {
    return { kind: 'thinking', text: '', signature: data, at, extra: rest(block, redactedFields) }
  }
  if (type !== 'thinking' || typeof thinking !== 'string' || !isTextOrNone(signature)) return undefined
  const extra = rest(block, signedFields)
  return { kind: 'thinking', text: thinking, signature: signature ?? null, at: `${at}/thinking`, extra }
}

const urlFields = new Set(['url'])

/** `{type: 'image_url', image_url: {url, detail}}`, or the address alone. */
function readLinked(part: JsonObject, type: 'image_url' | 'video_url', at: string): Part | undefined {
  const told = part[type]
  const link = typeof told === 'string' ? { url: told } : told
  if (!isObject(link) || typeof link['url'] !== 'string') return undefined
  const media = mediaOf(link['url'])
  // A document in the place of an image is what some servers take.
  const isDocument = media.kind === 'data' && media.mediaType?.startsWith('application/') === true
  const kind = type === 'video_url' ? 'video' : isDocument ? 'document' : 'image'
  return {
    kind,
    media,
    at,
    extra: withRest(rest(part, new Set(['type', type])), type, rest(link, urlFields)),
  }
}

function readImage(part: JsonObject, type: string, at: string): Part | undefined {
  const { image_url, file_id } = part
  if (type === 'input_image' && isObject(image_url) && typeof image_url['url'] === 'string') {
    const extra = withRest(rest(part, imageFields), 'image_url', rest(image_url, urlFields))
    return { kind: 'image', media: mediaOf(image_url['url']), at, extra }
  }
  if (typeof image_url === 'string') {
    return { kind: 'image', media: mediaOf(image_url), at, extra: rest(part, imageFields) }
  }
  if (typeof file_id !== 'string') return undefined
  const media: Media = { kind: 'file', mediaType: null, id: file_id }
  return { kind: 'image', media, at, extra: rest(part, imageFileFields) }
}

const imageFields = new Set(['type', 'image_url'])
const imageFileFields = new Set(['type', 'file_id'])
const audioFields = new Set(['type', 'input_audio'])
const soundFields = new Set(['data'])

/** The format is kept as it was told too: it is no media type. */
function readAudio(part: JsonObject, at: string): Part | undefined {
  const { input_audio } = part
  if (!isObject(input_audio) || typeof input_audio['data'] !== 'string') return undefined
  const { data, format } = input_audio
  const mediaType = typeof format === 'string' ? `audio/${format}` : null
  const told = mediaOf(data, mediaType)
  const media: Media = told.kind === 'data' ? told : { kind: 'data', mediaType, base64: data }
  const extra = withRest(rest(part, audioFields), 'input_audio', rest(input_audio, soundFields))
  return { kind: 'audio', media, at, extra }
}

/** `{type: 'file', file: {file_data | file_id, filename}}` */
function readFile(part: JsonObject, at: string): Part | undefined {
  const { file } = part
  if (!isObject(file)) return undefined
  const found = mediaOfFile(file)
  if (found === undefined) return undefined
  const extra = withRest(rest(part, new Set(['type', 'file'])), 'file', rest(file, new Set([found.field])))
  return { kind: 'document', media: found.media, at, extra }
}

function readInputFile(part: JsonObject, at: string): Part | undefined {
  const found = mediaOfFile(part)
  if (found === undefined) return undefined
  return { kind: 'document', media: found.media, at, extra: rest(part, new Set(['type', found.field])) }
}

function mediaOfFile(file: JsonObject): { media: Media; field: string } | undefined {
  const { file_data, file_id, file_url } = file
  if (typeof file_data === 'string') {
    const media = mediaOf(file_data)
    const isData = media.kind === 'data' || /^\w+:/.test(file_data)
    return {
      media: isData ? media : { kind: 'data', mediaType: null, base64: file_data },
      field: 'file_data',
    }
  }
  if (typeof file_url === 'string') return { media: mediaOf(file_url), field: 'file_url' }
  if (typeof file_id !== 'string') return undefined
  return { media: { kind: 'file', mediaType: null, id: file_id }, field: 'file_id' }
}

const speechFields = new Set(['data'])

/** Audio that the model spoke, with what it says as text; in the history only its id. */
export function readSpeech(audio: unknown, at: string): Part {
  if (!isObject(audio)) return otherPart(audio, at)
  const { id, data } = audio
  if (typeof data === 'string' && data !== '') {
    const media: Media = { kind: 'data', mediaType: null, base64: data }
    return { kind: 'audio', media, at, extra: rest(audio, speechFields) }
  }
  if (typeof id !== 'string') return otherPart(audio, at)
  return { kind: 'audio', media: { kind: 'file', mediaType: null, id }, at, extra: rest(audio, idFields) }
}

const idFields = new Set(['id'])
