import { isObject, readObject } from '../../conversation/json.ts'

/**
 * Whether this event is the one that `stream_options.include_usage` adds to a stream: counts and no choice. Others may
 * have `"usage":null`, or counts beside a choice; they are part of the answer.
 */
export function isUsageEvent(event: Uint8Array): boolean {
  if (!hasUsage(event)) return false
  const lines = new TextDecoder().decode(event).split(/\r?\n/)
  const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice('data:'.length))
  const told = readObject(data.join('\n'))
  if (told === undefined || told['error']) return false
  return Array.isArray(told['choices']) && told['choices'].length === 0 && isObject(told['usage'])
}

const mark = Buffer.from('"usage"')

/** Native search: every other event is told from it for a tenth of a microsecond. */
function hasUsage(event: Uint8Array): boolean {
  return Buffer.from(event.buffer, event.byteOffset, event.byteLength).includes(mark)
}
