import { isObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'

/** The events of a response, and where in an item the text of each belongs. */

/** After these nothing of the answer follows; what they carry is the answer. */
export const terminal: ReadonlySet<string> = new Set([
  'response.completed',
  'response.failed',
  'response.incomplete',
  'response.cancelled',
  'response.done',
])

/** These carry a response that is only beginning, whatever it says of itself. */
export const opening: ReadonlySet<string> = new Set([
  'response.created',
  'response.queued',
  'response.in_progress',
])

/** Known, and told again elsewhere. */
export const silent: ReadonlySet<string> = new Set(['keepalive', 'ping'])

/** A list within an item whose elements grow, and the field of the event that says which element. */
export type List = { readonly list: 'content' | 'summary'; readonly index: 'content_index' | 'summary_index' }

export const lists = {
  content: { list: 'content', index: 'content_index' },
  summary: { list: 'summary', index: 'summary_index' },
} as const satisfies Record<string, List>

/**
 * Where the text of `<name>.delta` is gathered, and what stands there if nothing announced it. `path` leads to a
 * field of the item, or of the element of a list; `told` is the field of `<name>.done` that has all of it.
 */
export type Place = {
  readonly item: string
  readonly within: List | null
  readonly part: string
  readonly path: readonly string[]
  readonly told: string
}

export const places: ReadonlyMap<string, Place> = new Map<string, Place>([
  ['output_text', inList('message', 'output_text', lists.content, 'text')],
  ['refusal', inList('message', 'refusal', lists.content, 'refusal')],
  ['reasoning_text', inList('reasoning', 'reasoning_text', lists.content, 'text')],
  ['reasoning_summary_text', inList('reasoning', 'summary_text', lists.summary, 'text')],
  ['function_call_arguments', inItem('function_call', ['arguments'], 'arguments')],
  ['mcp_call_arguments', inItem('mcp_call', ['arguments'], 'arguments')],
  ['custom_tool_call_input', inItem('custom_tool_call', ['input'], 'input')],
  ['code_interpreter_call_code', inItem('code_interpreter_call', ['code'], 'code')],
  ['apply_patch_call_operation_diff', inItem('apply_patch_call', ['operation', 'diff'], 'diff')],
])

function inList(item: string, part: string, within: List, field: string): Place {
  return { item, within, part, path: [field], told: field }
}

function inItem(item: string, path: readonly string[], told: string): Place {
  return { item, within: null, part: '', path, told }
}

/**
 * Where the text of an event belongs that nobody knows: `<kind>_call_<field>` in that field of the call, with the index
 * of a part in a part of that name, and else in the item under its own name.
 */
export function toPlace(subject: string, told: JsonObject): Place {
  const name = subject.replaceAll('.', '_')
  const known = places.get(name)
  if (known !== undefined) return known
  const [, call, field] = /^(.+_call)_(.+)$/.exec(name) ?? []
  if (call !== undefined && field !== undefined) return inItem(call, [field], field)
  for (const within of [lists.content, lists.summary]) {
    if (typeof told[within.index] === 'number')
      return inList(within === lists.content ? 'message' : 'reasoning', name, within, 'text')
  }
  return inItem(name, [name], told['text'] === undefined ? name : 'text')
}

/** Parts are announced and concluded as a whole. */
export const parts: ReadonlyMap<string, List> = new Map<string, List>([
  ['content_part', lists.content],
  ['reasoning_part', lists.content],
  ['reasoning_summary_part', lists.summary],
])

/** What a call's last word means for its item: `response.web_search_call.searching`. */
export const statuses: ReadonlySet<string> = new Set([
  'in_progress',
  'searching',
  'interpreting',
  'generating',
  'completed',
  'failed',
  'incomplete',
])

/** OpenAI tells an error as an event of its own, flat or within; gateways also as a chunk of a chat. */
export function errorOf(told: JsonObject, type: string): unknown {
  if (told['error'] && !isObject(told['response'])) return told['error']
  return type === 'error' ? told : null
}

export function indexAt(told: JsonObject, key: string): number {
  const index = told[key]
  return typeof index === 'number' ? index : 0
}
