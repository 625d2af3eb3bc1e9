import type { Heard, Piece } from './hear/heard.ts'

/**
 * How far what was said so far stands on its own, so that it may leave before what follows: nothing at all, up to a
 * word, up to a sentence, up to an end. Where several speak beside each other the least of them counts.
 */
export type Level = 0 | 1 | 2 | 3

export const levels = { none: 0, word: 1, sentence: 2, end: 3 } as const

export type Tails = {
  /** How far what was told before this event stands on its own, now that it is known. */
  readonly hear: (heard: Heard) => Level
  /** How far all of it stands. */
  readonly least: () => Level
  /** Whether this speaker is at a call; without one, whether anybody is. */
  readonly isAtCall: (speaker?: string) => boolean
}

/** The end of what one speaker has said. `next`: how far it stands if white space follows. */
type Tail = { channel: string; level: Level; next: Level; wordLength: number; isAtCall: boolean }

/** A word longer than this is none: base64, or a language that knows no space. */
const longestWord = 64

export function createTails(): Tails {
  const tails = new Map<string, Tail>()
  let recent: { readonly speaker: string; readonly tail: Tail } | null = null
  // How many speakers stand at each level: the least is found without looking at all of them.
  const counts: [number, number, number, number] = [0, 0, 0, 0]

  function least(): Level {
    if (counts[0] > 0) return 0
    if (counts[1] > 0) return 1
    return counts[2] > 0 ? 2 : 3
  }
  function put(tail: Tail, level: Level): void {
    counts[tail.level]--
    counts[level]++
    tail.level = level
  }
  function end(speaker: string): void {
    const tail = tails.get(speaker)
    if (tail === undefined) return
    counts[tail.level]--
    tails.delete(speaker)
    recent = null
  }
  function tailOf(speaker: string): Tail {
    if (recent !== null && recent.speaker === speaker) return recent.tail
    const tail = find(speaker)
    recent = { speaker, tail }
    return tail
  }
  function find(speaker: string): Tail {
    let tail = tails.get(speaker)
    if (tail === undefined) {
      tail = { channel: '', level: 3, next: 3, wordLength: 0, isAtCall: false }
      tails.set(speaker, tail)
      counts[3]++
    }
    return tail
  }
  /** What was said before stands further once it is known what follows it. */
  function lift({ speaker, channel, text, is }: Piece): void {
    const tail = tailOf(speaker)
    if (tail.isAtCall || is === 'again' || is === 'seal') return
    if (channel !== tail.channel) put(tail, 3)
    else if (isSpace(text.charCodeAt(0)) && tail.next > tail.level) put(tail, tail.next)
  }
  function goOn({ speaker, channel, text, is }: Piece): void {
    if (is === 'again' || text === '') return
    const tail = tailOf(speaker)
    if (tail.channel !== channel) tail.wordLength = 0
    tail.channel = channel
    if (!tail.isAtCall) put(tail, readEnd(tail, text))
  }
  return {
    hear: ({ pieces, opens, ends }) => {
      for (const piece of pieces) lift(piece)
      for (const speaker of opens) {
        const tail = tailOf(speaker)
        if (!tail.isAtCall) put(tail, 3)
      }
      const before = ends === 'all' ? 3 : least()
      for (const speaker of opens) {
        const tail = tailOf(speaker)
        tail.isAtCall = true
        put(tail, 0)
      }
      for (const piece of pieces) goOn(piece)
      if (ends === 'all') for (const speaker of [...tails.keys()]) end(speaker)
      else for (const speaker of ends) end(speaker)
      return before
    },
    least,
    isAtCall: (speaker) =>
      speaker === undefined
        ? tails.values().some(({ isAtCall }) => isAtCall)
        : tails.get(speaker)?.isAtCall === true,
  }
}

/** How far a text stands at its end; `next` is set for the case that white space comes. */
function readEnd(tail: Tail, text: string): Level {
  const end = text.length - 1
  const last = text.charCodeAt(end)
  if (last === 0x0a || (last >= 0x3000 && wideEnds.includes(text.charAt(end)))) return stands(tail, 2)
  if (isSpace(last)) {
    const said = text.trimEnd()
    if (said !== '') return stands(tail, isSentence(said) ? 2 : 1)
    return stands(tail, tail.next === 0 ? 1 : tail.next)
  }
  let at = end
  while (at >= 0 && end - at <= longestWord && !isSpace(text.charCodeAt(at))) at--
  const wordLength = at < 0 ? tail.wordLength + text.length : end - at
  tail.wordLength = wordLength
  tail.next = isLetter(last) || !isSentence(text) ? 1 : 2
  return isWide(last) || wordLength > longestWord ? 1 : 0
}

function stands(tail: Tail, level: Level): Level {
  tail.wordLength = 0
  tail.next = level
  return level
}

const wideEnds = '。！？'
const closers = '"\'”’)]*_`'
const enders = '.!?…'

function isSentence(text: string): boolean {
  let at = text.length - 1
  while (at >= 0 && closers.includes(text.charAt(at))) at--
  return at >= 0 && enders.includes(text.charAt(at))
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a)
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d
}

/** Scripts that write no spaces between words: kana, Chinese, Thai and their neighbours. */
function isWide(code: number): boolean {
  return (
    (code >= 0x2e80 && code < 0xa000) ||
    (code >= 0x0e00 && code < 0x0f00) ||
    (code >= 0xf900 && code < 0xfb00)
  )
}
