import type { Environment } from '../config/server.ts'

/** Colours for terminals, and what keeps a terminal safe from texts that models and clients wrote. */
const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

export type Color = keyof typeof codes
export type Paint = (color: Color, text: string) => string

export function createPaint(isColored: boolean): Paint {
  if (!isColored) return (_, text) => text
  return (color, text) => `\x1b[${codes[color][0]}m${text}\x1b[${codes[color][1]}m`
}

/** https://no-color.org: set and not empty, whatever it says. */
export function wantsColor(isTerminal: boolean, environment: Environment): boolean {
  return isTerminal && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb'
}

/**
 * Control characters as visible marks, line feeds and tabs aside: an answer could move the cursor, rename the
 * window or, by direction marks, show another text than it holds.
 */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) =>
    character === '\r' ? '' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The same in one line, for a cell of a table. */
export function printableLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '))
}
