import { expect, test } from 'bun:test'
import { assistant, call, fires, judged, output, user } from '../../support/guard/judged.ts'

const one = [user('hello')]
const agent = [
  user('find Bob'),
  assistant(null, call('search', { who: 'Bob', n: 2, deep: { list: [1, 'x', null] } }, 'c1')),
  output('{"mail": "bob@a.example"}', 'c1'),
  assistant('sent', call('send', { to: 'bob@a.example' }, 'c2'), call('log', {}, 'c3')),
]

test.each([
  ['7 / 2 == 3.5'],
  ['-7 % 3 == 2'],
  ['7 % -3 == -2'],
  ['5.5 % 2 == 1.5'],
  ['2 ** 3 == 8'],
  ['2 ** -1 == 0.5'],
  ['(-2) ** 3 == -8'],
  ['9007199254740993 + 0 == 9007199254740993'],
  ['9007199254740991 + 2 == 9007199254740993'],
  ['3037000500 * 3037000500 == 9223372037000250000'],
  ['-10000000000000000001 % 7 == 3'],
  ['True + 1 == 2'],
  ['+True == 1'],
  ['1 == 1.0'],
  ['1 == True'],
  ['not (1 is True)'],
  ['"a" is "a"'],
  ['None is None'],
  ['"a" != 1'],
  ['"a" < "b" and "B" < "a" and "" < "a"'],
  ['"\uffff" < "😀"'],
  ['[1, 2] < [1, 3] and [1] < [1, 0] and tuple([1]) <= tuple([1])'],
  ['[1, {"a": [2]}] == [1, {"a": [2.0]}]'],
  ['not ({"a": 1} == {"a": 1, "b": 2})'],
  ['[1] + [2] == [1, 2]'],
  ['"ab" * 2 == "abab" and 2 * "ab" == "abab" and "a" * -1 == ""'],
  ['[1] * 2 == [1, 1]'],
  ['"%s is %d, %5.2f%%" % tuple(["a", 2, 1.5]) == "a is 2,  1.50%"'],
  ['"%(a)s" % {"a": 1} == "1"'],
  ['"{} {1} {x!r:>4}".format(1, 2, x="y") == "1 2  \'y\'"'],
  ['"{:05.1f}|{:<3}|{:^3}|{{}}".format(2.25, "a", "b") == "002.3|a  | b |{}"'],
  ['[1, 2, 3] contains_only [1, 2]'],
  ['any([True, False] in [[True], True])'],
  ['"a" in {"a": 1} and not ("b" in {"a": 1})'],
  ['not ("a" in None)'],
  ['[x + 1 for x in [1, 2] if x > 1] == [3]'],
  ['[x for x in "aé😀"] == ["a", "é", "😀"]'],
  ['"aé😀"[2] == "😀" and "abc"[-1] == "c"'],
  ['{"get": 1}.get == 1 and {"a": 1}.get("b", 2) == 2 and {"a": 1}.get("b") is None'],
  ['{"a": 1}.keys() == ["a"] and {"a": 1}.items()[0] == tuple(["a", 1])'],
  ['(1 if "" else 2) == 2'],
  ['1 < 2 == True'],
  ['input.a.b == 1'],
])('%s', (condition) => {
  expect(fires(condition, one, { input: { a: { b: 1 } } })).toBe(1)
})

