import { iterate } from '../value/access.ts'
import { textsOf } from '../value/content.ts'
import { list, textOf, type Value } from '../value/value.ts'
import { define } from './define.ts'

/** `unicode(x, categories=None)`: the general categories of the characters in its texts; each one is marked. */
const names = [
  ...[
    'Ll',
    'Lu',
    'Zs',
    'Po',
    'Nd',
    'Cc',
    'Lo',
    'Lm',
    'Lt',
    'Mn',
    'Mc',
    'Me',
    'Nl',
    'No',
    'Pc',
    'Pd',
    'Ps',
    'Pe',
  ],
  ...['Pi', 'Pf', 'Sm', 'Sc', 'Sk', 'So', 'Zl', 'Zp', 'Cf', 'Co', 'Cs', 'Cn'],
]
const tests = names.map((name) => ({ name, pattern: new RegExp(`^\\p{${name}}$`, 'u') }))
const known = new Map<string, string>()
const mostKnown = 10_000

/** So many characters are marked in one call; every one is counted. */
const mostMarks = 2_000

export const unicode = define('unicode', ['data', 'categories?'], ({ mark }, { need, get }) => {
  const wanted = wantedOf(get('categories') ?? null)
  const found = new Set<string>()
  let marks = 0
  for (const text of textsOf(need('data'))) {
    let at = 0
    for (const letter of textOf(text) ?? '') {
      const category = categoryOf(letter)
      if (wanted === null || wanted.has(category)) {
        found.add(category)
        if (marks++ < mostMarks) mark(text, at, at + letter.length)
      }
      at += letter.length
    }
  }
  return list([...found])
})

function wantedOf(categories: Value): ReadonlySet<string> | null {
  return categories === null ? null : new Set(iterate(categories).map((category) => textOf(category) ?? ''))
}

export function categoryOf(letter: string): string {
  const before = known.get(letter)
  if (before !== undefined) return before
  const category = tests.find(({ pattern }) => pattern.test(letter))?.name ?? 'Cn'
  if (known.size < mostKnown) known.set(letter, category)
  return category
}
