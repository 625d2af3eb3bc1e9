import { expect, test } from 'bun:test'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { bytesOf, createChance, inPieces } from '../../support/cuts.ts'
import { answerIn, judged, orderOf, type Said } from '../../support/judged.ts'
import { isQuick } from '../../support/quick.ts'

/** Answers of all sorts, cut anywhere: a held answer is stopped if, and only if, the whole of it would be. */
const command = ({ pieces }: Said): string => JSON.parse(pieces.join('')).command
const calls = (said: readonly Said[]): readonly string[] =>
  said.filter(({ kind }) => kind === 'call').map(command)
const isBad = ({ kind, pieces }: Said): boolean => kind !== 'call' && pieces.join('').includes('bad')

const rules = [
  {
    order: orderOf('raise "another" if:\n    (c: ToolCall)\n    not c.function.arguments.command == "ls -l"'),
    isWrong: (said: readonly Said[]) => calls(said).some((each) => each !== 'ls -l'),
  },
  {
    order: orderOf('raise "bad" if:\n    (c: ToolCall)\n    "bad" in c.function.arguments.command'),
    isWrong: (said: readonly Said[]) => calls(said).some((each) => each.includes('bad')),
  },
  {
    order: orderOf(`raise "twice" if:
    (a: ToolCall)
    (b: ToolCall)
    a -> b
    a.function.arguments.command == b.function.arguments.command`),
    isWrong: (said: readonly Said[]) => new Set(calls(said)).size < calls(said).length,
  },
  {
    order: orderOf('raise "bad" if:\n    (m: Message)\n    "bad" in m.content'),
    isWrong: (said: readonly Said[]) => said.some(isBad),
  },
]

const texts = ['Fine. All is well. ', 'Let me see.\nYes. ', 'It is bad. ', 'Well']
const commands = ['ls -l', 'ls -l', 'a bad one', 'x']

function saidBy(next: (limit: number) => number): readonly Said[] {
  const cut = (text: string): string[] => {
    const pieces: string[] = []
    for (let at = 0; at < text.length;) pieces.push(text.slice(at, (at += 1 + next(12))))
    return pieces
  }
  return Array.from({ length: 1 + next(4) }, (_, at): Said => {
    const kind = next(3)
    if (kind === 0) return { kind: 'text', pieces: cut(texts[next(4)] ?? '') }
    if (kind === 1 && at === 0) return { kind: 'thinking', pieces: cut(texts[next(4)] ?? '') }
    const given = JSON.stringify({ command: commands[next(4)], why: 'because' })
    return { kind: 'call', name: 'run', pieces: cut(given) }
  })
}

test('the verdict on an answer is that on the whole of it, and what it forbids has not left', async () => {
  for (let seed = 1; seed <= (isQuick ? 60 : 600); seed++) {
    const next = createChance(seed)
    const said = saidBy(next)
    for (const dialect of dialectNames) {
      const bytes = bytesOf(answerIn(dialect, said))
      for (const [at, { order, isWrong }] of rules.entries()) {
        const left = await judged(dialect, inPieces(bytes, seed), [order], { ticks: next(2) === 1 })
        const told = `seed ${seed}, ${dialect}, rule ${at}`
        expect([told, left.stop !== null]).toEqual([told, isWrong(said)])
        expect([told, left.findings.filter(({ kind }) => kind === 'error')]).toEqual([told, []])
        if (left.stop === null) expect([told, left.bytes.length]).toEqual([told, bytes.length])
        else if (at === 1 && !said.some(isBad))
          expect([told, left.text.includes('bad')]).toEqual([told, false])
      }
    }
  }
})
