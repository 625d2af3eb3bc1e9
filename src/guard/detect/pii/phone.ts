import { digitsFrom, digitsIn, endOf, jointAfter, startOf, type Reading } from './reading.ts'
import type { Recogniser } from './recogniser.ts'

/**
 * Telephone numbers by the plans they follow: `+` and a country, North America's ten digits, or a leading 0 where a
 * country writes one. Presidio gives all of them 0.4, which needs a word of context; a `+` with a country is one.
 */
const [national, international] = [0.4, 0.6]
const [mostDigits, mostGroups] = [15, 6]

export const phone: Recogniser = {
  kind: 'PHONE_NUMBER',
  context: ['phone', 'number', 'telephone', 'cell', 'mobile', 'call', 'tel', 'fax', 'whatsapp'],
  highest: international,
  find: (reading, report) => {
    const { text, count } = reading
    for (let token = 0; token < count; token++) {
      if (!mayBegin(reading, token)) continue
      const own = startOf(reading, token)
      const before = text.charAt(own - 1)
      if (before === '.' || before === '-') continue
      const hasPlus = before === '+' || (before === '(' && text.charAt(own - 2) === '+')
      const last = hasPlus ? lastOfCountry(reading, token) : lastOfNation(reading, token)
      if (last === -1) continue
      const start = own - (hasPlus ? (before === '+' ? 1 : 2) : before === '(' ? 1 : 0)
      report(start, endOf(reading, last), hasPlus ? international : national)
      token = last
    }
  },
}

const [zero, one, plus] = [0x30, 0x31, 0x2b]

/** Most numbers are seen to begin none by their length. */
function mayBegin(reading: Reading, token: number): boolean {
  const length = digitsIn(reading, token)
  if (length === 0) return false
  if (length === 3 || length >= 10) return true
  const own = startOf(reading, token)
  const lead = reading.text.charCodeAt(own)
  if (lead === zero) return true
  if (lead === one && length === 1 && [3, 10].includes(digitsIn(reading, token + 1))) return true
  return reading.text.charCodeAt(own - 1) === plus || reading.text.charCodeAt(own - 2) === plus
}

/** Between groups: one sign, or the brackets of an area and what stands around them. */
function isJoined(reading: Reading, token: number): boolean {
  const joint = jointAfter(reading, token)
  if (joint !== '') return ' -./)('.includes(joint)
  const [end, next] = [endOf(reading, token), startOf(reading, token + 1)]
  if (token + 1 >= reading.count || next - end > 3) return false
  return /^(?:\) ?|\)-| \(|\) \(| [-/] )$/.test(reading.text.slice(end, next))
}

/** Groups from here on that can be one number. */
function lastOfRun(reading: Reading, first: number): number {
  let [last, digits] = [first, digitsIn(reading, first)]
  while (last - first < mostGroups && isJoined(reading, last)) {
    const more = digitsIn(reading, last + 1)
    if (more === 0 || digits + more > mostDigits) break
    digits += more
    last++
  }
  return last
}

/** Countries of one and two digits; all others have three. */
const short = /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/
const long = /^(?:2[1-9]|35|37|38|42|50|59|67|68|69|80|85|87|88|96|97|99)\d/

function lastOfCountry(reading: Reading, first: number): number {
  const last = lastOfRun(reading, first)
  const digits = digitsFrom(reading, first, last)
  if (digits.length < 8 || digits.length > mostDigits) return -1
  if (digits.startsWith('1')) return isNorthAmerican(digits.slice(1)) ? last : -1
  return short.test(digits) || long.test(digits) ? last : -1
}

function lastOfNation(reading: Reading, first: number): number {
  const length = digitsIn(reading, first)
  const lead = reading.text.charAt(startOf(reading, first))
  if (lead === '0') return length > mostDigits ? -1 : lastOfTrunk(reading, first)
  if (lead === '1' && (length === 1 || length === 11)) {
    if (length === 11) return isNorthAmerican(digitsFrom(reading, first, first).slice(1)) ? first : -1
    return isJoined(reading, first) ? lastOfTen(reading, first + 1) : -1
  }
  return lastOfTen(reading, first)
}

/** Ten digits as North America groups them: 3, 3 and 4, or 3 and 7, or all in one. */
function lastOfTen(reading: Reading, first: number): number {
  const [one, two] = [digitsIn(reading, first), digitsIn(reading, first + 1)]
  const groups = one === 10 ? 1 : one !== 3 ? 0 : two === 7 ? 2 : two === 3 ? 3 : 0
  if (groups === 0 || (groups === 3 && digitsIn(reading, first + 2) !== 4)) return -1
  const last = first + groups - 1
  for (let token = first; token < last; token++) if (!isJoined(reading, token)) return -1
  return isNorthAmerican(digitsFrom(reading, first, last)) ? last : -1
}

function isNorthAmerican(digits: string): boolean {
  return /^[2-9]\d\d[2-9]\d{6}$/.test(digits) && !/^.11|^...11/.test(digits)
}

function lastOfTrunk(reading: Reading, first: number): number {
  const last = lastOfRun(reading, first)
  const digits = digitsFrom(reading, first, last)
  return digits.length >= 9 && digits.length <= 12 && /^0[1-9]/.test(digits) ? last : -1
}
