import type { Bytes } from '../wire/body.ts'
import type { SseEvent } from '../wire/sse.ts'
import type { Frame } from './frames.ts'

/**
 * The frames at the start of a part that are as nearly all are: a line of data, with the event's name before it or
 * without. Reading those apart takes a third of what a reader of everything takes. Tells how many bytes they have.
 */
export function addPlain(frames: Frame[], bytes: Bytes): number {
  const text = toText(bytes)
  const hasReturn = text.includes('\r')
  const isAscii = text.length === bytes.length
  for (let at = 0; at < text.length;) {
    const read = readPlain(text, at, hasReturn)
    if (read === null) return isAscii ? at : 0
    if (!isAscii && (at > 0 || read.end < text.length)) return 0
    const isAll = at === 0 && read.end === text.length
    frames.push({ bytes: isAll ? bytes : bytes.subarray(at, read.end), events: [read.event] })
    at = read.end
  }
  return bytes.length
}

function toText(bytes: Bytes): string {
  return Buffer.prototype.toString.call(bytes, 'utf8', 0, bytes.length)
}

function readPlain(
  text: string,
  start: number,
  hasReturn: boolean,
): { readonly event: SseEvent; readonly end: number } | null {
  const isNamed = text.startsWith('event: ', start)
  const nameEnd = isNamed ? text.indexOf('\n', start) : start - 1
  const at = nameEnd + 1
  if ((isNamed && nameEnd === -1) || !text.startsWith('data: ', at)) return null
  const lineEnd = text.indexOf('\n', at)
  if (lineEnd === -1) return null
  const back = hasReturn && text[lineEnd - 1] === '\r' ? 1 : 0
  if (!text.startsWith(back === 1 ? '\r\n' : '\n', lineEnd + 1)) return null
  const data = text.slice(at + 6, lineEnd - back)
  const name = isNamed ? text.slice(start + 7, nameEnd - back) : undefined
  if (hasReturn && (data.includes('\r') || name?.includes('\r'))) return null
  return { event: name === undefined ? { data } : { event: name, data }, end: lineEnd + 2 + back }
}