test.each([
  ['len(None) == 1', 'a NoneType has no length'],
  ['"a" + 1 == 2', 'unsupported operand types for +: str and int'],
  ['-"a" == 1', 'bad operand type for unary -: str'],
  ['1 / 0 == 1', 'division by zero'],
  ['1 % 0 == 1', 'division by zero'],
  ['0 ** -1 == 1', 'zero cannot be raised to a negative power'],
  ['"a" < 1', "'<' not supported between str and int"],
  ['1 in "a"', 'a string contains strings, not int'],
  ['1 in 2', 'int contains nothing'],
  ['[1][1] == 1', 'index 1 is out of range'],
  ['[1]["a"] == 1', 'an index must be a whole number'],
  ['{"a": 1}["b"] == 1', 'there is no key "b"'],
  ['1["a"] == 1', 'int has no keys'],
  ['None.a == 1', 'NoneType has no member a'],
  ['"a".replace("a") == 1', 'strings have no member replace'],
  ['[].a == 1', 'a list has no member a; text(...) gives its texts'],
  ['len.a == 1', 'len has no member a'],
  ['(1)(2) == 1', 'int cannot be called'],
  ['input.zz == 1', 'the policy needs the parameter "zz" (input.zz)'],
  ['"{a.b}".format(1) == ""', 'a field of a format string must be a name or a number'],
  ['"{0}".format() == ""', 'the format string asks for "0", which is not given'],
  ['"%d" % "a" == ""', '%d format: a number is required'],
  ['"%s" % tuple([1, 2]) == ""', 'not all arguments converted during string formatting'],
  ['"%s %s" % 1 == ""', 'not enough arguments for format string'],
  ['[x for x in 1] == []', '1 is not iterable'.replace('1', 'int')],
  ['(m: Message)\nm.content -> m', 'a flow is between variables'],
  ['(m: Message)\n(s: str) in ["a"]\nm -> s', 'a flow is between events and calls, not str'],
  ['(m: Message)\nm.nope == 1', 'Message has no member nope, only role, content, tool_calls, metadata'],
  ['(c: ToolCall)\nc is tool:search({who: c})', 'a pattern holds literals only'],
  ['count(exactly=1):\n    True', 'count knows min and max, not exactly'],
  ['count(min="a"):\n    True', 'the bounds of count are numbers'],
])('%s fails: %s', (condition, message) => {
  expect(fires(condition, agent)).toBe(message)
})

test('and, or: the left side decides where it can, and what it spares cannot fail', () => {
  expect(fires('True or len(None) == 1')).toBe(1)
  expect(fires('not (False and len(None) == 1)')).toBe(1)
  expect(fires('len(None) == 1 or True')).toBe('a NoneType has no length')
  expect(fires('(m: Message)\nm.content is None or "x" in m.content.lower()', agent)).toBe(1)
  expect(fires('"" or True')).toBe(1)
  expect(fires('5 or True')).toBe(1)
  expect(fires('not ("" and False)')).toBe(1)
  expect(fires('[] and len(None) == 1')).toBe(0)
})

test('a condition that is no boolean keeps its rule silent, and says so', () => {
  const { violations, warnings } = judged('raise "x" if:\n    (m: Message)\n    m.content\n', one)
  expect(violations).toEqual([])
  expect(warnings).toEqual([{ rule: 0, message: 'a condition came to a str, neither true nor false' }])
})

test('variables range over all of their type, in the order of their declaration', () => {
  const { violations } = judged(
    'raise V(a, b, m.role) if:\n    (m: Message)\n    (a: str) in ["p", "q"]\n    (b: int) in [1, True, 2.5, [2, {"x": 3}]]\n'.replace(
      'V',
      'Violation',
    ),
    one,
  )
  expect(violations.map(({ args }) => args)).toEqual([
    ['p', 1, 'user'],
    ['p', 2, 'user'],
    ['p', 3, 'user'],
    ['q', 1, 'user'],
    ['q', 2, 'user'],
    ['q', 3, 'user'],
  ])
})

