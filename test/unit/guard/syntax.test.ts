import { expect, test } from 'bun:test'
import { compile } from '../../../src/guard/policy.ts'
import { tellProblem } from '../../../src/guard/problem.ts'
import { parse } from '../../../src/guard/syntax/parse.ts'
import { dedent, readSource } from '../../../src/guard/syntax/source.ts'
import { shown, shownTree } from '../../support/guard/shown.ts'
import { stride } from '../../support/quick.ts'

function treeOf(text: string): unknown[] {
  const parsed = parse(readSource(text).text)
  if ('found' in parsed) throw new Error(parsed.found.message)
  return shownTree(parsed.tree).slice(1)
}

function conditionsOf(lines: string): unknown {
  const [rule] = treeOf(
    `raise "x" if:\n${lines
      .split('\n')
      .map((line) => `    ${line}`)
      .join('\n')}`,
  )
  return Array.isArray(rule) ? rule[2] : undefined
}

/** Variables a, b, c as trees. */
const [a, b, c] = [
  ['id', 'a'],
  ['id', 'b'],
  ['id', 'c'],
]

test.each([
  ['a or b and not c', ['or', a, ['and', b, ['unot', c]]]],
  ['not a == b', ['unot', ['==', a, b]]],
  ['a not in b', ['unot', ['in', a, b]]],
  ['not(a)', ['unot', a]],
  ['a in(b)', ['in', a, b]],
  ['a is not None', ['is', a, ['unot', ['none']]]],
  ['a < b == c', ['==', ['<', a, b], c]],
  ['a - b - c', ['-', ['-', a, b], c]],
  ['a + b * c', ['+', a, ['*', b, c]]],
  ['-a ** b', ['u-', ['**', a, b]]],
  ['a ** -b', ['**', a, ['u-', b]]],
  ['a ** b ** c', ['**', a, ['**', b, c]]],
  ['a if b else b if c else a', ['if', b, a, ['if', c, b, a]]],
  ['a or b if c else a', ['if', c, ['or', a, b], a]],
  ['a -> b ~> c', ['~>', ['->', a, b], c]],
  ['a contains_only b', ['contains_only', a, b]],
  ['(a: Message) -> (b: ToolCall)', ['->', ['var', 'a', 'Message'], ['var', 'b', 'ToolCall']]],
  ['a.b[0](c, d=1).e', ['.', ['call', ['[]', ['.', a, 'b'], ['num', 0]], [c], { d: ['num', 1] }], 'e']],
  ['[a for b in c if b]', ['list-comp']],
  ['{a: 1, "b c": [2]}', ['obj', ['a', ['num', 1]], ['b c', ['list', ['num', 2]]]]],
  ['[]', ['list']],
  ['{}', ['obj']],
  ['a is tool:f', ['is', a, ['tool', 'f']]],
  ['a is tool : f', ['is', a, ['tool', 'f']]],
  ['a is tool:"get-inbox"', ['is', a, ['tool', 'get-inbox']]],
  [
    'a is tool:f({b: *, c: <EMAIL_ADDRESS>}, *)',
    ['is', a, ['pattern', 'f', [['obj', ['b', ['*']], ['c', ['value', 'EMAIL_ADDRESS']]], ['*']]]],
  ],
  ['a<b', ['<', a, b]],
  ['tool == a', ['==', ['id', 'tool'], a]],
  ['(a, b)', a],
  ['.5', ['num', 0.5]],
  ['5.', ['num', 5]],
  ['1e3', ['num', 1000]],
  ['not_a', ['id', 'not_a']],
  ['a := b', [':=', a, b]],
  ['a :=\n    b', [':=', a, b]],
  ['r"\\d" + f"{a}"', ['+', ['str', '\\d', 'r'], ['str', '{a}', 'f']]],
])('%s groups as it reads', (text, tree) => {
  const [first] = [conditionsOf(text)].flat()
  if (tree[0] === 'list-comp') expect(first).toEqual(['comp', a, 'b', c, b])
  else expect(first).toEqual(tree)
})

test.each([
  ['a\nb', 2],
  ['a and\nb', 1],
  ['a\nand b', 1],
  ['a\nnot in b', 1],
  ['a\nnot b', 2],
  ['a\n.b', 1],
  ['a.\nb', 1],
  ['a\n* b', 1],
  ['a\n+ b', 2],
  ['a\n- b', 2],
  ['a\n(b)', 2],
  ['a\n[b]', 2],
  ['a\n{b: c}', 2],
  ['a\n"b"', 2],
  ['a\nif b else c', 1],
  ['a\nif.b', 2],
  ['(a\n+ b\n)', 1],
  ['[\na,\nb\n]', 1],
  ['f(\na\n)', 1],
  ['a\n  b', 2],
  ['a # and\n# or\n\nb', 2],
  ['a\n-> b', 1],
])('%j is %d conditions', (text, count) => {
  expect(conditionsOf(text)).toHaveLength(count)
})

