import { expect, test } from 'bun:test'
import { defaultLimits } from '../../../src/guard/limits.ts'
import { literalOf } from '../../../src/guard/regex/literal.ts'
import { parseRegex } from '../../../src/guard/regex/parse.ts'
import { compileRegex, type Use } from '../../../src/guard/regex/regex.ts'
import { createMeter } from '../../../src/guard/value/meter.ts'
import {
  attempted,
  expectAgreement,
  expectEnd,
  found,
  hostilePatterns,
  meter,
} from '../../support/guard/matching.ts'

function matches(pattern: string, text: string, use: Use = 'search'): boolean | string {
  const compiled = compileRegex(pattern, use)
  return compiled.kind === 'refused' ? compiled.message : compiled.regex.matches(text, meter())
}

test.each([
  [String.raw`\d+`, 'a12 ٣', ['12', '٣']],
  [String.raw`\w+`, 'aé_9-x', ['aé_9', 'x']],
  [String.raw`\W`, 'a-b', ['-']],
  [String.raw`\s\S`, 'a\u3000b\ufeffc', ['\u3000b']],
  [String.raw`[\W\d]+`, 'a-1b', ['-1']],
  [String.raw`[^\W\d_]+`, 'é9_a', ['é', 'a']],
  [String.raw`\bfoo\b`, 'foo foo1 éfoo 😀foo', ['foo', 'foo']],
  [String.raw`\Boo`, 'foo oo', ['oo']],
  [String.raw`(?P<q>["']).*?(?P=q)`, `a "b'c" 'd'`, [`"b'c"`, `'d'`]],
  [String.raw`(a)(b)?\1`, 'aba aa', ['aba', 'aa']],
  [String.raw`(?i)straSSe`, 'STRASSE', ['STRASSE']],
  [String.raw`(?i:a)b`, 'Ab AB', ['Ab']],
  ['[^a]*?(?i:É)', 'AbÉ', ['AbÉ']],
  [String.raw`(?i)a(?-i:b)`, 'AB Ab', ['Ab']],
  [String.raw`(?m)^b$`, 'a\nb\nc', ['b']],
  [String.raw`b$`, 'b\nb\n', ['b']],
  [String.raw`b\Z`, 'b\nb\n', []],
  [String.raw`\Aa`, 'aa', ['a']],
  [String.raw`a.b`, 'a\nb a😀b', ['a😀b']],
  [String.raw`(?s)a.b`, 'a\nb', ['a\nb']],
  ['(?x) a  b # c\n [ ] c', 'ab c', ['ab c']],
  ['a(?#comment)b', 'ab', ['ab']],
  ['a{,2}b', 'aaab', ['aab']],
  ['a{2}', 'aaaaa', ['aa', 'aa']],
  ['a{', 'a{', ['a{']],
  ['a{1', 'a{1', ['a{1']],
  ['a{2,}?', 'aaaa', ['aa', 'aa']],
  ['a*?b', 'aab', ['aab']],
  ['a++a', 'aaa', []],
  ['(?>a+)ab', 'aaab', []],
  ['(?>a|ab)c', 'abc', []],
  ['(a)?(?(1)b|c)', 'ab c', ['ab', 'c']],
  ['(?<=ab)c', 'abc xc', ['c']],
  ['(?<!a)b', 'ab bb', ['b', 'b']],
  ['(?<=😀)a', '😀a a', ['a']],
  ['a(?=b)', 'ab ac', ['a']],
  ['a(?!b)', 'ab ac', ['a']],
  ['x*', 'axb', ['', 'x', '', '']],
  ['[]a]', ']a', [']', 'a']],
  ['[a-]', 'a-', ['a', '-']],
  ['[^]]', ']a', ['a']],
  [String.raw`[\b\]\-]`, ']-\b', [']', '-', '\b']],
  [String.raw`\x41\u0042\U00000043\103\0`, 'ABCC\0', ['ABCC\0']],
  [String.raw`[&&~~||-]+`, '&~|-', ['&~|-']],
  [String.raw`\.\/\-\@`, './-@', ['./-@']],
  ['(?:)+', 'a', ['', '']],
  ['(|a)*b', 'aab', ['aab']],
  ['(a*)+', 'aa', ['aa', '']],
  [String.raw`\B`, '', []],
  ['(?:|a){1,2}', 'aa', ['', 'a', '', 'a', '']],
])('%s in %j finds %j', (pattern, text, expected) => {
  expect(found(pattern, text)).toEqual(expected)
})