test.each([
  ['(m: Message)', 3],
  ['(c: ToolCall)', 3],
  ['(o: ToolOutput)', 1],
  ['(f: Function)', 3],
  ['(s: str)\ns == "sent"', 1],
  ['(s: str)\ns == "Bob"', 0],
  ['(m: Message)\n(c: ToolCall) in m.tool_calls', 3],
  ['(c: ToolCall)\n(v: str) in c.function.arguments', 3],
  ['(c: ToolCall)\n(v: str) in c.function.arguments.values()', 3],
  ['(c: ToolCall)\nc is tool:search\n(l: list) in c.function.arguments.deep', 1],
  ['(x: list) in [[1], [2]]', 2],
  ['(d: dict) in [{"a": 1}, 2]', 1],
  ['(x: str) in None', 0],
  ['(t: Tool)', 0],
  ['(m: Message) -> (c: ToolCall)', 8],
  ['(m: Message) ~> (c: ToolCall)', 2],
  ['(c: ToolCall) ~> (o: ToolOutput)', 1],
  ['(a: Message) -> (o: ToolOutput) -> (b: Message)', 2],
  ['(m: Message)\nm -> m', 0],
  ['m.role == "user"\n(m: Message)', 1],
  ['x == 4\nx := len(m.role)\n(m: Message)', 1],
  ['m.role == "user"\n(w: str) in m.content.split(" ")\n(m: Message)', 2],
])('%j has %d models', (condition, count) => {
  expect(fires(condition, agent)).toBe(count)
})

test('a line guards those below it, even if they need fewer variables', () => {
  const nulls = [assistant(null), user('a')]
  expect(fires('(m: Message)\nm.content is not None\n"a" in m.content.lower()', nulls)).toBe(1)
  expect(fires('(m: Message)\n"a" in m.content.lower()\nm.content is not None', nulls)).toBe(
    'NoneType has no member lower',
  )
  // The second line cannot be judged before n is bound, and keeps the third from failing for good.
  expect(fires('(m: Message)\n(n: Message)\nn.role == "nobody"\nlen(m.content) == 1', nulls)).toBe(0)
  expect(fires('(m: Message)\n(n: Message)\nn.role == "user"\nlen(m.content) == 1', nulls)).toBe(
    'a NoneType has no length',
  )
  expect(
    fires(
      '(m: Message)\n(n: Message)\nn.content == "a" and m.content == "a"\nx := m.content.lower()\nx == "a"',
      nulls,
    ),
  ).toBe(1)
})

test.each([
  ['c is tool:search', 1],
  ['c is tool:searc', 0],
  ['c is not tool:search', 2],
  ['c is tool:search({})', 1],
  ['c is tool:search({who: "B.b"})', 1],
  ['c is tool:search({who: "o"})', 0],
  ['c is tool:search({who: "Bob|x"})', 1],
  ['c is tool:search({n: 2})', 1],
  ['c is tool:search({n: 3})', 0],
  ['c is tool:search({n: -2})', 0],
  ['c is tool:search({deep: {list: [1, *, None]}})', 1],
  ['c is tool:search({deep: {list: [1, *]}})', 0],
  ['c is tool:search({deep: {list: [True, *, *]}})', 0],
  ['c is tool:search({nope: *})', 0],
  ['c is tool:search(*, *)', 0],
  ['c is tool:search({who: "("})', 0],
  ['c is tool:"search"', 1],
])('%s matches %d calls', (condition, count) => {
  expect(fires(`(c: ToolCall)\n${condition}`, agent)).toBe(count)
})

test('an output is matched by its call, and everything else by none', () => {
  expect(fires('(o: ToolOutput)\no is tool:search({n: 2})', agent)).toBe(1)
  expect(fires('(o: ToolOutput)\no is tool:search', [output('x', 'nobody')])).toBe(0)
  expect(fires('(m: Message)\nm is tool:search', agent)).toBe(0)
  expect(fires('(m: Message)\nnot (m is tool:search)', agent)).toBe(3)
})

