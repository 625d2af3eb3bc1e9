import type { Random } from '../support/random.ts'

/** Policies as nobody would write them: by the grammar, in which everything may stand everywhere; and then damaged. */

const names = ['m', 'c', 'o', 'x', 'y', 'q', 'input.a', 'm.content', 'c.function', 'c.function.arguments']
const types = ['Message', 'ToolCall', 'ToolOutput', 'Tool', 'str', 'int', 'dict', 'list', 'Function', 'float']
const operators = [
  ...['and', 'or', '==', '!=', '<', '>', '<=', '>=', 'in', 'not in', 'is', 'is not', 'contains_only'],
  ...['->', '~>', '+', '-', '*', '/', '%', '**'],
]
const members = [
  'content',
  'role',
  'tool_calls',
  'function',
  'arguments',
  'name',
  'a',
  'metadata',
  'keys',
  'get',
]
const methods = [
  'lower()',
  'upper()',
  'strip()',
  'split()',
  'split("")',
  'splitlines()',
  'join',
  'format',
  'items()',
]
const functions = [
  ...[
    'any',
    'len',
    'empty',
    'min',
    'max',
    'sum',
    'tuple',
    'match',
    'find',
    'json_loads',
    'text',
    'image',
    'print',
  ],
  ...[
    'tool_call',
    'server',
    'secrets',
    'copyright',
    'unicode',
    'fuzzy_contains',
    'html_code',
    'links',
    'p',
    'q',
  ],
]
const literals = [
  ...['0', '1', '-1', '2.5', '1e308', '99999999999999999999', 'None', 'True', 'False', '""', '"a"', '"user"'],
  ...[
    '"(a+)+$"',
    '"(?:a|b|ab)*c"',
    '"{0}{1}{x}"',
    '"%s %d"',
    "'x'",
    'r"\\w+"',
    '"""long\n  er"""',
    '"\u{1f600}"',
  ],
  ...['"\u2028"', '"[a-"', '"a{1000}{2}"', '"(a)\\1"', '[]', '{}', '{a: 1}', '"{\\"a\\": [1]}"'],
]
const patterns = [
  'tool:get',
  'tool:send({to: "a.*"})',
  'tool:"get-x"',
  'tool:get({a: *, b: <EMAIL_ADDRESS>})',
]

const mostDepth = 4

function expression(random: Random, depth: number): string {
  const inner = (): string => expression(random, depth + 1)
  if (depth >= mostDepth) return random.pick([random.pick(names), random.pick(literals)])
  switch (random.below(16)) {
    case 0:
    case 1:
      return random.pick(literals)
    case 2:
    case 3:
      return random.pick(names)
    case 4:
    case 5:
    case 6:
      return `${inner()} ${random.pick(operators)} ${inner()}`
    case 7:
      return `(${inner()} ${random.pick(operators)} ${inner()})`
    case 8:
      return `${random.pick(functions)}(${several(random, inner)})`
    case 9:
      return `[${inner()} for ${random.pick(['x', 'y'])} in ${inner()}${random.below(2) === 0 ? '' : ` if ${inner()}`}]`
    case 10:
      return `${random.pick(['not ', '-', ''])}${inner()}`
    case 11:
      return `${random.pick(names)}.${random.pick(random.below(2) === 0 ? members : methods)}`
    case 12:
      return `[${several(random, inner)}]`
    case 13:
      return `${inner()} is ${random.pick(patterns)}`
    case 14:
      return `${inner()}[${inner()}]`
    default:
      return `(${inner()} if ${inner()} else ${inner()})`
  }
}

function several(random: Random, make: () => string): string {
  return Array.from({ length: random.below(4) }, make).join(', ')
}

/** Seldom the same twice in a rule. */
function fresh(random: Random): string {
  return `v${random.below(500)}`
}

function condition(random: Random, indent: string): string {
  const make = (): string => expression(random, 0)
  switch (random.below(10)) {
    case 0:
    case 1:
      return `${indent}(${fresh(random)}: ${random.pick(types)})`
    case 2:
    case 3:
      return `${indent}(${fresh(random)}: ${random.pick(types)}) in ${make()}`
    case 4:
      return `${indent}${fresh(random)} := ${make()}`
    case 5: {
      const callee = random.pick(['forall', 'count(min=2)', 'count(max=1)', 'count(1, 3)', 'not forall'])
      return `${indent}${callee}:\n${body(random, `${indent}  `)}`
    }
    default:
      return `${indent}${make()}`
  }
}

