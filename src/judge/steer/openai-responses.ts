import { isObject, type JsonObject } from '../../conversation/json.ts'
import { indexAt } from '../../dialect/openai-responses/schema.ts'
import type { SseEvent } from '../../wire/sse.ts'
import type { Close } from './steer.ts'
import { named } from './steer.ts'

/** The items that are open end as far as they came, the message is an item of its own, and the response is complete. */
export function createResponsesClose(): Close {
  const open = new Set<number>()
  const known = new Set<number>()
  let isStarted = false
  let next = 0
  return {
    left: (told, type) => {
      const { sequence_number, response } = told
      if (typeof sequence_number === 'number') next = sequence_number + 1
      isStarted ||= isObject(response)
      if (!('output_index' in told)) return
      const at = indexAt(told, 'output_index')
      known.add(at)
      if (type === 'response.output_item.done') open.delete(at)
      else open.add(at)
    },
    close: (message, body) => {
      const told = { ...wholeResponse(message), ...body }
      const before = Array.isArray(body['output']) ? body['output'] : []
      const inOrder = [...known].sort((a, b) => a - b)
      const output = before.map((item, at) =>
        open.has(inOrder[at] ?? at) && isObject(item) ? cut(item) : item,
      )
      const index = Math.max(-1, ...known) + 1
      const started = { ...told, status: 'in_progress', output: [] }
      const events = [
        ...(isStarted ? [] : [{ type: 'response.created', response: started }]),
        ...[...open].map((at) => ({
          type: 'response.output_item.done',
          output_index: at,
          item: output[inOrder.indexOf(at)] ?? {},
        })),
        ...ofMessage(message, index),
        {
          type: 'response.completed',
          response: { ...told, status: 'completed', output: [...output, item(message)] },
        },
      ]
      return events.map((fields): SseEvent => named({ ...fields, sequence_number: next++ }))
    },
  }
}

const itemId = 'msg_weir'

function cut(told: JsonObject): JsonObject {
  return { ...told, status: 'incomplete' }
}

function part(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

function item(text: string): JsonObject {
  return { id: itemId, type: 'message', status: 'completed', role: 'assistant', content: [part(text)] }
}

function ofMessage(text: string, index: number): (JsonObject & { readonly type: string })[] {
  const at = { item_id: itemId, output_index: index }
  const inPart = { ...at, content_index: 0 }
  return [
    {
      type: 'response.output_item.added',
      output_index: index,
      item: { ...item(''), status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...inPart, part: part('') },
    { type: 'response.output_text.delta', ...inPart, delta: text, logprobs: [] },
    { type: 'response.output_text.done', ...inPart, text, logprobs: [] },
    { type: 'response.content_part.done', ...inPart, part: part(text) },
    { type: 'response.output_item.done', output_index: index, item: item(text) },
  ]
}

export function wholeResponse(message: string): JsonObject {
  return {
    id: 'resp_weir',
    object: 'response',
    created_at: 0,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: '',
    output: [item(message)],
  }
}
