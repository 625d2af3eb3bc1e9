import { isObject, objectAt, textAt, type JsonObject } from '../../conversation/json.ts'
import { goesOn, quiet, type Ear, type Heard, type Path, type Piece } from './heard.ts'

/** Blocks speak one after the other; a second start at a used index is another block, as for the merge. */
export function createAnthropicEar(): Ear {
  const places: number[] = []
  const byIndex = new Map<number, number>()

  function open(index: number): number {
    byIndex.set(index, places.length)
    return places.push(index) - 1
  }
  function blockOf(told: JsonObject): number {
    const { index } = told
    const place = typeof index === 'number' ? index : (places.at(-1) ?? 0)
    return byIndex.get(place) ?? open(place)
  }
  function hear(told: JsonObject, type: string, size: number): Heard {
    switch (type) {
      case 'content_block_delta':
        return ofDelta(String(blockOf(told)), objectAt(told, 'delta') ?? {}, size)
      case 'content_block_start': {
        const { index } = told
        const block = open(typeof index === 'number' ? index : places.length)
        return ofBlock(String(block), objectAt(told, 'content_block') ?? {}, ['content_block'], size)
      }
      case 'content_block_stop':
        return { ...quiet, ends: [String(blockOf(told))] }
      case 'message_start':
        return ofStart(objectAt(told, 'message')?.['content'], size)
      case 'message_delta':
        return { ...quiet, ends: 'all', isLast: true }
      case 'message_stop':
        return { ...quiet, ends: 'all', isLast: true }
      case 'ping':
        return quiet
      default:
        return { ...quiet, weight: size, isKnown: false }
    }
  }
  function ofStart(content: unknown, size: number): Heard {
    if (!Array.isArray(content) || content.length === 0) return quiet
    const pieces = content.flatMap((block, at) =>
      isObject(block) ? ofBlock(String(open(at)), block, ['message', 'content', at], size).pieces : [],
    )
    return { ...quiet, pieces, ends: 'all', weight: size }
  }
  function channelAt(pointer: string): string | null {
    const [, place] = /^\/content\/(\d+)(?:\/(?:text|thinking|input))?$/.exec(pointer) ?? []
    if (place === undefined) return null
    return blockAt(Number(place))
  }
  function callerAt(pointer: string): string | null {
    const place = /^\/content\/(\d+)(?:\/|$)/.exec(pointer)?.[1]
    return place === undefined ? null : blockAt(Number(place))
  }
  function blockAt(place: number): string | null {
    const inOrder = places.map((index, block) => ({ index, block })).toSorted((a, b) => a.index - b.index)
    const found = inOrder[place]
    return found === undefined ? null : String(found.block)
  }
  return { hear, channelAt, callerAt }
}

const textFields: ReadonlyMap<string, Path> = new Map([
  ['text_delta', ['delta', 'text']],
  ['thinking_delta', ['delta', 'thinking']],
  ['input_json_delta', ['delta', 'partial_json']],
])
const others: ReadonlySet<string> = new Set(['signature_delta', 'citations_delta', 'compaction_delta'])

function ofDelta(block: string, delta: JsonObject, size: number): Heard {
  const type = textAt(delta, 'type') ?? ''
  const path = textFields.get(type)
  if (path === undefined) {
    if (type === 'signature_delta') {
      const seal: Piece = {
        speaker: block,
        channel: block,
        path: ['delta', 'signature'],
        text: '',
        is: 'seal',
      }
      return { ...quiet, pieces: [seal] }
    }
    return { ...quiet, weight: size, isKnown: others.has(type) }
  }
  const text = delta[path[1] ?? '']
  if (typeof text !== 'string') return quiet
  const heard = goesOn({ speaker: block, channel: block, path, text, is: 'next' })
  return type === 'input_json_delta' ? { ...heard, opens: [block] } : heard
}

/** Calls go on after their start; what came of the provider's own calls is told whole. */
function ofBlock(block: string, fields: JsonObject, path: Path, size: number): Heard {
  const type = textAt(fields, 'type') ?? ''
  if (type === 'text' || type === 'thinking') {
    const text = fields[type]
    if (typeof text !== 'string') return quiet
    return { ...quiet, pieces: [{ speaker: block, channel: block, path: [...path, type], text, is: 'next' }] }
  }
  if (!type.endsWith('tool_use')) return { ...quiet, weight: size }
  const { input } = fields
  const isWhole = isObject(input) && Object.keys(input).length > 0
  const piece: Piece = { speaker: block, channel: block, path: [...path, 'input'], text: '', is: 'value' }
  return { ...quiet, pieces: isWhole ? [piece] : [], opens: [block], weight: size }
}
