import type { SseEvent } from './sse.ts'
import { createRun, type Grows, type Run } from './sse-run.ts'

/** Looks for runs of events in the parts of a stream, and gives a parser what belongs to none. */
export type RunReader = {
  readonly read: (text: string) => void
  /** What the parser makes of what it was given. */
  readonly hear: (event: SseEvent) => void
}

export type RunReaderOptions = {
  readonly parse: (text: string) => void
  readonly tell: (event: SseEvent) => void
  /** Events were told that the parser was never given. */
  readonly onRun: () => void
  readonly grows: Grows
  readonly mostCharacters: number
}

/** What is longer is no token: reading it twice would cost more than is won. */
const mostLearned = 4096

/** After so many events in a row that belong to no run, the rest of the part is not looked at one by one. */
const mostMisses = 8

export function createRunReader({ parse, tell, onRun, grows, mostCharacters }: RunReaderOptions): RunReader {
  let run: Run | null = null
  // Whether the parser has told everything it was given.
  let isBetween = true
  let heard: SseEvent | null = null
  let count = 0

  function hear(event: SseEvent): void {
    heard = event
    count++
    tell(event)
  }
  /** One event through the parser, to learn from it what may follow if something does. */
  function step(text: string, isLast: boolean): void {
    count = 0
    parse(text)
    if (isLast || text.length > mostLearned) return
    const growth = count === 1 && heard !== null ? grows(heard) : null
    if (growth !== null && heard !== null)
      run = createRun({ text, event: heard, growth, mostCharacters }) ?? run
  }
  function takeRun(text: string, from: number): number {
    const end = run?.take(text, from) ?? from
    if (end === from || run === null) return from
    tell(run.joined())
    onRun()
    return end
  }
  function read(text: string): void {
    let at = 0
    if (!isBetween) {
      at = Math.max(0, eventEnd(text, 0))
      if (at > 0) parse(text.slice(0, at))
    }
    if (isBetween || at > 0) {
      for (let misses = 0; misses < mostMisses && at < text.length;) {
        const behind = takeRun(text, at)
        misses = behind === at ? misses + 1 : 0
        const end = behind === at ? eventEnd(text, at) : behind
        if (end === -1) break
        if (behind === at) step(text.slice(at, end), end === text.length)
        at = end
      }
    }
    const rest = text.slice(at)
    if (rest !== '') parse(rest)
    isBetween = rest === '' ? at > 0 : endsBlank(rest)
  }
  return { read, hear }
}

/** Behind the next blank line from there on, or -1. A line's end is searched by one character, which is ten times as fast. */
function eventEnd(text: string, from: number): number {
  for (let at = text.indexOf('\n', from); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (text.startsWith('\n', at + 1)) return at + 2
    if (text.startsWith('\r\n', at + 1)) return at + 3
  }
  return -1
}

function endsBlank(text: string): boolean {
  return text.endsWith('\n\n') || text.endsWith('\n\r\n')
}
