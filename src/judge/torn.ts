import { readPartialJson } from '../conversation/partial-json.ts'
import type { Bytes } from '../wire/body.ts'
import type { SseEvent } from '../wire/sse.ts'

/**
 * What half an event says, as far as it was told, a string half told included. No reader of a stream should make
 * anything of it; it is judged all the same, because its bytes are to be handed on.
 */
export function readTorn(bytes: Bytes): SseEvent | null {
  const text = new TextDecoder().decode(bytes)
  const data = text
    .split(/\r\n|\n|\r/)
    .map((line) => line.replace(/^(?:data:|[\s,[]*(?={))/, ''))
    .filter((line) => !/^(?::|event:|id:|retry:)/.test(line))
    .join('\n')
    .trim()
  if (data === '') return null
  const whole = data.replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, '')
  const told = readPartialJson(`${whole}"`) ?? readPartialJson(whole)
  return { data: told === undefined ? data : JSON.stringify(told) }
}
