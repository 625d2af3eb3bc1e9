import type { JsonObject } from '../../conversation/json.ts'

/** The deltas that are known, and what a block is if its start was missing. */
export const blockTypes: ReadonlyMap<string, string> = new Map([
  ['text_delta', 'text'],
  ['citations_delta', 'text'],
  ['thinking_delta', 'thinking'],
  ['signature_delta', 'thinking'],
  ['input_json_delta', 'tool_use'],
  ['compaction_delta', 'compaction'],
])

/** What an event says of itself rather than of the message or block. */
export const ownFields: ReadonlySet<string> = new Set(['type', 'index', 'delta', 'usage', 'content_block'])

export function errorOf(told: JsonObject, type: string): unknown {
  if (told['error']) return told['error']
  return type === 'error' ? told : null
}
