import { isWord } from '../pii/reading.ts'

/** Long runs of base64 that hold text: what they hold is looked into as if it stood there. Once, not what that holds. */
export type Encoded = { readonly start: number; readonly end: number; readonly text: string }

const [shortest, longest] = [24, 8_000]
const [plus, slash, hyphen, underscore] = [0x2b, 0x2f, 0x2d, 0x5f]
const isText = /^[\t\n\r\x20-\x7e\u00a0-\uffff]*$/

export function encodedIn(text: string): Encoded[] {
  const found: Encoded[] = []
  for (let at = 0; at < text.length; at++) {
    const start = at
    while (at < text.length && isSign(text.charCodeAt(at))) at++
    if (at - start < shortest) continue
    const end = text.startsWith('==', at) ? at + 2 : text.startsWith('=', at) ? at + 1 : at
    const decoded = decode(text.slice(start, Math.min(at, start + longest)))
    if (decoded !== null) found.push({ start, end, text: decoded })
  }
  return found
}

function isSign(code: number): boolean {
  return isWord(code) || code === plus || code === slash || code === hyphen || code === underscore
}

/** As text; null if it is none, which of words and names in plain letters is soon seen by the bytes they give. */
function decode(run: string): string | null {
  const bytes = Buffer.from(run, 'base64')
  const decoded = bytes.toString('utf8')
  return !decoded.includes('\ufffd') && decoded.includes(' ') && isText.test(decoded) ? decoded : null
}