test.each([
  ['count(min=3):\n    (c: ToolCall)', 1],
  ['count(min=4):\n    (c: ToolCall)', 0],
  ['count(1, 2):\n    (c: ToolCall)', 0],
  ['count(max=0):\n    (c: ToolCall)\n    c is tool:nope', 1],
  ['count():\n    (c: ToolCall)\n    c is tool:nope', 1],
  ['forall:\n    (c: ToolCall)\n    c.id is not None', 1],
  ['not forall:\n    (c: ToolCall)\n    c is tool:search', 1],
  ['forall:\n    (t: Tool)\n    False is True', 0],
  ['(m: Message)\ncount(min=1):\n    (c: ToolCall)\n    m -> c\n    c is tool:log', 3],
  ['forall:\n    (m: Message)\n    count(max=2):\n        (c: ToolCall) in m.tool_calls', 1],
  ['count(min=1):\n    (m: Message)\n    x := text(m)\n    any(["Bob" in t for t in x])', 1],
])('%j holds %d times', (condition, count) => {
  expect(fires(condition, agent)).toBe(count)
})

test('predicates hold for some of their own variables, and take arguments by name', () => {
  const policy = (condition: string): string => `
says(m: Message, what: str) :=
    (w: str) in m.content.split(" ")
    w == what
raise "x" if:
    (m: Message)
    m.content is not None
    ${condition}
`
  expect(judged(policy('says(m, "Bob")'), agent).violations).toHaveLength(1)
  expect(judged(policy('says(what="Bob", m=m)'), agent).violations).toHaveLength(1)
  expect(judged(policy('not says(m, "Bob")'), agent).violations).toHaveLength(1)
  expect(judged(policy('says(m)'), agent).errors[0]?.message).toBe('says needs the argument what')
})

test('constants are values, conjunctions of lines, and may stand anywhere', () => {
  const policy =
    'raise "x" if:\n    A == 3 and B and input.k in C.k\nA := D + 2\nD := 1\nB :=\n    A > 2\n    D == 1\nC := {\n    k: ["v"]\n}'
  expect(judged(policy, [], { input: { k: 'v' } }).violations).toHaveLength(1)
})

test('a rule that fails ends alone', () => {
  const { violations, errors } = judged(
    'raise "a" if:\n    True\nraise "b" if:\n    len(1) == 1\nraise "c" if:\n    True\n',
  )
  expect(violations.map(({ args }) => args[0])).toEqual(['a', 'c'])
  expect(errors).toEqual([{ kind: 'type', message: 'a int has no length', rule: 1, line: 3 }])
})

test('what is raised is told as it is: events, lists, None; other values as text', () => {
  const { violations } = judged(
    'raise Violation("a", m, [1, None], {"k": 2}, who=m.content, ranges=[1]) if:\n    (m: Message)\n',
    one,
  )
  const said = { metadata: { trace_idx: 0 }, server: null, role: 'user', content: 'hello', tool_calls: [] }
  expect(violations[0]?.raised).toEqual({ args: ['a', said, [1, null], { k: 2 }], kwargs: { who: 'hello' } })
  expect(violations[0]?.args[3]).toEqual({ metadata: {}, server: null })
  expect(judged('raise len("ab") if:\n    True\n').violations[0]?.args).toEqual(['2'])
  expect(judged('raise "{}!".format("a") if:\n    True\n').violations[0]?.args).toEqual(['a!'])
})

test('a parameter called data is refused: upstream keeps the name for the trace', () => {
  expect(judged('raise "x" if:\n    True\n', [], { input: { data: 1 } }).errors[0]?.kind).toBe('value')
})

test('strings of JSON are read like objects, but never lose their methods', () => {
  expect(fires('(o: ToolOutput)\no.content.mail == "bob@a.example"', agent)).toBe(1)
  expect(fires('(o: ToolOutput)\no.content["mail"] == "bob@a.example"', agent)).toBe(1)
  expect(fires('(o: ToolOutput)\n"MAIL" in o.content.upper()', agent)).toBe(1)
  expect(fires('(o: ToolOutput)\no.content.nope == 1', agent)).toBe(
    'the object in this string has no key "nope"',
  )
  expect(fires('(m: Message)\nm.content.lower() == "123"', [user('123')])).toBe(1)
  expect(fires('(m: Message)\nm.content.lower == 1', [user('{"lower": 1}')])).toBe(1)
})
