import { encodedIn } from './encoded.ts'
import { invisibleIn } from './invisible.ts'
import { carryingImages } from './links.ts'
import { signsIn } from './phrases.ts'
import { toPlain } from './plain.ts'
import type { Sign } from './sign.ts'
import { harmPhrases, injectionPhrases, templateMarks } from './words.ts'

/** What patterns can see of injections and threats. Each sign is reason to look, none is a verdict (docs/detectors.md). */
const phrases = [...injectionPhrases, ...templateMarks]

export function injectionSigns(text: string): Sign[] {
  const hidden = invisibleIn(text).filter(({ kind }) => kind === 'tags' || kind === 'variation-selectors')
  const found = [
    ...signsIn(toPlain(text), phrases),
    ...hidden.map((sign) => ({ ...sign, kind: 'hidden' })),
    ...carryingImages(text),
    ...encodedSigns(text),
  ]
  return found.sort((left, right) => left.start - right.start)
}

/** All that is decoded is read as one text, and a phrase that goes from one piece into the next is none. */
function encodedSigns(text: string): Sign[] {
  const pieces = encodedIn(text)
  if (pieces.length === 0) return []
  const signs = signsIn(toPlain(pieces.map((piece) => piece.text).join('\n')), phrases)
  const told = new Set<number>()
  let [piece, end] = [0, pieces[0]?.text.length ?? 0]
  for (const sign of signs.sort((left, right) => left.start - right.start)) {
    while (end < sign.start) end += 1 + (pieces[++piece]?.text.length ?? Infinity)
    if (sign.end <= end) told.add(piece)
  }
  return pieces.flatMap(({ start, end: to }, at) =>
    told.has(at) ? [{ kind: 'encoded', start, end: to }] : [],
  )
}

export function harmSigns(text: string): Sign[] {
  return signsIn(toPlain(text), harmPhrases).sort((left, right) => left.start - right.start)
}
