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
  // One text for one call: a hasher takes 1 µs to make and 0.3 for each of its pieces.
  const covered = fieldOf(message.role) + partsOf(message.parts, message.role !== 'assistant')
  return Bun.SHA256.hash(covered, 'hex').slice(0, hexDigits)
}

/** 128 bits: a client that looks for two messages of one fingerprint has 2^64 to try, and gains its own two. */
const hexDigits = 32

/** With its length, so that no text can look like the field that follows it. */
function fieldOf(text: string): string {
  return `${text.length}:${text}`
}

function partsOf(parts: readonly Part[], isOthersToo: boolean): string {
  let covered = ''
  let run = ''
  const endRun = (): void => {
    if (run !== '') covered += `text${fieldOf(run)}`
    run = ''
  }
  for (const part of parts) {
    if (part.kind === 'text') {
      run += part.text
    } else if (isCovered(part, isOthersToo)) {
      endRun()
      covered += part.kind + contentOf(part)
    }
  }
  endRun()
  return `${covered}.`
}

type Covered = Exclude<Part, { kind: 'text' | 'thinking' }>

function isCovered(part: Exclude<Part, { kind: 'text' }>, isOthersToo: boolean): part is Covered {
  if (part.kind === 'thinking') return false
  if (part.kind === 'call' || part.kind === 'result') return !part.isServers
  return part.kind !== 'other' || isOthersToo
}

function contentOf(part: Covered): string {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return fieldOf(part.text)
    case 'call':
      return fieldOf(part.id ?? '') + fieldOf(part.name) + fieldOf(argumentsOf(part))
    case 'result':
      return (
        fieldOf(part.callId ?? part.name ?? '') + fieldOf(String(part.isError)) + partsOf(part.parts, true)
      )
    case 'other':
      return fieldOf(toCanonicalJson(withoutCacheMark(part.original)))
    case 'image':
    case 'audio':
    case 'video':
    case 'document':
      // Audio that a model spoke is sent back by its id alone.
      return mediaOf(part.media, part.kind === 'audio' ? textAt(part.extra, 'id') : null)
  }
}

function argumentsOf({ isFreeform, argumentsText, arguments: value }: ToolCall): string {
  if (isFreeform) return argumentsText
  // A call without arguments is told as no text at all by some providers, and sent back as an empty object.
  if (argumentsText.trim() === '') return '{}'
  return value === undefined ? argumentsText : toCanonicalJson(value)
}

function mediaOf(media: Media, id: string | null): string {
  if (id !== null) return fieldOf(id)
  switch (media.kind) {
    case 'data':
      return fieldOf(media.base64)
    case 'url':
      return fieldOf(media.url)
    case 'file':
      return fieldOf(media.id)
    case 'parts':
      return partsOf(media.parts, true)
  }
}

/** Clients move the mark from the last message to the next with every turn. */
function withoutCacheMark(original: unknown): unknown {
  if (!isObject(original)) return original
  const { cache_control: _mark, ...rest } = original
  return rest
}
