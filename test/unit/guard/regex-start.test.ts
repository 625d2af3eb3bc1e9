import { expect, test } from 'bun:test'
import { defaultLimits } from '../../../src/guard/limits.ts'
import { compileRegex } from '../../../src/guard/regex/regex.ts'
import { createMeter } from '../../../src/guard/value/meter.ts'
import { createRandom, type Random } from '../../support/random.ts'

/** Loops within loops go to our own engine, which looks first for where a match could start. This one takes nothing. */
const toOurs = '(?:(?:qq)+)*'

function ours(pattern: string, text: string): string[] {
  const compiled = compileRegex(pattern + toOurs, 'search')
  if (compiled.kind === 'refused') throw new Error(`${pattern}: ${compiled.message}`)
  const meter = createMeter(defaultLimits, () => 0)
  return compiled.regex.find(text, meter).map(({ from, to }) => `${from}-${to}`)
}

function javaScripts(pattern: string, text: string): string[] {
  const [, flag = '', rest = ''] = /^(\(\?i\))?(.*)$/s.exec(pattern) ?? []
  const found = text.matchAll(new RegExp(rest, flag === '' ? 'gu' : 'giu'))
  return Array.from(found, (match) => `${match.index}-${match.index + match[0].length}`)
}

function piece(random: Random, depth: number): string {
  const simple = ['a', 'b', 'c', '[ab]', '[^a]', '.', 'ab', 'bca', '\\b', '(?=a)', '(?<!b)', '\\s', 'A']
  if (depth === 0) return random.pick(simple)
  const inner = () => piece(random, depth - 1)
  return random.pick([
    () => random.pick(simple),
    () => inner() + inner(),
    () => `(?:${inner()}|${inner()}|${inner()})`,
    () => `(?:c${inner()})${random.pick(['?', '*', '+', '{2}', '{0,2}'])}`,
    () => `(${inner()})`,
  ])()
}

test('what our engine finds is what JavaScript finds, wherever a match may start', () => {
  const random = createRandom(7)
  for (let each = 0; each < 600; each++) {
    // What may match nothing goes on in Python's own way.
    const pattern = `${random.pick(['', '(?i)'])}${piece(random, 3)}${random.pick(['a', 'b', '[bc]'])}`
    const text = Array.from({ length: random.below(14) }, () => random.pick(['a', 'b', 'c', 'A', ' '])).join(
      '',
    )
    expect([pattern, text, ...ours(pattern, text)]).toEqual([pattern, text, ...javaScripts(pattern, text)])
  }
})

test('words to begin with, also very many of them, are each found', () => {
  const words = Array.from({ length: 300 }, (_, at) => `${String.fromCharCode(97 + (at % 26))}x${at}y`)
  const text = words.join(' ')
  expect(ours(`(?:${words.join('|')})`, text)).toHaveLength(300)
  expect(ours(`(?i)(?:${words.slice(0, 40).join('|')})`, text.toUpperCase())).toHaveLength(40)
  const mixed = Array.from({ length: 300 }, (_, at) => String.fromCharCode(0x4e00 + at))
  expect(ours(`(?:${mixed.join('|')})`, mixed.join(''))).toHaveLength(300)
})

test('a part that ignores case within a whole that does not is found in both cases', () => {
  expect(ours('(?:(?i:x)|[^a])', 'aAxX')).toEqual(['1-2', '2-3', '3-4'])
  expect(ours('(?:(?i:ab)|c)', 'AB C c')).toEqual(['0-2', '5-6'])
})
