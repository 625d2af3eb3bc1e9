import { expect, test } from 'bun:test'
import { pythonDetector } from '../../../../src/guard/detect/python.ts'

type Told = {
  readonly imports?: readonly (string | null)[]
  readonly builtins?: readonly string[]
  readonly calls?: readonly string[]
}

function read(code: string, options: { readonly ipython?: boolean } = {}): unknown {
  return pythonDetector.detect(code, options).value
}

/** What CPython's own parser says of each (measured with 3.11, all but the last three lines). */
const programs: readonly (readonly [code: string, told: Told])[] = [
  ['', {}],
  ['# nothing', {}],
  ['import os', { imports: ['os'] }],
  ['import os.path as p, sys', { imports: ['os.path', 'sys'] }],
  ['from a.b import (c as d, e,)', { imports: ['a.b'] }],
  ['from . import x', { imports: [null] }],
  ['from .. import x', { imports: [null] }],
  ['from ..a import x', { imports: ['a'] }],
  ['from a import *', { imports: ['a'] }],
  ['if x:\n  import a\nelse:\n  import b', { imports: ['a', 'b'] }],
  ['x = eval', { builtins: ['eval'] }],
  ['x = evaluate', {}],
  ['eval = 1', { builtins: ['eval'] }],
  ['a.eval', {}],
  ['f(print=1)', { calls: ['f'] }],
  ['def print(): pass', {}],
  ['def f(id, x=int): pass', { builtins: ['int'] }],
  ['class list(dict): pass', { builtins: ['dict'] }],
  ['global id', {}],
  ['import id', { imports: ['id'] }],
  ['try:\n  pass\nexcept OSError as e:\n  pass', { builtins: ['OSError'] }],
  ['print("x")', { builtins: ['print'], calls: ['print'] }],
  ['print >> f, 1', { builtins: ['print'] }],
  ['print', { builtins: ['print'] }],
  ['print = 3', { builtins: ['print'] }],
  ["os.system('ls')", { calls: ['os.system'] }],
  ['os . system ( "ls" )', { calls: ['os.system'] }],
  ['f(1)(2).g(x[0])', { calls: ['f(1)(2).g', 'f(1)', 'f'] }],
  ['"".join(x)', { calls: ["''.join"] }],
  ['"a\\n".join(x)', { calls: ["'a\\n'.join"] }],
  ['(f)(x)', { calls: ['f'] }],
  ['(a or b)(x)', { calls: ['a or b'] }],
  ['(a*b).c()', { calls: ['(a * b).c'] }],
  ['x[1:2].f(a=1,  b = 2)()', { calls: ['x[1:2].f(a=1, b=2)', 'x[1:2].f'] }],
  ['lambda s: exec(s)', { builtins: ['exec'], calls: ['exec'] }],
  ["f'{eval(x)}'", { builtins: ['eval'], calls: ['eval'] }],
  ['@wraps(f)\ndef g(): pass', { calls: ['wraps'] }],
  ['@a.b(c).d[0]  # why\ndef g(): pass', { calls: ['a.b'] }],
  ['@print\nclass A: pass', { builtins: ['print'] }],
  ['with open(a) as f: pass', { builtins: ['open'], calls: ['open'] }],
  ['with open(a) as self.f, b as (c, d): pass', { builtins: ['open'], calls: ['open'] }],
  ['with (\n  open(a) as f,  # one\n  g() as h,\n):\n  pass', { builtins: ['open'], calls: ['open', 'g'] }],
  ['async def f():\n  async with a() as b.c:\n    await g(x)', { calls: ['a', 'g'] }],
  ['def f():\n  yield', {}],
  ['def f():\n  x = (yield)\n  yield g(x)', { calls: ['g'] }],
  ['f(1., 2.e5, 0.)', { calls: ['f'] }],
  ['return_ = 1.', {}],
  ['f"{1.:.2f}"', {}],
  ['[x for x, *y in f(z)]', { calls: ['f'] }],
  ['for a, *b in c: f(*b, **d)', { calls: ['f'] }],
  ['x[*a, 1]', {}],
  ['a, *b = c', {}],
  ['lambda a, /, b: a', {}],
  ['lambda a, /, : a', {}],
  ['def f(a, /, b, *, c): pass', {}],
  [
    'match x:\n  case A():\n    f()\n  case {}: pass\n  case []: pass\n  case a, b if g(a): pass\n  case str(): pass',
    { builtins: ['str'], calls: ['f', 'g'] },
  ],
  ['match = case = 1\nmatch(x)\ncase(y)', { calls: ['match', 'case'] }],
  ['try:\n  f()\nexcept* ValueError: pass', { builtins: ['ValueError'], calls: ['f'] }],
  ['if (n := len(a)) > 10: pass', { builtins: ['len'], calls: ['len'] }],
  ['x: int = 3', { builtins: ['int'] }],
  ['s = """import os\nos.system(1)"""', {}],
  ['# import os', {}],
  ["x = 'import os'", {}],
  ['x = 1\r\nimport os\r\n', { imports: ['os'] }],
  ['\u{1d54f} = "😀"; f("日本")', { calls: ['f'] }],
]

