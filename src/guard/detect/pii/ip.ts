import { digitsIn, endOf, isDigit, isWord, jointAfter, startOf, type Reading } from './reading.ts'
import type { Recogniser } from './recogniser.ts'

/** Addresses of the Internet Protocol, both versions. */
const score = 0.6

export const ip: Recogniser = {
  kind: 'IP_ADDRESS',
  context: ['ip', 'ipv4', 'ipv6'],
  highest: score,
  find: (reading, report) => {
    const found: (readonly [number, number])[] = []
    for (let token = 0; token < reading.count; token++) {
      if (!isVersion4(reading, token)) continue
      found.push([startOf(reading, token), endOf(reading, token + 3)])
      token += 3
    }
    const fours = found.length
    findVersion6(reading.text, (start, end) => found.push([start, end]))
    if (fours > 0 && fours < found.length) found.sort(([left], [right]) => left - right)
    for (const [start, end] of found) report(start, end, score)
  },
}

/** Four numbers below 256; a fifth before or after makes it something else, a version or an oid. */
function isVersion4(reading: Reading, token: number): boolean {
  const { text } = reading
  if (token > 0 && text.charAt(startOf(reading, token) - 1) === '.' && jointAfter(reading, token - 1) === '.')
    return false
  for (let at = 0; at < 4; at++) {
    const length = digitsIn(reading, token + at)
    if (length === 0 || length > 3) return false
    const start = startOf(reading, token + at)
    if (length === 3 && text.slice(start, start + 3) > '255') return false
    if (at < 3 && jointAfter(reading, token + at) !== '.') return false
  }
  const end = endOf(reading, token + 3)
  return !(text.charAt(end) === '.' && isDigit(text.charCodeAt(end + 1)))
}

const longest = 45
const [colon, dot] = [0x3a, 0x2e]

/** Around each first colon, everything that could be part of an address. */
function findVersion6(text: string, found: (start: number, end: number) => void): void {
  for (let at = text.indexOf(':'); at !== -1;) {
    let [start, end] = [at, at + 1]
    while (start > 0 && at - start < 4 && isHex(text.charCodeAt(start - 1))) start--
    while (end < text.length && isPart(text.charCodeAt(end))) end++
    const next = end
    while (text.charCodeAt(end - 1) === dot) end--
    const isApart = !isWord(text.charCodeAt(start - 1)) && !isWord(text.charCodeAt(end))
    if (isApart && end - start > 2 && end - start <= longest && isVersion6(text, start, end))
      found(start, end)
    at = text.indexOf(':', next)
  }
}

function isHex(code: number): boolean {
  return isDigit(code) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66)
}

function isPart(code: number): boolean {
  return code === colon || code === dot || isHex(code)
}

const lastFour = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/

/** Eight groups, fewer with one `::`; the last two may be written as four parts. `a::b` is more likely code. */
function isVersion6(text: string, start: number, end: number): boolean {
  let [groups, length, gaps, numerals] = [0, 0, 0, 0]
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === dot) return isMixed(text.slice(at - length, end), groups, gaps)
    if (code !== colon) {
      if (++length > 4) return false
      if (isDigit(code)) numerals++
      continue
    }
    if (length > 0) groups++
    else if (at > start || text.charCodeAt(at + 1) !== colon) {
      // A second colon is a gap, and there may be one; a third, or one at the very start, is nothing.
      if (text.charCodeAt(at - 1) !== colon || ++gaps > 1 || text.charCodeAt(at + 1) === colon) return false
    }
    length = 0
  }
  if (length > 0) groups++
  else if (text.charCodeAt(end - 2) !== colon) return false
  return numerals > 0 && (gaps === 1 ? groups > 0 && groups < 8 : groups === 8)
}

function isMixed(rest: string, groups: number, gaps: number): boolean {
  return lastFour.test(rest) && (gaps === 1 ? groups < 6 : groups === 6)
}
