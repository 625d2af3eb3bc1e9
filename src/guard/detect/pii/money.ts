import { isBase58Address, isBech32Address, isIban, isLuhn } from './checksums.ts'
import { digitsFrom, digitsIn, endOf, isDigit, isWord, jointAfter, startOf, type Reading } from './reading.ts'
import { certain, type Recogniser } from './recogniser.ts'

/** Cards, accounts and wallets. */
const [shortestCard, longestCard] = [12, 19]

export const creditCard: Recogniser = {
  kind: 'CREDIT_CARD',
  context: ['credit', 'card', 'visa', 'mastercard', 'cc ', 'amex', 'discover', 'jcb', 'diners', 'maestro'],
  highest: certain,
  find: (reading, report) => {
    for (let token = 0; token < reading.count; token++) {
      const length = digitsIn(reading, token)
      if (length !== 4 && (length < shortestCard || length > longestCard)) continue
      const last = length === 4 ? lastOfGroups(reading, token) : token
      if (last === -1 || (length > 4 && !isCard(digitsFrom(reading, token, token)))) continue
      report(startOf(reading, token), endOf(reading, last), certain)
      token = last
    }
  },
}

/** Groups as they are printed, with the same joint: fours and a rest, or four, six and a rest. */
function lastOfGroups(reading: Reading, first: number): number {
  const joint = jointAfter(reading, first)
  if (joint !== ' ' && joint !== '-') return -1
  const second = digitsIn(reading, first + 1)
  if (second !== 4 && second !== 6) return -1
  let [digits, last] = [4 + second, -1]
  for (let token = first + 2; jointAfter(reading, token - 1) === joint; token++) {
    const length = digitsIn(reading, token)
    digits += length
    if (length === 0 || length > 5 || digits > longestCard) return last
    if (digits >= shortestCard && isCard(digitsFrom(reading, first, token))) last = token
    if (length !== 4) return last
  }
  return last
}

/** Thirteen digits from 1 on are milliseconds of our time; of the cards from 2 on only some were ever given out. */
function isCard(digits: string): boolean {
  const first = digits.charAt(0)
  if (digits.length < shortestCard || !'123456'.includes(first)) return false
  if (first === '1' && digits.length === 13) return false
  if (first === '2' && !(digits >= '2221' && digits < '2721')) return false
  return isLuhn(digits)
}

/** Characters of an IBAN by country, from the registry of SWIFT. */
const lengths = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 ' +
    'EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 ' +
    'KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 ' +
    'PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 ' +
    'VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

export const iban: Recogniser = {
  kind: 'IBAN_CODE',
  context: ['iban', 'bank', 'transaction'],
  highest: certain,
  find: (reading, report) => {
    const { text, digits } = reading
    for (let token = 0; token < reading.count; token++) {
      if (digits[token] === 1) continue
      const start = startOf(reading, token)
      if (endOf(reading, token) - start < 4) continue
      const wanted = lengths.get(text.slice(start, start + 2).toUpperCase())
      if (wanted === undefined) continue
      const end = endOfIban(text, start, wanted)
      if (end !== -1) report(start, end, certain)
    }
  },
}

const codes = new Uint8Array(34)

/** Behind so many letters and digits, single spaces or hyphens among them; -1 if they are no IBAN. */
function endOfIban(text: string, start: number, wanted: number): number {
  let [at, found, isJoint] = [start, 0, true]
  for (; found < wanted; at++) {
    const code = text.charCodeAt(at)
    const isPart = isWord(code)
    if (!isPart && (isJoint || (code !== space && code !== hyphen))) return -1
    if (isPart) codes[found++] = code
    isJoint = !isPart
  }
  const hasSum = isDigit(codes[2] ?? 0) && isDigit(codes[3] ?? 0)
  return hasSum && !isWord(text.charCodeAt(at)) && isIban(codes.subarray(0, wanted)) ? at : -1
}

const [space, hyphen] = [0x20, 0x2d]

export const crypto: Recogniser = {
  kind: 'CRYPTO',
  context: ['wallet', 'btc', 'bitcoin', 'crypto'],
  highest: certain,
  find: (reading, report) => {
    const { text } = reading
    for (const token of reading.long) {
      const [start, end] = [startOf(reading, token), endOf(reading, token)]
      const length = end - start
      if (length < 26 || length > 62) continue
      const first = text.charAt(start)
      const isOld = (first === '1' || first === '3') && length <= 35
      const isAddress = isOld
        ? isBase58Address(text.slice(start, end))
        : /^bc1/i.test(text.slice(start, start + 3)) && isBech32Address(text.slice(start, end))
      if (isAddress) report(start, end, certain)
    }
  },
}

export const bankNumber: Recogniser = {
  kind: 'US_BANK_NUMBER',
  context: ['bank', 'check', 'account', 'acct', 'save', 'debit'],
  highest: 0.05,
  find: (reading, report) => {
    for (let token = 0; token < reading.count; token++) {
      const length = digitsIn(reading, token)
      if (length >= 8 && length <= 17) report(startOf(reading, token), endOf(reading, token), 0.05)
    }
  },
}
