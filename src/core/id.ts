/**
 * Ids that sort by time: 10 characters of milliseconds, 3 that count within the process, 7 of chance, all in
 * Crockford's base 32 without look-alikes. A store can page by them, and a reader can say one aloud.
 */
const digits = '0123456789abcdefghjkmnpqrstvwxyz'
const chanceLength = 7

export function createIds(now: () => number): () => string {
  let count = 0
  return () => {
    count = (count + 1) & 0x7fff
    return encode(Math.floor(now()), 10) + encode(count, 3) + chance()
  }
}

export function isId(text: string): boolean {
  return /^[0-9a-hjkmnp-tv-z]{20}$/.test(text)
}

/** The smallest id of a moment, to compare other ids with. */
export function idAt(ms: number): string {
  return encode(Math.floor(ms), 10) + '0'.repeat(10)
}

function encode(value: number, length: number): string {
  let text = ''
  let rest = value
  for (let place = 0; place < length; place++) {
    text = digits[rest % 32] + text
    rest = Math.floor(rest / 32)
  }
  return text
}

function chance(): string {
  let text = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(chanceLength))) text += digits[byte & 31]
  return text
}
