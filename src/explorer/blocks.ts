/**
 * A long text in blocks that a browser can skip while they are out of sight. Cut behind line breaks where there
 * are any, never within a character.
 */
export type Blocks = { readonly blocks: readonly string[]; readonly end: number }

export const blockLength = 8192

/** Blocks of the text's first characters: up to `length`, a little less where a good cut asks for it. */
export function toBlocks(text: string, length: number): Blocks {
  const blocks: string[] = []
  let at = 0
  const limit = Math.min(text.length, length)
  while (at < limit) {
    const end = cutNear(text, at, Math.min(at + blockLength, limit))
    blocks.push(text.slice(at, end))
    at = end
  }
  return { blocks, end: at }
}

function cutNear(text: string, from: number, to: number): number {
  if (to >= text.length) return text.length
  const line = text.lastIndexOf('\n', to - 1) + 1
  if (line > from + (to - from) / 2) return line
  return isWithinPair(text, to) ? to + 1 : to
}

function isWithinPair(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1)
  const after = text.charCodeAt(at)
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000
}
