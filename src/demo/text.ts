/**
 * Text as a number of pieces that come when they are asked for: an answer of a gigabyte costs no memory. One
 * piece is one token, about 4 bytes, and never ends within a character.
 */
export type Text = { readonly tokens: number; readonly pieces: () => Iterable<string> }

export function isText(value: object): value is Text {
  return 'pieces' in value && typeof value.pieces === 'function'
}

export const noText: Text = { tokens: 0, pieces: () => [] }

export function toText(text: string): Text {
  const pieces = piecesOf(text)
  return { tokens: pieces.length, pieces: () => pieces }
}

/** Up to five characters, with the white space before them. */
function piecesOf(text: string): readonly string[] {
  return text.match(/\s*\S{1,5}|\s+$/gu) ?? []
}

/** `count` pieces, each made when its turn comes. */
export function madeText(count: number, piece: (index: number) => string): Text {
  return {
    tokens: count,
    *pieces() {
      for (let index = 0; index < count; index++) yield piece(index)
    },
  }
}

export function firstOf(text: Text, tokens: number): Text {
  if (text.tokens <= tokens) return text
  return {
    tokens,
    *pieces() {
      let left = tokens
      for (const piece of text.pieces()) {
        if (left-- === 0) return
        yield piece
      }
    },
  }
}

/** About 4 bytes a token, as the real tokenizers have it for English. */
export function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4)
}

/** The beginning of a text, cut between characters. */
export function excerpt(text: string, characters: number): string {
  const line = text
    .slice(0, characters * 4)
    .replace(/\s+/g, ' ')
    .trim()
  const all = [...line]
  return all.length <= characters ? line : all.slice(0, characters).join('') + '…'
}
