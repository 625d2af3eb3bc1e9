import { expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { pathsOf } from '../../../../src/guard/regex/cost.ts'
import { parseRegex } from '../../../../src/guard/regex/parse.ts'
import { localDetectors } from '../../../../src/guard/detect/local.ts'
import { invisibleIn } from '../../../../src/guard/detect/signs/invisible.ts'
import { harmSigns, injectionSigns } from '../../../../src/guard/detect/signs/signs.ts'
import { refusedRegex } from '../../../../src/guard/regex/refuse.ts'

/** Texts come from whoever wants to hold the worker: no expression of the detectors may try many ways at one place. */
const folder = resolve(import.meta.dir, '../../../../src/guard/detect')
const literal =
  /(?<=[=(,:&|?!\s[])\/(?![*/])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+)\/([dgimsuy]*)(?=[.,;)\s\]])/g

const patterns = (
  await Promise.all(
    [...new Bun.Glob('**/*.ts').scanSync(folder)].sort().map(async (path) => {
      const code = (await Bun.file(join(folder, path)).text()).replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '')
      return Array.from(code.matchAll(literal), ([, source = '']) => ({ path, source }))
    }),
  )
).flat()

/** In Python's way of writing, as the guard's own reader of expressions takes it. */
function asPython(source: string): string {
  return source
    .replaceAll('[^]', '(?:.|\\n)')
    .replaceAll('\\/', '/')
    .replace(/\[\[/g, '[\\[')
    .replace(/\\u([0-9a-f]{4})/gi, '\\u$1')
}

function paths(source: string): number | string {
  try {
    const flags = { ignoreCase: false, multiline: false, dotAll: false, verbose: false }
    return pathsOf(parseRegex(asPython(source), flags).node, 1_000_000, true)
  } catch (error) {
    return refusedRegex(error) ?? String(error)
  }
}

/** Anchored, on texts of a few hundred characters at most; or a backreference. */
const known = [
  '^(?:(\\d)\\1{8}|...00|.{5}0000|000|666|123456789|98765432|078051120)',
  '^(?:[a-z0-9\\u0080-\\uffff](?:[a-z0-9\\u0080-\\uffff-]{0,61}[a-z0-9\\u0080-\\uffff])?\\.)+(?:xn--[a-z0-9-]{2,40}|[a-z\\u0080-\\uffff]{2,24})$',
  '^([a-z]{0,2})("""|\'\'\'|"|\')([^]*)\\2$',
  '(?<![\\w:-])[\\da-f]{2}([:-])[\\da-f]{2}(?:\\1[\\da-f]{2}){4}(?![\\w:-])',
]

test('there are expressions to look at', () => {
  expect(patterns.length).toBeGreaterThan(60)
})

test('no expression repeats what repeats, without bound: none can take exponential time', () => {
  const wrong = patterns.filter(({ source }) => paths(source) === Infinity)
  expect(wrong.map(({ source }) => source).toSorted()).toEqual(known.toSorted())
})

const hostile = [
  ...[
    '1 ',
    '1-',
    '123-12-1234-',
    '4111-',
    '4111 1111 ',
    '1.',
    '1.1.1.1 ',
    '::1 ',
    '00:',
    '+1',
    '(212) 555-0123 ',
  ],
  ...[
    'GB82 ',
    'A1 ',
    'a@',
    'a@b.',
    'a.',
    '@',
    'http://',
    'www.',
    '1/1/',
    '12 march ',
    '2024-01-01T',
    'ssn 219-09-9999 ',
  ],
  ...[
    'sk-',
    'eyJ',
    'eyJhbGciOiJI.',
    'xoxb-1-',
    '://a:b',
    'AKIA',
    'awskey',
    'secret=',
    'token: abcdefgh12345678 ',
  ],
  ...[
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    'SG.',
    'ignore ',
    'ignore all ',
    '![',
    '![a](http://',
    '<img ',
  ],
  ...[
    '<img src=',
    'aGVsbG8gdGhlcmUgbXkgZGVhciBm ',
    '\u200ba',
    '\u{e0100}a',
    '忽略之前',
    '"',
    "f'{",
    '\n',
    ' ',
    'a',
  ],
]

// What takes twice as long for each character more would not end in a year, and what is quadratic not in the test's time.
test.each(hostile)('a long text of %j is gone through once', (part) => {
  const text = part.repeat(10_000 / part.length)
  for (const { detect, name } of localDetectors.filter(({ name: each }) => each !== 'python_code'))
    expect([name, detect(text, {}).findings.length < 20_000]).toEqual([name, true])
  expect(injectionSigns(text).length + harmSigns(text).length + invisibleIn(text).length).toBeLessThan(
    150_000,
  )
})