function body(random: Random, indent: string): string {
  const most = indent.length > 6 ? 1 : 4
  return Array.from({ length: 1 + random.below(random.below(2) === 0 ? 2 : most) }, () =>
    condition(random, indent),
  ).join('\n')
}

/** What grows with every line, and what goes through all of it. */
function bomb(random: Random): string {
  const first = random.pick([
    '"a"',
    'm',
    'm.content',
    '["a"]',
    '"a" * 1000000',
    '{a: m}',
    '2',
    '[m] * 100000',
  ])
  const next = random.pick([
    ...[
      '[B, B]',
      'B + B',
      'B * 2',
      '{a: B, b: B}',
      '"{0}{0}".format(B)',
      '[B for e in "aaaa"]',
      'B * B',
      'tuple([B])',
    ],
    ...[
      '[[B for e in "aaaaaaaaaa"] for e in "aaaaaaaaaa"]',
      '"%s%s" % [B, B]',
      'text(B, B)',
      'PolicyViolation(B, B)',
    ],
  ])
  const lines = Array.from({ length: 5 + random.below(40) }, (_, at) => {
    return `  b${at + 1} := ${next.replaceAll('B', `b${at}`)}\n`
  })
  const last = `b${lines.length}`
  const uses = [
    ...[
      'B == B',
      'len(text(B)) > 0',
      '"{0}".format(B) == "a"',
      '(b: str) in B',
      'm in B',
      'B in [B]',
      'B < B',
      'any(B)',
    ],
    ...[
      'print(B)',
      '[x for x in B if x == B] == []',
      'any(find("(a|aa)+$", t) for t in B)',
      'len(B) > 0',
      'B.lower() == B',
    ],
  ]
  const use = random.pick(uses).replaceAll('B', last)
  return `  b0 := ${first}\n${lines.join('')}  ${use}\n`
}

function rule(random: Random): string {
  const raised = random.pick([
    '"found"',
    'PolicyViolation("found", m, a=x)',
    'p(m)',
    '"{0}".format(m.content)',
  ])
  const others = [
    ...random.pick([['c: ToolCall'], ['c: ToolOutput'], []]),
    ...random.pick([['o: ToolOutput'], ['o: str'], []]),
  ]
  const declared = others.map((each) => `  (${each})\n`).join('')
  const rest = ['c', 'o'].filter((name) => !others.some((each) => each.startsWith(name)))
  const aliases = rest.map((name) => `  ${name} := m\n`).join('')
  const values = ['x', 'y'].map((name) => `  ${name} := ${expression(random, 2)}\n`).join('')
  return `raise ${raised} if:\n  (m: Message)\n${declared}${aliases}${values}${random.below(30) === 0 ? bomb(random) : ''}${body(random, '  ')}`
}

const imports = [
  'from invariant import count, forall',
  'from invariant.detectors import secrets, copyright, unicode, fuzzy_contains',
  'from invariant.parsers import html_code, links\n',
].join('\n')
const noises = [
  '\n',
  '(',
  ')',
  '"',
  "'",
  ':',
  ':=',
  '  ',
  '\t',
  '#',
  '\\',
  '\0',
  '\u{1f600}',
  '\ud800',
  '"""',
  ' if ',
]

export function randomPolicy(random: Random): string {
  const constant = `q := ${random.pick([random.pick(literals), '[1, "a", None]', '{a: "b"}', 'p'])}`
  const inner = condition(random, '  ').replaceAll(/\b[coy]\b/g, 'm')
  const predicate = `p(m: Message) :=\n  x := m.content\n${inner}`
  const rules = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => rule(random))
  const whole = imports + [constant, predicate, ...rules].join('\n')
  return random.below(4) === 0 ? damaged(whole, random) : whole
}

function damaged(text: string, random: Random): string {
  let whole = text
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const at = random.below(whole.length + 1)
    const kind = random.below(4)
    if (kind === 0) whole = whole.slice(0, at) + whole.slice(at + random.below(12))
    if (kind === 1) whole = whole.slice(0, at) + random.pick(noises) + whole.slice(at)
    if (kind === 2) whole = whole.slice(0, at) + whole.slice(at - random.below(at + 1), at) + whole.slice(at)
    if (kind === 3) whole = whole.slice(0, at) + expression(random, 2) + whole.slice(at)
  }
  return whole
}
