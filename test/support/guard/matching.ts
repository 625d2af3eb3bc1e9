import { expect } from 'bun:test'
import { defaultLimits } from '../../../src/guard/limits.ts'
import { findAll } from '../../../src/guard/regex/find.ts'
import { foldOf, toJavaScript } from '../../../src/guard/regex/javascript.ts'
import { isNullable } from '../../../src/guard/regex/node.ts'
import { parseRegex } from '../../../src/guard/regex/parse.ts'
import { toProgram } from '../../../src/guard/regex/program.ts'
import { compileRegex } from '../../../src/guard/regex/regex.ts'
import { startsOf } from '../../../src/guard/regex/start.ts'
import { createMeter, type Meter } from '../../../src/guard/value/meter.ts'
import { toTrouble } from '../../../src/guard/value/trouble.ts'
import { createRandom, type Random } from '../random.ts'

/** Regular expressions of rules: what they find, whether that is right, and whether they come to an end. */

export function meter(regexSteps = defaultLimits.regexSteps): Meter {
  return createMeter({ ...defaultLimits, regexSteps }, () => performance.now())
}

export function found(pattern: string, text: string): string[] | string {
  const compiled = compileRegex(pattern, 'search')
  if (compiled.kind === 'refused') return compiled.message
  return compiled.regex.find(text, meter()).map(({ from, to }) => text.slice(from, to))
}

/** What came of it, a limit included; whatever else is thrown is none of the matcher's business. */
export function attempted(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    const trouble = toTrouble(error)
    if (trouble.kind !== 'limit') throw error
    return trouble.message
  }
}

/** What they are made of, and whether that takes a matcher as long as its limits let it. */
export const hostilePatterns: readonly { name: string; isSlow: boolean; pattern: string }[] = [
  { name: 'nothing, very often', isSlow: false, pattern: '(?:(?:(?:){65535}){65535}){65535}' },
  { name: 'repetition of repetition', isSlow: false, pattern: String.raw`(?:\w{1,200}\s){1,200}` },
  { name: 'thousands of sets', isSlow: false, pattern: `${String.raw`[\wé]`.repeat(3000)}x` },
  {
    name: 'thousands of choices',
    isSlow: true,
    pattern: `(?:${Array.from({ length: 2000 }, (_, at) => `${at}a`).join('|')})+[bz]`,
  },
  { name: 'stars of stars', isSlow: false, pattern: `${'(?:'.repeat(90)}a${')*'.repeat(90)}[bz]` },
  { name: 'looks within looks', isSlow: false, pattern: `${'(?=.*'.repeat(20)}a${')'.repeat(20)}[bz]` },
  { name: 'thousands of options', isSlow: false, pattern: `${'a?'.repeat(2000)}${'a'.repeat(2000)}` },
  { name: 'a thousand groups of stars', isSlow: true, pattern: `${'(a*)*'.repeat(1000)}[bz]` },
  { name: 'a reference to what is found in many ways', isSlow: true, pattern: String.raw`(a|b|ab)*\1[cz]` },
]

export function expectEnd(pattern: string): void {
  const startedAt = performance.now()
  const text = `${'a'.repeat(1500)} ${'1a'.repeat(300)}`
  expect(typeof attempted(() => found(pattern, text))).not.toBe('undefined')
  expect(performance.now() - startedAt).toBeLessThan(2000)
}

const atoms = [
  ...['a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(?:ab|a)', String.raw`\w`, String.raw`\b`],
  ...['^', '$', '(?=b)', '(?!a)', '(?<=a)', '(?i:A)', '(?:a|)'],
]

function randomPattern(random: Random): string {
  const parts = Array.from({ length: 1 + random.below(4) }, () => {
    const atom = random.pick(atoms)
    const isPlace = /^(?:\^|\$|\\b|\(\?[=!<])/.test(atom)
    return isPlace ? atom : atom + random.pick(['', '', '*', '+', '?', '*?', '{1,2}'])
  })
  return random.below(4) === 0 ? `(?:${parts.join('')})+` : parts.join('')
}

/** Our engine finds what that of JavaScript finds. */
export function expectAgreement(rounds: number): void {
  const random = createRandom(7)
  const flags = { ignoreCase: false, multiline: false, dotAll: false, verbose: false }
  for (let count = 0; count < rounds; count++) {
    const pattern = randomPattern(random)
    const text = Array.from({ length: random.below(12) }, () => random.pick([...'aabbA_\n 😀'])).join('')
    const { node, groups } = parseRegex(pattern, flags)
    const source = toJavaScript(node)
    if (source === undefined || foldOf(node) === 'mixed' || isNullable(node)) continue
    const all = foldOf(node) === 'all' ? 'gvi' : 'gv'
    const theirs = Array.from(text.matchAll(new RegExp(source, all)), ({ index, 0: { length } }) => ({
      from: index,
      to: index + length,
    }))
    const ours = findAll(toProgram(node, groups), text, startsOf(node), meter())
    expect({ pattern, text, found: ours }).toEqual({ pattern, text, found: theirs })
  }
}
