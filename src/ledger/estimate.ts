/**
 * About how many tokens a text is, without a vocabulary: by words, numbers, signs and scripts, in the way the tokenizers
 * of today cut them. Within a few percent for prose, code and JSON (docs/decisions/0011 has the figures); what comes of
 * it is always marked as estimated.
 */
export function estimateTokens(text: string): number {
  let tokens = 0
  let at = 0
  while (at < text.length) {
    const end = endOfPlain(text, at)
    if (end === 0) {
      tokens += foundAt(text, at)
      at = pieces.lastIndex
    } else {
      tokens += tokensOfPlain(text, at, end)
      at = end
    }
  }
  return Math.round(tokens)
}

// Words with their case and the space before them, numbers, other scripts, signs, gaps: in this order.
const pieces =
  / ?(\p{Lu}?[a-z]+|[A-Z]+)|(\d+)| ?([\p{Script=Latin}\p{M}]+)| ?([\p{Script=Han}]+)| ?([\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+)| ?([\p{L}\p{M}]+)|(\p{Extended_Pictographic}\u{fe0f}?)| ?([^\s\p{L}\p{N}]+)|\s+|[^]/guy

/** Characters of a token, where a piece is longer than one. */
const perToken = { word: 5, latin: 3.2, han: 1.35, kana: 1.45, script: 3.3, signs: 2.6 }

function foundAt(text: string, at: number): number {
  pieces.lastIndex = at
  const found = pieces.exec(text)
  return found === null ? 0 : tokensOf(found)
}

function tokensOf([, word, digits, latin, han, kana, script, emoji, signs]: RegExpExecArray): number {
  if (word !== undefined) return tokensOfWord(word.length)
  if (digits !== undefined) return tokensOfDigits(digits.length)
  if (latin !== undefined) return Math.max(1, latin.length / perToken.latin)
  if (han !== undefined) return han.length / perToken.han
  if (kana !== undefined) return kana.length / perToken.kana
  if (script !== undefined) return Math.max(1, script.length / perToken.script)
  if (emoji !== undefined) return 2
  if (signs !== undefined) return tokensOfSigns(signs.length)
  return 1
}

function tokensOfWord(length: number): number {
  return length <= 9 ? 1 : Math.max(1, length / perToken.word - 0.6)
}

function tokensOfDigits(length: number): number {
  return Math.ceil(length / 3)
}

function tokensOfSigns(length: number): number {
  return Math.max(1, length / perToken.signs)
}

// The same pieces of plain ASCII, which nearly all of a request is, are found by their characters: 2 MB in 11 ms, where the
// expression takes 45.
const space = 1
const lower = 2
const upper = 3
const digit = 4
const sign = 5
const other = 0

const classes = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  if (/\s/.test(character)) return space
  if (/[a-z]/.test(character)) return lower
  if (/[A-Z]/.test(character)) return upper
  return /\d/.test(character) ? digit : sign
})

function classAt(text: string, at: number): number {
  return at < text.length ? (classes[text.charCodeAt(at)] ?? other) : space
}

/** Where the piece that begins here ends; 0 where a character may belong to it that is not plain. */
function endOfPlain(text: string, start: number): number {
  const first = classAt(text, start)
  const isGap = first === space
  const at = isGap && text[start] === ' ' ? start + 1 : start
  const kind = at === start ? first : classAt(text, at)
  if (kind === other) return 0
  // A gap has all of the white space behind it, and no number has the space before it.
  if (kind === space || (kind === digit && at > start)) return endOfRun(text, start, space)
  if (kind === upper && classAt(text, at + 1) === lower) return endOfRun(text, at + 1, lower)
  return endOfRun(text, at, kind)
}

/** 0 where it goes on, or may, with a character that is not plain: in words it cannot. */
function endOfRun(text: string, start: number, kind: number): number {
  let at = start
  while (at < text.length && classAt(text, at) === kind) at++
  const mayGoOn = kind === space || kind === sign
  return mayGoOn && classAt(text, at) === other ? 0 : at
}

function tokensOfPlain(text: string, start: number, end: number): number {
  const at = text[start] === ' ' && classAt(text, start + 1) !== space ? start + 1 : start
  if (at === end) return 1
  switch (classAt(text, at)) {
    case digit:
      return tokensOfDigits(end - at)
    case sign:
      return tokensOfSigns(end - at)
    case space:
      return 1
    default:
      return tokensOfWord(end - at)
  }
}
