import { overlay, overlayField } from '../../conversation/accumulate.ts'
import { isObject, objectAt, readJson, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { createTally } from '../../conversation/tally.ts'
import type { SseEvent } from '../../wire/sse.ts'
import type { Merge, Reply } from '../dialect.ts'
import { createBlocks } from './blocks.ts'
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

  function add({ event, data }: SseEvent): void {
    if (data === '' || data.startsWith('[DONE]')) return
    const told = readJson(data)
    if (!isObject(told)) {
      unknown.count('unreadable')
      return
    }
    const type = textAt(told, 'type') ?? event ?? ''
    const failed = errorOf(told, type)
    error ??= failed
    if (failed === null) addEvent(type, told)
  }
  function addEvent(type: string, told: JsonObject): void {
    switch (type) {
      case 'content_block_delta':
        countUnknownDelta(told)
        isStarted = true
        blocks.add(told)
        return
      case 'content_block_start':
        isStarted = true
        blocks.start(told)
        followFallback(message, objectAt(told, 'content_block'))
        return
      case 'content_block_stop':
        blocks.stop(told)
        return
      case 'message_start':
        if (isStarted) unknown.count('message_start')
        isStarted = true
        addStart(objectAt(told, 'message') ?? {})
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
  function addStart({ content, ...fields }: JsonObject): void {
    // A second start before the stop: a gateway that tried again. The first one's id is the one that was told.
    const { id } = message
    overlay(message, fields)
    if (id !== undefined) message['id'] = id
    if (Array.isArray(content)) blocks.begin(content)
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

export function whole(body: unknown): Reply {
  const fields = isObject(body) ? body : {}
  const error = errorOf(fields, textAt(fields, 'type') ?? '')
  return {
    body,
    ending: error === null ? 'complete' : 'error',
    model: textAt(fields, 'model'),
    usage: usageOf(fields),
    error,
    unknownEvents: {},
  }
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