test('quantifiers stand alone, negated, and as the last operand', () => {
  const body = [['var', 'n', 'Message'], a]
  expect(conditionsOf('forall:\n    (n: Message)\n    a\nb')).toEqual([['quant', ['id', 'forall'], body], b])
  expect(conditionsOf('not count(1):\n    (n: Message)\n    a')).toEqual([
    ['unot', ['quant', ['call', ['id', 'count'], [['num', 1]]], body]],
  ])
  expect(conditionsOf('a and count():\n        (n: Message)\n        a')).toEqual([
    ['and', a, ['quant', ['call', ['id', 'count'], []], body]],
  ])
})

test('statements of every kind, with or without blocks', () => {
  expect(treeOf('import a\nimport a.b as c\nfrom a.b import c, d as e')).toEqual([
    ['import', 'a', []],
    ['import', 'a.b', [], 'c'],
    ['import', 'a.b', ['c', ['d', 'e']]],
  ])
  expect(treeOf('A := 1 B := 2')).toEqual([
    ['decl', ['id', 'A'], [['num', 1]]],
    ['decl', ['id', 'B'], [['num', 2]]],
  ])
  expect(treeOf('A :=\n  1\nB:\n  2\np() := a\nq(x: str, y: Message) :=\n  a\n  b')).toEqual([
    ['decl', ['id', 'A'], [['num', 1]]],
    ['decl', ['id', 'B'], [['num', 2]]],
    ['decl', ['sig', 'p', []], [a]],
    [
      'decl',
      [
        'sig',
        'q',
        [
          ['x', 'str'],
          ['y', 'Message'],
        ],
      ],
      [a, b],
    ],
  ])
  expect(treeOf('def f(x: str):\n  raise "y" if:\n    a\n  A := 1\nB := 2')).toEqual([
    [
      'def',
      ['sig', 'f', [['x', 'str']]],
      [
        ['raise', ['str', 'y'], [a]],
        ['decl', ['id', 'A'], [['num', 1]]],
      ],
    ],
    ['decl', ['id', 'B'], [['num', 2]]],
  ])
  expect(treeOf('raise V("x", a=b).c("d") if:\n  import q\n  a')).toHaveLength(1)
})

test('strings keep their escapes but for their own quote, and long ones are dedented', () => {
  const [one, two, three] = treeOf(`A := "a\\n\\"'"\nB := 'it\\'s'\nC := """\n    x\n      y"""`)
  expect([one, two, three]).toEqual([
    ['decl', ['id', 'A'], [['str', `a\\n"'`]]],
    ['decl', ['id', 'B'], [['str', "it's"]]],
    ['decl', ['id', 'C'], [['str', '\nx\n  y']]],
  ])
  expect(dedent('  a\n\n \tb\n  c')).toBe(' a\n\n\tb\n c')
})

test('neither comments nor blank lines, line ends or a common indentation change the layout', () => {
  const plain = treeOf('raise "x" if:\n    a\n    b')
  expect(treeOf('raise "x" if: # why:\r\n\r\n# note:\r\n    a\r\n  # less\r\n    b\r\n')).toEqual(plain)
  expect(treeOf('\n      raise "x" if:\n          a\n\n          b\n   ')).toEqual(plain)
  expect(treeOf('raise "x" if:\n\ta\n\tb')).toEqual(plain)
})

