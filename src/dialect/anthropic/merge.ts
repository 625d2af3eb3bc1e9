import { overlay, overlayField } from '../../conversation/accumulate.ts'
import { isObject, objectAt, readJson, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { hasObject, rawMember, rawObjects } from '../../conversation/raw-json.ts'
import { createTally } from '../../conversation/tally.ts'
import type { SseEvent } from '../../wire/sse.ts'
import type { Merge, Reply } from '../dialect.ts'
import { unfold } from '../unfold.ts'
import { createBlocks, inputAt } from './blocks.ts'
import { blockTypes, errorOf, ownFields } from './schema.ts'
import { usageOf } from './usage.ts'

/** Events of a message to the message. Usage counts are running totals: overwritten by key, never added. */
export function createMerge(): Merge {
  const blocks = createBlocks()
  const unknown = createTally()
  const message: JsonObject = {}
  let isStarted = false
  let isStopped = false
  let isCounted = false
  let error: unknown = null

  function add({ event, data }: SseEvent, read?: unknown): void {
    if (data === '' || data.startsWith('[DONE]')) return
    const told = read ?? readJson(data)
    if (!isObject(told)) {
      const several = unfold(data)
      if (several === null) unknown.count('unreadable')
      else for (const one of several) add({ event, data: one })
      return
    }
    const type = textAt(told, 'type') ?? event ?? ''
    const failed = errorOf(told, type)
    error ??= failed
    if (failed === null) addEvent(type, told, data)
  }
  function addEvent(type: string, told: JsonObject, data: string): void {
    switch (type) {
      case 'content_block_delta':
        countUnknownDelta(told)
        isStarted = true
        blocks.add(told)
        return
      case 'content_block_start':
        isStarted = true
        blocks.start(told, data)
        followFallback(message, objectAt(told, 'content_block'))
        return
      case 'content_block_stop':
        blocks.stop(told)
        return
      case 'message_start':
        if (isStarted) unknown.count('message_start')
        isStarted = true
        addStart(objectAt(told, 'message') ?? {}, data)
        return
      case 'message_delta':
        isStarted = true
        isCounted = true
        addUsage(message, objectAt(told, 'usage'))
        addFields(message, objectAt(told, 'delta') ?? {})
        addFields(message, told)
        return
      case 'message_stop':
        isStopped = true
        addFields(message, told)
        return
      case 'ping':
        return
      default:
        unknown.count(type === '' ? 'untyped' : type)
    }
  }
  function addStart({ content, ...fields }: JsonObject, data: string): void {
    // A second start before the stop: a gateway that tried again. The first one's id is the one that was told.
    const { id } = message
    overlay(message, fields)
    if (id !== undefined) message['id'] = id
    if (Array.isArray(content)) blocks.begin(content, inputsOf(content, rawMember(data, 'message')))
  }
  function countUnknownDelta(told: JsonObject): void {
    const type = textAt(objectAt(told, 'delta'), 'type')
    if (type === null || !blockTypes.has(type)) unknown.count(type ?? 'untyped delta')
  }
  function finish(): Reply {
    const { content, argumentTexts } = blocks.finish()
    const body = isStarted ? { ...message, content } : null
    const usage = usageOf(message)
    const isTold = isStopped || isCounted
    return {
      body,
      ending: error !== null ? 'error' : isStopped ? 'complete' : 'cut',
      model: textAt(message, 'model'),
      // The count a message starts with is no count of what followed: on a stream that broke off it is unknown.
      usage: usage === null || isTold ? usage : { ...usage, output: null },
      error,
      argumentTexts,
      unknownEvents: unknown.counts(),
    }
  }
  return { add, finish }
}

export function whole(body: unknown, text = ''): Reply {
  const fields = isObject(body) ? body : {}
  const error = errorOf(fields, textAt(fields, 'type') ?? '')
  const inputs = inputsOf(fields['content'], text)
  return {
    body,
    ending: error === null ? 'complete' : 'error',
    model: textAt(fields, 'model'),
    usage: usageOf(fields),
    error,
    argumentTexts: Object.fromEntries([...inputs].map(([at, raw]) => [inputAt(at), raw])),
    unknownEvents: {},
  }
}

/** What was given to tools, as it was written, by block. */
function inputsOf(content: unknown, message: string): ReadonlyMap<number, string> {
  return hasObject(content, 'input') ? rawObjects(rawMember(message, 'content'), 'input') : new Map()
}

function addUsage(message: JsonObject, usage: JsonObject | undefined): void {
  if (usage !== undefined) overlayField(message, 'usage', usage)
}

function addFields(message: JsonObject, told: JsonObject): void {
  for (const key in told) if (!ownFields.has(key)) overlayField(message, key, told[key])
}

/** From a fallback on, another model answers. */
function followFallback(message: JsonObject, block: JsonObject | undefined): void {
  if (block?.['type'] !== 'fallback') return
  const model = textAt(objectAt(block, 'to'), 'model')
  if (model !== null) message['model'] = model
}
