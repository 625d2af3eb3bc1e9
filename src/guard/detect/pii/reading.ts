/**
 * A text, read once for all recognisers: its tokens are the longest runs of ASCII letters and digits with a digit in
 * them. Everything else parts them, so that a number is found between letters of other alphabets and underscores too.
 */
export type Reading = {
  readonly text: string
  readonly count: number
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** 1 where all of a token is digits. */
  readonly digits: Uint8Array
  /** Those of nine characters and more. */
  readonly long: readonly number[]
}

const [zero, nine] = [0x30, 0x39]

/** What a character is: 0 parts tokens, 1 a letter, 2 a digit. */
const classes = new Uint8Array(128)
for (let code = zero; code <= nine; code++) classes[code] = 2
for (let code = 0; code < 26; code++) {
  classes[0x41 + code] = 1
  classes[0x61 + code] = 1
}

const leastLong = 9

export function readTokens(text: string): Reading {
  const most = (text.length >> 1) + 1
  const [starts, ends, digits] = [new Int32Array(most), new Int32Array(most), new Uint8Array(most)]
  const long: number[] = []
  let [count, start, letters, numerals] = [0, 0, 0, 0]
  for (let at = 0; at <= text.length; at++) {
    const code = at === text.length ? 0 : text.charCodeAt(at)
    const found = code < 128 ? (classes[code] ?? 0) : 0
    if (found === 2) numerals++
    else if (found === 1) letters++
    else {
      if (numerals > 0) {
        if (at - start >= leastLong) long.push(count)
        starts[count] = start
        ends[count] = at
        digits[count++] = letters === 0 ? 1 : 0
      }
      numerals = 0
      letters = 0
      start = at + 1
    }
  }
  return { text, count, starts, ends, digits, long }
}

export function startOf({ starts }: Reading, token: number): number {
  return starts[token] ?? 0
}

export function endOf({ ends }: Reading, token: number): number {
  return ends[token] ?? 0
}

/** Its length if it is a number; 0 for other tokens, and for none. */
export function digitsIn({ starts, ends, digits, count }: Reading, token: number): number {
  return token < count && digits[token] === 1 ? (ends[token] ?? 0) - (starts[token] ?? 0) : 0
}

/** The character between a token and the next; '' if there is not exactly one. */
export function jointAfter({ text, starts, ends, count }: Reading, token: number): string {
  const end = ends[token] ?? 0
  return token + 1 < count && starts[token + 1] === end + 1 ? text.charAt(end) : ''
}

/** Whether from this token on numbers of these lengths follow, each joined by one of these characters. */
export function isGrouped(
  reading: Reading,
  token: number,
  lengths: readonly number[],
  joints: string,
): boolean {
  for (let at = 0; at < lengths.length; at++) {
    if (digitsIn(reading, token + at) !== lengths[at]) return false
    if (at + 1 === lengths.length) continue
    const joint = jointAfter(reading, token + at)
    if (joint === '' || !joints.includes(joint)) return false
  }
  return true
}

export function isDigit(code: number): boolean {
  return code >= zero && code <= nine
}

/** Letter or digit, ASCII. */
export function isWord(code: number): boolean {
  return code < 128 && classes[code] !== 0
}

/** The digits of some tokens in one string. */
export function digitsFrom({ text, starts, ends }: Reading, first: number, last: number): string {
  let digits = ''
  for (let token = first; token <= last; token++) digits += text.slice(starts[token], ends[token])
  return digits
}
