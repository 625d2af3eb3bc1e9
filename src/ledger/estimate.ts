/**
 * About how many tokens a text is, without a vocabulary: by words, numbers, signs and scripts, in the way the tokenizers
 * of today cut them. Within a few percent for prose, code and JSON (docs/decisions/0011 has the figures); what comes of
 * it is always marked as estimated.
 */
export function estimateTokens(text: string): number {
  let tokens = 0
  pieces.lastIndex = 0
  for (let found = pieces.exec(text); found !== null; found = pieces.exec(text)) {
    tokens += tokensOf(found)
  }
  return Math.round(tokens)
}

// Words with their case and the space before them, numbers, other scripts, signs, gaps: in this order.
const pieces =
  / ?(\p{Lu}?[a-z]+|[A-Z]+)|(\d+)| ?([\p{Script=Latin}\p{M}]+)| ?([\p{Script=Han}]+)| ?([\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+)| ?([\p{L}\p{M}]+)|(\p{Extended_Pictographic}\u{fe0f}?)| ?([^\s\p{L}\p{N}]+)|\s+|[^]/gu

/** Characters of a token, where a piece is longer than one. */
const perToken = { word: 5, latin: 3.2, han: 1.35, kana: 1.45, script: 3.3, signs: 2.6 }

function tokensOf([, word, digits, latin, han, kana, script, emoji, signs]: RegExpExecArray): number {
  if (word !== undefined) return word.length <= 9 ? 1 : Math.max(1, word.length / perToken.word - 0.6)
  if (digits !== undefined) return Math.ceil(digits.length / 3)
  if (latin !== undefined) return Math.max(1, latin.length / perToken.latin)
  if (han !== undefined) return han.length / perToken.han
  if (kana !== undefined) return kana.length / perToken.kana
  if (script !== undefined) return Math.max(1, script.length / perToken.script)
  if (emoji !== undefined) return 2
  if (signs !== undefined) return Math.max(1, signs.length / perToken.signs)
  return 1
}
