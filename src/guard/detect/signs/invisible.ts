import type { Sign } from './sign.ts'

/**
 * Text that people do not see and models read. Each kind has honest uses, which are let through: flags and joined
 * emojis, the joiners of Persian and Indic scripts, one mark at the start of a file.
 */
const patterns: readonly (readonly [kind: string, pattern: RegExp])[] = [
  // The alphabet of tags, as of a flag or as a text of its own.
  ['tags', /\udb40[\udc00-\udc7f](?:\udb40[\udc00-\udc7f])*/g],
  ['variation-selectors', /\udb40[\udd00-\uddef](?:\udb40[\udd00-\uddef])*/g],
  ['zero-width', /[\u200b-\u200d\u2060-\u2064\ufeff\u180e\u00ad]+/g],
  ['bidi', /[\u202a-\u202e\u2066-\u2069]/g],
]

const [mostFlag, leastSelectors, leastWidth] = [14, 4, 4]
const isPlainLetter = /[A-Za-z0-9]/

export function invisibleIn(text: string): Sign[] {
  return patterns.flatMap(([kind, pattern]) =>
    Array.from(text.matchAll(pattern), ({ index, 0: match }) => ({
      kind,
      start: index,
      end: index + match.length,
    })).filter((sign) => isOdd(text, sign)),
  )
}

function isOdd(text: string, { kind, start, end }: Sign): boolean {
  switch (kind) {
    case 'tags': {
      const isFlag = text.slice(start - 2, start) === '\u{1f3f4}' && text.slice(end - 2, end) === '\u{e007f}'
      return !isFlag || end - start > mostFlag
    }
    case 'variation-selectors':
      return end - start >= leastSelectors
    case 'zero-width': {
      if (start === 0 && text.slice(0, end) === '\ufeff') return false
      const isWithinWord = isPlainLetter.test(text.charAt(start - 1)) && isPlainLetter.test(text.charAt(end))
      return end - start >= leastWidth || (isWithinWord && text.slice(start, end) !== '\u00ad')
    }
    default:
      return true
  }
}
