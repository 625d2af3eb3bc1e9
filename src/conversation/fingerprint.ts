import { toCanonicalJson } from './canonical.ts'
import type { Media, Message, Part, ToolCall } from './conversation.ts'
import { isObject, textAt } from './json.ts'

/**
 * What a message is known by when it comes again: the same for an answer, streamed or whole, and for the history of
 * the next request, whatever a client leaves out or splits when it sends an answer back.
 *
 * It covers the role; text and refusals, however cut into parts; images, audio, video and documents; a tool call's
 * id, name and arguments (as values: neither white space nor the order of keys counts); a result's call, error flag
 * and content; and in messages that are not the model's, parts that nobody knows. It covers no thinking, nothing that
 * the provider ran itself (clients drop searches from the history), no `extra`, nor where anything stands.
 */
export function fingerprint(message: Message): string {
  const hasher = new Bun.CryptoHasher('sha256')
  addField(hasher, message.role)
  addParts(hasher, message.parts, message.role !== 'assistant')
  return hasher.digest('hex').slice(0, hexDigits)
}

/** 128 bits: a client that looks for two messages of one fingerprint has 2^64 to try, and gains its own two. */
const hexDigits = 32

type Hasher = Bun.CryptoHasher

/** With its length, so that no text can look like the field that follows it. */
function addField(hasher: Hasher, text: string): void {
  hasher.update(`${text.length}:`)
  hasher.update(text)
}

function addParts(hasher: Hasher, parts: readonly Part[], isOthersToo: boolean): void {
  let run = ''
  const endRun = (): void => {
    if (run === '') return
    hasher.update('text')
    addField(hasher, run)
    run = ''
  }
  for (const part of parts) {
    if (part.kind === 'text') {
      run += part.text
    } else if (isCovered(part, isOthersToo)) {
      endRun()
      addPart(hasher, part)
    }
  }
  endRun()
  hasher.update('.')
}

type Covered = Exclude<Part, { kind: 'text' | 'thinking' }>

function isCovered(part: Exclude<Part, { kind: 'text' }>, isOthersToo: boolean): part is Covered {
  if (part.kind === 'thinking') return false
  if (part.kind === 'call' || part.kind === 'result') return !part.isServers
  return part.kind !== 'other' || isOthersToo
}

function addPart(hasher: Hasher, part: Covered): void {
  hasher.update(part.kind)
  switch (part.kind) {
    case 'refusal':
      addField(hasher, part.text)
      return
    case 'call':
      addField(hasher, part.id ?? '')
      addField(hasher, part.name)
      addField(hasher, argumentsOf(part))
      return
    case 'result':
      addField(hasher, part.callId ?? part.name ?? '')
      addField(hasher, String(part.isError))
      addParts(hasher, part.parts, true)
      return
    case 'other':
      addField(hasher, toCanonicalJson(withoutCacheMark(part.original)))
      return
    case 'image':
    case 'audio':
    case 'video':
    case 'document':
      // Audio that a model spoke is sent back by its id alone.
      addMedia(hasher, part.media, part.kind === 'audio' ? textAt(part.extra, 'id') : null)
  }
}

function argumentsOf({ isFreeform, argumentsText, arguments: value }: ToolCall): string {
  if (isFreeform) return argumentsText
  // A call without arguments is told as no text at all by some providers, and sent back as an empty object.
  if (argumentsText.trim() === '') return '{}'
  return value === undefined ? argumentsText : toCanonicalJson(value)
}

function addMedia(hasher: Hasher, media: Media, id: string | null): void {
  if (id !== null) {
    addField(hasher, id)
    return
  }
  switch (media.kind) {
    case 'data':
      addField(hasher, media.base64)
      return
    case 'url':
      addField(hasher, media.url)
      return
    case 'file':
      addField(hasher, media.id)
      return
    case 'parts':
      addParts(hasher, media.parts, true)
  }
}

/** Clients move the mark from the last message to the next with every turn. */
function withoutCacheMark(original: unknown): unknown {
  if (!isObject(original)) return original
  const { cache_control: _mark, ...rest } = original
  return rest
}