test.each([
  ['(', 'missing ), unterminated subpattern'],
  [')', 'unbalanced parenthesis at position 0'],
  ['*a', 'nothing to repeat at position 0'],
  ['^*', 'nothing to repeat'],
  ['a**', 'multiple repeat'],
  ['a{2}{3}', 'multiple repeat'],
  ['a{3,2}', 'min repeat greater than max repeat'],
  ['a{99999}', 'the repetition number is too large'],
  ['[a', 'unterminated character set'],
  ['[b-a]', 'bad character range'],
  [String.raw`[\d-z]`, 'bad character range'],
  ['\\', 'bad escape (end of pattern)'],
  [String.raw`\q`, 'bad escape \\q'],
  [String.raw`\1`, 'invalid group reference 1'],
  ['(?P=a)', 'unknown group name a'],
  ['(?P<a>b)(?P<a>c)', 'redefinition of group name a'],
  ['(?P<1>b)', 'bad character in group name "1"'],
  ['(?P<a', 'missing >, unterminated name'],
  ['(?(1)a)', 'unknown group 1'],
  ['(a)(?(1)a|b|c)', 'conditional backref with more than two branches'],
  ['(?<=a*)b', 'look-behind requires fixed-width pattern'],
  ['a(?i)b', 'global flags not at the start of the expression'],
  ['(?q)', 'unknown extension at position 2'],
  ['(?#a', 'missing ), unterminated comment'],
  ['('.repeat(200), 'nested too deeply'],
  ['(?:(?:a{500}){500}){500}', 'the pattern is too large'],
  ['a'.repeat(30_000), 'the pattern is too long'],
])('%s is refused: %s', (pattern, message) => {
  expect(found(pattern, 'a')).toBe(message)
})

test('a pattern of arguments matches the whole text, with the dot for every character', () => {
  expect(matches('a.*b', 'a\nb', 'full')).toBe(true)
  expect(matches('a|b', 'ab', 'full')).toBe(false)
  expect(matches('a', 'a\n', 'full')).toBe(false)
  expect(matches('^(?!.*@ok[.]com$).*$', 'q@bad.com', 'full')).toBe(true)
})

test.each([
  ['(a+)+$', `${'a'.repeat(20_000)}b`],
  ['(a|aa)+$', `${'a'.repeat(20_000)}b`],
  ['(a*)*[bc]', 'a'.repeat(20_000)],
  [String.raw`\s+$`, `${' '.repeat(50_000)}b`],
  ['.*.*.*[=#]', 'x'.repeat(20_000)],
  [String.raw`^(\w+\s?)*$`, `${'ab '.repeat(5000)}!`],
])('%s comes to its end on a text that backtracks', (pattern, text) => {
  expect(found(pattern, text)).toEqual([])
})

test('where a pattern refers back to what it found, its steps are bounded', () => {
  const compiled = compileRegex(String.raw`(.+)+\1xy`, 'search')
  if (compiled.kind === 'refused') throw new Error(compiled.message)
  const { regex } = compiled
  expect(attempted(() => regex.find(`xy${'ab'.repeat(100)}`, meter(100_000)))).toBe(
    'a regular expression of this policy takes too many steps',
  )
})

test('both engines agree', () => expectAgreement(500))

// What takes longer: test/fuzz/regex.test.ts.
test.each(hostilePatterns.filter(({ isSlow }) => !isSlow))(
  '$name is refused, or comes to its end in time',
  ({ pattern }) => expectEnd(pattern),
)

test.each([
  ['abc', 'abc'],
  ['a(?:b)c+d', 'ab'],
  ['(?:abc)+d?', 'abc'],
  ['a?bc|bcd', ''],
  ['(?i)abc', ''],
  ['x(?=y)zz', 'zz'],
  ['^ab$', 'ab'],
  [String.raw`\w+@(?P<host>ours[.]example)\b`, '@ours.example'],
  ['😀é', '😀é'],
  ['a(b(?:c|d)e)f', 'ab'],
  ['(?>ab)c{0}d', 'ab'],
])('every match of %s has %j in it', (pattern, expected) => {
  const flags = { ignoreCase: false, multiline: false, dotAll: false, verbose: false }
  expect(literalOf(parseRegex(pattern, flags).node)).toBe(expected)
})

test('the clock ends a pattern as its steps do', () => {
  let now = 0
  const compiled = compileRegex('(a|b|ab)*c', 'search')
  if (compiled.kind === 'refused') throw new Error(compiled.message)
  const { regex } = compiled
  const metered = createMeter(defaultLimits, () => (now += 100))
  expect(() => regex.find(`c${'ab'.repeat(100_000)}`, metered)).toThrow(
    'the policy takes longer than 1000 ms',
  )
})

test('what a pattern keeps for later is bounded', () => {
  const compiled = compileRegex('(a|c)*b', 'search')
  if (compiled.kind === 'refused') throw new Error(compiled.message)
  const { regex } = compiled
  const patient = createMeter({ ...defaultLimits, regexSteps: 1e9 }, () => 0)
  expect(attempted(() => regex.find(`b${'a'.repeat(3_000_000)}`, patient))).toBe(
    'a regular expression of this policy tries too much',
  )
})

test('a pattern cut at any character is compiled or refused', () => {
  const pattern = String.raw`(?is)^(?P<a>[^\W\d-]{2,3}?)(?:b|c*+)(?<!d)\bé\x41(?(1)e|f)(?P=a)(?#g)(?i:h)$`
  for (let length = 0; length <= pattern.length; length++) {
    expect(typeof found(pattern.slice(0, length), 'ab')).not.toBe('undefined')
  }
})