test.each([
  ['raise "x" if:', 1, 14, 'expected an indented block'],
  ['raise "x" if\n  a', 2, 3, 'expected ":" after "if", not "a"'],
  ['raise a.b if:\n  a', 1, 7, 'what is raised must be a string, a name or a call'],
  ['import a.b', 1, 11, 'import a.b needs a name: "as NAME"'],
  ['foo bar', 1, 5, 'expected ":=" after "foo"'],
  ['1 + 2', 1, 1, 'expected a rule, a declaration or an import'],
  ['A := "abc', 1, 6, 'this string is not closed on its line'],
  ['A := """abc', 1, 6, 'this string is never closed'],
  ['A := 1; B := 2', 1, 7, 'unexpected character ";"'],
  ['A := len(1,)', 1, 12, 'expected an expression, not ")"'],
  ['A := {1: 2}', 1, 7, 'expected a key, a name or a string, not "1"'],
  ['A := [1', 1, 8, 'expected "]" to close the list, not the end of the policy'],
  ['A := f(a=1, 2)', 1, 13, 'a positional argument cannot follow a named one'],
  ['A := a.None', 1, 12, 'None is no member'],
  ['p(m) := a', 1, 4, 'expected ":" and a type after the parameter "m", not ")"'],
  ['raise "x" if:\n  a ==\nB := 1', 3, 1, 'an expression is missing here'],
  ['raise "x" if:\n    a b', 2, 7, 'expected a new line before "b"'],
  [
    'raise "x" if:\n    a\n  b',
    3,
    3,
    'this line is indented less than the first of its block, and more than what opened it',
  ],
  ['A := a if b', 1, 12, 'expected "else" after the condition of `if`, not the end of the policy'],
  ['A := [a for 1 in b]', 1, 13, 'expected a variable after "for", not "1"'],
])('%j is refused at line %d, column %d', (text, line, column, message) => {
  const compiled = compile(text)
  if (compiled.kind === 'policy') throw new Error('it compiles')
  expect(compiled.problems).toMatchObject([{ phase: 'parse', line, column, message }])
})

test('a problem shows its line and a caret, in a long line the part around it', () => {
  const told = (text: string): string => {
    const compiled = compile(text)
    return compiled.kind === 'policy' ? '' : compiled.problems.map(tellProblem).join('\n')
  }
  expect(told('A := 1\n\tB := $')).toBe('line 2, column 7: unexpected character "$"\n\tB := $\n\t     ^')
  const long = told(`A := "${'x'.repeat(1000)}" + $`).split('\n')
  expect(long[1]?.length).toBeLessThan(200)
  expect(long[1]?.[long[2]?.indexOf('^') ?? 0]).toBe('$')
})

test('what is nested or chained too far is refused, not run out of stack with', () => {
  for (const text of [
    `A := ${'('.repeat(50_000)}`,
    `A := ${'['.repeat(50_000)}`,
    `A := ${'not '.repeat(50_000)}a`,
    `A := ${'-'.repeat(50_000)}1`,
    `A := ${'1 if 1 else '.repeat(50_000)}1`,
    `A := ${'1 + '.repeat(50_000)}1`,
    `A := a${'.b'.repeat(50_000)}`,
    `A := a${'()'.repeat(50_000)}`,
    Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}def f():`).join('\n'),
    'x'.repeat(600_000),
  ]) {
    expect(compile(text).kind).toBe('problems')
  }
})

const whole = `from invariant.detectors import secrets, pii as p
import invariant as i
LIMIT := {"a": [1, 2.5, -3], b: None}
near(m: Message, n: Message) :=
    x := text(m)
    m -> n and (len(x) > 0 or not (m ~> n))
def unused(a: str):
    raise "never" if:
        True
# a comment
raise PolicyViolation("found", m, why=f"x") if:
    (m: Message) -> (c: ToolCall)
    c is tool:send({to: "^(?!a@b).*$", n: *, who: <PERSON>})
    (w: str) in m.content.split(" ")
    any([s in w for s in ["a", 'b'] if s != """c"""])
    near(m, m) if m.role == "user" else c.function.arguments["x"] is not None
    not count(min=1, max=3):
        (o: ToolOutput)
        tool_call(o) is None
`

test('a policy cut at any character compiles, or is refused with a place within it', () => {
  for (let length = 0; length <= whole.length; length += stride) {
    const text = whole.slice(0, length)
    const compiled = compile(text)
    if (compiled.kind === 'policy') continue
    for (const { line, column, message } of compiled.problems) {
      const shownLine = text.split('\n')[line - 1]
      expect(shownLine === undefined ? message : '').toBe('')
      expect(column).toBeLessThanOrEqual((shownLine?.length ?? 0) + 1)
    }
  }
})

const letters = ['\n', '"', '(', ':', ' ', '\\', '\u0000', '😀', ':=']

test('a policy with any one character gone, or another put in, never throws', () => {
  for (let at = 0; at < whole.length; at += stride) {
    expect(() => compile(whole.slice(0, at) + whole.slice(at + 1))).not.toThrow()
    const letter = letters[at % letters.length] ?? ''
    expect(() => compile(whole.slice(0, at) + letter + whole.slice(at))).not.toThrow()
  }
})

test('every node can be shown, wherever it stands', () => {
  const parsed = parse(whole)
  if ('found' in parsed) throw new Error(parsed.found.message)
  expect(JSON.stringify(shownTree(parsed.tree))).toContain('"quant"')
  expect(shown({ kind: 'wildcard', at: 0 })).toEqual(['*'])
})
