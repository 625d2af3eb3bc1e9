import { isWord } from './reading.ts'
import { certain, type Recogniser } from './recogniser.ts'

/** Addresses of people and machines: mail, the web, networks. */
const [mostLocal, mostDomain] = [64, 255]
const isDomain =
  /^(?:[a-z0-9\u0080-\uffff](?:[a-z0-9\u0080-\uffff-]{0,61}[a-z0-9\u0080-\uffff])?\.)+(?:xn--[a-z0-9-]{2,40}|[a-z\u0080-\uffff]{2,24})$/i

export const email: Recogniser = {
  kind: 'EMAIL_ADDRESS',
  context: ['email', 'mail'],
  highest: certain,
  find: ({ text }, report) => {
    for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
      let start = at
      while (start > 0 && at - start < mostLocal && isLocal(text.charCodeAt(start - 1))) start--
      while (start < at && text.charAt(start) === '.') start++
      const end = endOfDomain(text, at + 1)
      if (start < at && isDomain.test(text.slice(at + 1, end))) report(start, end, certain)
    }
  },
}

const localSigns = new Set(Array.from("!#$%&'*+-/=^_`{|}~.", (sign) => sign.charCodeAt(0)))

/** Letters of alphabets may stand before the @; where words are not parted, an address ends all the same. */
function isLocal(code: number): boolean {
  return isWord(code) || (code < 128 ? localSigns.has(code) : code >= 0xc0 && code < 0x2000)
}

function endOfDomain(text: string, from: number): number {
  let end = from
  const isPart = (code: number): boolean =>
    isWord(code) || code === 0x2d || code === 0x2e || (code >= 0xc0 && code < 0x250)
  while (end < text.length && end - from < mostDomain && isPart(text.charCodeAt(end))) end++
  while (end > from && /[.-]/.test(text.charAt(end - 1))) end--
  return end
}

/** Domains that are named without `http`: countries, and those that are no endings of files. */
const bare =
  /(?<![\w@.-])(?:www\d?\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}(?:com|org|net|edu|gov|mil|int|info|biz|io|co|ai|dev|app|uk|de|fr|es|it|nl|eu|us|ca|au|jp|cn|in|br|ru|ch|at|se|no|dk|fi|pl)(?![\w-])(?:[/?#][^\s"'<>]{0,1000})?/gi
const mostAddress = 2_000
/** Blanks, quotes and brackets; and scripts without blanks, which an address has to encode. */
const stopsUrl = /[\s"'<>`{}|\\^\u2e80-\uffff]/

export const url: Recogniser = {
  kind: 'URL',
  context: ['url', 'website', 'link'],
  highest: 0.6,
  find: ({ text }, report) => {
    const found: (readonly [number, number, number])[] = []
    for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
      const scheme = /(?:https?|ftps?|wss?)$/i.exec(text.slice(Math.max(0, at - 6), at))?.[0]
      if (scheme === undefined) continue
      const end = endOfUrl(text, at + 3)
      const host = /^(?:[^/?#@]{0,100}@)?(\[[0-9a-f:.]{2,45}\]|[^/?#:]{1,255})/i.exec(
        text.slice(at + 3, end),
      )?.[1]
      if (host !== undefined && /[a-z0-9]/i.test(host)) found.push([at - scheme.length, end, 0.6])
      at = Math.max(at, end - 3)
    }
    if (text.includes('.')) {
      for (const { index, 0: match } of text.matchAll(bare)) {
        found.push([index, endOfUrl(text, index, index + match.length), 0.5])
      }
    }
    found.sort(([left], [right]) => left - right)
    for (const [start, end, score] of found) report(start, end, score)
  },
}

/** Up to what cannot be in an address, without the sentence's own punctuation. */
function endOfUrl(text: string, from: number, most = Math.min(text.length, from + mostAddress)): number {
  let end = from
  while (end < most && !stopsUrl.test(text.charAt(end))) end++
  while (end > from && '.,;:!?)]*_'.includes(text.charAt(end - 1))) end--
  return end
}

export const mac: Recogniser = {
  kind: 'MAC_ADDRESS',
  context: ['mac', 'hardware', 'ethernet', 'physical', 'wifi', 'interface'],
  highest: 0.6,
  find: ({ text }, report) => {
    const pattern = /(?<![\w:-])[\da-f]{2}([:-])[\da-f]{2}(?:\1[\da-f]{2}){4}(?![\w:-])/gi
    for (const { index, 0: match } of text.matchAll(pattern)) report(index, index + match.length, 0.6)
  },
}