test.each([...programs])(
  'Python is read as Python reads it: %j',
  (code, { imports = [], builtins = [], calls = [] }) => {
    expect([code, read(code)]).toEqual([
      code,
      { imports, builtins, function_calls: calls, syntax_error: false, syntax_error_exception: null },
    ])
  },
)

const broken = [
  'Hello there, this is prose.',
  '*[f"cabinet {i}"] for i in range(1,10)]',
  'x = (',
  'x = ',
  'print "x"',
  'exec "x"',
  'def f(:',
  'if x\n  pass',
  'import',
  'from x import',
  'import os\nx = (',
  '1 = x',
  'f() = x',
  '%matplotlib inline\nx = 1',
  '!ls',
  '"abc',
  '"""abc',
  'for x in y',
  'class A\n  pass',
  'a b',
  'rm -r -f a b',
  '{"a": 1',
]

test.each(broken)('what Python cannot read is a syntax error, and nothing else is told: %j', (code) => {
  expect(read(code)).toMatchObject({ imports: [], builtins: [], function_calls: [], syntax_error: true })
})

test('a syntax error tells its line', () => {
  expect(read('x = 1\ny = 2\nz z\n')).toMatchObject({
    syntax_error_exception: 'invalid syntax (<unknown>, line 3)',
  })
})

test('notebooks are read when asked so: what is an escape there is a call, at its own line', () => {
  const cells: readonly (readonly [string, readonly string[]])[] = [
    ['%matplotlib inline\nx = f(1)', ['get_ipython().run_line_magic', 'get_ipython', 'f']],
    ['!rm -rf /', ['get_ipython().system', 'get_ipython']],
    ['if x:\n    !ls {y}', ['get_ipython().system', 'get_ipython']],
    ['a = !ls', ['get_ipython().getoutput', 'get_ipython']],
    ['%%bash\nrm -rf / && echo "', ['get_ipython().run_cell_magic', 'get_ipython']],
    ['%%time\nf(1)\n!ls', ['get_ipython().run_cell_magic', 'get_ipython', 'f', 'get_ipython().system']],
    ['open?', ['get_ipython().run_line_magic', 'get_ipython']],
    ['x = (1\n% y)\ns = """\n!ls\n"""', []],
    ['x = 7 % 2', []],
  ]
  for (const [code, calls] of cells) {
    expect([code, read(code, { ipython: true })]).toMatchObject([
      code,
      { syntax_error: false, function_calls: calls },
    ])
  }
  expect(read('!ls\nx x', { ipython: true })).toMatchObject({
    syntax_error_exception: 'invalid syntax (<unknown>, line 2)',
  })
})

test('a chain of calls is told shortened, so that it is not told as often as it is long', () => {
  const { function_calls: calls } = pythonDetector.detect(`f${'(1)'.repeat(500)}`, {}).value as {
    function_calls: string[]
  }
  expect(calls.every((call) => call.length <= 203)).toBe(true)
  expect(calls.length).toBeLessThan(80)
})

test('code that is too long to read fails the rule that asks, and does not pass for empty', () => {
  expect(() => read('x\n'.repeat(50_001))).toThrow('100000 characters')
  expect(read('#xx\n'.repeat(24_999))).toMatchObject({ syntax_error: false })
})

test.each(['1 + ', 'f(1).', 'not ', 'a if b else '])(
  'a chain of %j that is longer than the parser bears fails the rule, and hides no import behind a syntax error',
  (link) => {
    expect(() => read(`import os\nx = ${link.repeat(3_000)}1`)).toThrow('nested too deeply')
    expect(read(`import os\nx = ${link.repeat(300)}y`)).toMatchObject({
      imports: ['os'],
      syntax_error: false,
    })
  },
)

test('brackets without end are a syntax error, or too many to read', () => {
  for (const sign of ['(', '[', '{', 'f(', '-', 'not ', 'lambda: ']) {
    expect([sign, read(sign.repeat(200))]).toMatchObject([sign, { syntax_error: true }])
    expect([sign, outcomeOf(sign.repeat(5_000))]).toEqual([sign, 'refused'])
  }
})

function outcomeOf(code: string): 'read' | 'refused' {
  try {
    const told = read(code)
    return typeof told === 'object' && told !== null && 'syntax_error' in told && told.syntax_error === true
      ? 'refused'
      : 'read'
  } catch (error) {
    return error instanceof Error && error.message.includes('deeply') ? 'refused' : 'read'
  }
}
