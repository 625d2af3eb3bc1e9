import type { Random } from '../support/random.ts'

/** Regular expressions that nobody would write. */
const atoms = [
  ...[
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '^',
    '$',
    'é',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '\\d',
    '\\b',
    '\\B',
    '\\A',
    '\\Z',
  ],
  ...[
    '(a|b)',
    '(?:ab|a)',
    '(?=b)',
    '(?!a)',
    '(?<=a)',
    '(?<!b)',
    '(?i:A)',
    '(?:a|)',
    '(a*)',
    '(?>a+)',
    '\\1',
    '\\2',
  ],
  ...[
    '(?P<n>a)',
    '(?P=n)',
    '(?(1)a|b)',
    '[\\W\\d]',
    '[^\\w\\s]',
    '(?#c)',
    '\\x41',
    '(?s)',
    '(?x) a # b\n',
    '(?:)',
  ],
]
const repeats = [
  '',
  '',
  '',
  '*',
  '+',
  '?',
  '*?',
  '+?',
  '??',
  '++',
  '*+',
  '{2}',
  '{0,3}',
  '{,2}',
  '{3,}',
  '{500}',
  '{9999}',
]

export function randomPattern(random: Random, depth = 0): string {
  const parts = Array.from({ length: 1 + random.below(4) }, () => {
    const isNested = depth < 4 && random.below(4) === 0
    const open = random.pick(['(', '(?:', '(?=', '(?!', '(?>', '(?<='])
    const atom = isNested ? `${open}${randomPattern(random, depth + 1)})` : random.pick(atoms)
    return atom + random.pick(repeats)
  })
  const whole = parts.join(random.below(5) === 0 ? '|' : '')
  if (depth > 0 || random.below(8) > 0) return whole
  const at = random.below(whole.length + 1)
  return (
    whole.slice(0, at) +
    random.pick(['(', ')', '[', ']', '{', '\\', '*', '|', '?', '-', '\ud800']) +
    whole.slice(at)
  )
}
