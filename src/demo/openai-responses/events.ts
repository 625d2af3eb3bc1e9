import { idOf } from '../random.ts'
import type { Data, Frame } from '../frame.ts'
import type { Item } from './items.ts'

/** The events of one item, from `output_item.added` to `output_item.done`. */
export type ItemEvent = {
  readonly kind: Frame['kind']
  readonly type: string
  readonly data: { readonly [key: string]: Data }
}

export function* itemFrames(item: Item, index: number, seed: number): Iterable<ItemEvent> {
  const place = { item_id: item.id, output_index: index }
  yield {
    kind: 'open',
    type: 'response.output_item.added',
    data: { item: item.started, output_index: index },
  }
  switch (item.kind) {
    case 'reasoning':
      yield* summary(item, place, seed)
      break
    case 'message':
      yield* message(item, place, seed)
      break
    case 'function_call':
      yield* deltas('response.function_call_arguments', item, place, seed)
      yield close('response.function_call_arguments.done', { ...place, arguments: item.text })
      break
    case 'custom_tool_call':
      yield* deltas('response.custom_tool_call_input', item, place, seed)
      yield close('response.custom_tool_call_input.done', { ...place, input: item.text })
      break
  }
  yield close('response.output_item.done', { item: item.whole, output_index: index })
}

type Place = { readonly [key: string]: Data }

function* summary(item: Item, where: Place, seed: number): Iterable<ItemEvent> {
  if (item.text.tokens === 0) return
  const place = { ...where, summary_index: 0 }
  const type = 'summary_text'
  yield {
    kind: 'open',
    type: 'response.reasoning_summary_part.added',
    data: { ...place, part: { type, text: '' } },
  }
  yield* deltas('response.reasoning_summary_text', item, place, seed)
  yield close('response.reasoning_summary_text.done', { ...place, text: item.text })
  yield close('response.reasoning_summary_part.done', { ...place, part: { type, text: item.text } })
}

function* message(item: Item, where: Place, seed: number): Iterable<ItemEvent> {
  const place = { ...where, content_index: 0 }
  const part = { type: 'output_text', annotations: [], logprobs: [] }
  yield { kind: 'open', type: 'response.content_part.added', data: { ...place, part: { ...part, text: '' } } }
  yield* deltas('response.output_text', item, { ...place, logprobs: [] }, seed)
  yield close('response.output_text.done', { ...place, logprobs: [], text: item.text })
  yield close('response.content_part.done', { ...place, part: { ...part, text: item.text } })
}

/** `obfuscation` hides the length of a token from who watches the wire, as the real events do. */
function* deltas(type: string, item: Item, place: Place, seed: number): Iterable<ItemEvent> {
  for (const delta of item.text.pieces()) {
    const obfuscation = idOf(seed, delta, Math.max(16 - delta.length, 1))
    yield { kind: 'token', type: `${type}.delta`, data: { ...place, delta, obfuscation } }
  }
}

function close(type: string, data: ItemEvent['data']): ItemEvent {
  return { kind: 'close', type, data }
}
