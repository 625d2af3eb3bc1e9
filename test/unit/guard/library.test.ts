import { expect, test } from 'bun:test'
import { categoryOf } from '../../../src/guard/library/unicode.ts'
import { assistant, call, fires, judged, output, user } from '../../support/guard/judged.ts'

/** What an expression comes to, as it is told when it is raised. */
function valueOf(expression: string, content: unknown = 'x', imports = ''): unknown {
  const { violations, errors } = judged(
    `${imports}\nraise Violation(${expression}) if:\n    (m: Message)\n`,
    [user(content)],
  )
  return errors[0]?.message ?? violations[0]?.raised.args[0]
}

test.each([
  ['len("aé😀")', 3],
  ['len({"a": 1})', 1],
  ['empty([])', true],
  ['empty("a")', false],
  ['min(3, 1, 2)', 1],
  ['max(["a", "b"])', 'b'],
  ['sum([1, 2.5])', 3.5],
  ['sum([[1], [2]], [])', [1, 2]],
  ['any([0, "", None, [1]])', true],
  ['any([])', false],
  ['tuple([1, 2])', [1, 2]],
  ['json_loads("[1, null]")', [1, null]],
  ['match("a+", "aab")', true],
  ['match("b", "ab")', false],
  ['find("[a-z]+([0-9])", "ab1 c2")', ['ab1', 'c2']],
  ['text("a", None, ["b", m])', ['a', 'b', 'x']],
  ['image(["data:image/png;base64,AA", "data:image/gif;base64,AA"])', ['data:image/png;base64,AA']],
  ['server(m)', null],
  ['print("a", 1)', true],
  ['" a b ".strip() + "|"', 'a b|'],
  ['"xxaxbx".strip("x")', 'axb'],
  ['"😀a😀".strip("😀")', 'a'],
  ['"Straße".upper() + "İ".lower()', 'STRASSEi̇'],
  ['" a  b c ".split()', ['a', 'b', 'c']],
  ['"a,b,c".split(",", 1)', ['a', 'b,c']],
  ['" a b  c".split(None, 1)', ['a', 'b  c']],
  ['"a,b".split(sep=",", maxsplit=0)', ['a,b']],
  ['"".split()', []],
  ['"".split(",")', ['']],
  ['"a\u2028b\u0085c\x1cd".splitlines()', ['a', 'b', 'c', 'd']],
  ['"".splitlines()', []],
  ['", ".join(["a", "b"])', 'a, b'],
  ['"-".join("ab")', 'a-b'],
])('%s', (expression, value) => {
  expect(valueOf(expression)).toEqual(value)
})

test.each([
  ['len()', 'len needs the argument value'],
  ['len("a", "b")', 'len takes 1 arguments, not 2'],
  ['len(value="a", nope=1)', 'len has no parameter nope'],
  ['len("a", value="b")', 'len is given value twice'],
  ['text(a=1)', 'text has no parameter a'],
  ['max([])', 'max of nothing'],
  ['match(1, "a")', 'match needs a string, not int'],
  ['match("(", "a")', 'no regular expression: missing ), unterminated subpattern'],
  ['json_loads("{")', 'json_loads: this is not JSON'],
  ['tool_call(m)', 'tool_call needs a ToolOutput, not a Message'],
  ['server("a")', 'server needs an event, not a str'],
  ['",".join([1])', 'join: item 0 is not a string'],
  ['"a".split("")', 'empty separator'],
  ['"a".split(1)', 'expected a string, not int'],
])('%s fails: %s', (expression, message) => {
  expect(valueOf(expression)).toBe(message)
})

test('lines may keep their ends', () => {
  expect(valueOf('m.content.splitlines()', 'a\r\nb\n\nc')).toEqual(['a', 'b', '', 'c'])
  expect(valueOf('m.content.splitlines(True)', 'a\r\nb\n\nc')).toEqual(['a\r\n', 'b\n', '\n', 'c'])
})

test('texts and images are found in messages, outputs, chunks and lists', () => {
  const chunks = [
    { type: 'text', text: 'a' },
    { type: 'image_url', image_url: { url: 'https://i.example/1' } },
    { type: 'input_text', text: 'b' },
  ]
  expect(valueOf('text(m)', chunks)).toEqual(['a', 'b'])
  expect(valueOf('m.content.text()', chunks)).toEqual(['a', 'b'])
  expect(valueOf('image(m)', chunks)).toEqual(['https://i.example/1'])
  expect(valueOf('m.content.image()', chunks)).toEqual(['https://i.example/1'])
  expect(valueOf('len(m.content)', chunks)).toBe(3)
  expect(valueOf('"https://i" in m.content', chunks)).toBe(true)
  expect(valueOf('m.content[0].text', chunks)).toBe('a')
  expect(valueOf('m.content.lower()', chunks)).toBe(
    'a Contents has no member lower; text(...) gives its texts',
  )
})

test('an output knows its call, and everything its server', () => {
  const trace = [
    assistant(null, call('f', {}, 'c1')),
    { ...output('x', 'c1'), metadata: { server: 'mail' } },
    { tools: [{ name: 't', inputSchema: {}, metadata: { server: 'mail' } }] },
  ]
  expect(fires('(o: ToolOutput)\ntool_call(o).function.name == "f"\nserver(o) == "mail"', trace)).toBe(1)
  expect(fires('(t: Tool)\nserver(t) == "mail"\nt.description == "no description available"', trace)).toBe(1)
})

test('secrets: a token each, by its sort', () => {
  const imports = 'from invariant.detectors import secrets'
  const content = `ghp_${'a1B2'.repeat(9)} AKIA${'A1B2'.repeat(4)} AWS key = "${'a'.repeat(40)}" xoxb-12-34-ab AccountKey=${'a'.repeat(88)}`
  expect(valueOf('secrets(m)', content, imports)).toEqual([
    'GITHUB_TOKEN',
    'AWS_ACCESS_KEY',
    'AWS_ACCESS_KEY',
    'AZURE_STORAGE_KEY',
    'SLACK_TOKEN',
  ])
  expect(valueOf('secrets(m)', 'ghp_short AKIAshort', imports)).toEqual([])
  expect(valueOf('secrets(m, model="x")', '', imports)).toBe('secrets has no parameter model')
})

test('copyright: licences by their headings, and the sign itself', () => {
  const imports = 'from invariant.detectors import copyright'
  expect(valueOf('copyright(m)', 'Apache License\n   Version 2.0, January 2004\n...', imports)).toEqual([
    'APACHE_LICENSE_2.0',
  ])
  expect(valueOf('copyright(m, threshold=1)', 'see Mozilla Public License', imports)).toEqual([
    'MOZILLA_PUBLIC_LICENSE_2.0',
    'MIT_LICENSE',
  ])
  expect(valueOf('copyright(m)', 'Copyright (C) and Copyright ©', imports)).toEqual([
    'COPYRIGHT',
    'COPYRIGHT',
  ])
  expect(valueOf('copyright(m)', 'nothing', imports)).toEqual([])
})

test('unicode: the categories of all characters, or those asked for, each marked', () => {
  const policy =
    'from invariant.detectors import unicode\nraise Violation(unicode(m, ["Cf", "Nd"])) if:\n    (m: Message)\n'
  const [violation] = judged(policy, [user('a\u200b😀1')]).violations
  expect(violation?.raised.args[0]).toEqual(['Cf', 'Nd'])
  expect(violation?.ranges).toEqual(['messages.0', 'messages.0.content:1-2', 'messages.0.content:3-4'])
  expect(['a', 'A', '1', ' ', '\n', '\ud800', '\ue000', '\u0378', '€', 'ǅ', '़'].map(categoryOf)).toEqual([
    'Ll',
    'Lu',
    'Nd',
    'Zs',
    'Cc',
    'Cs',
    'Co',
    'Cn',
    'Sc',
    'Lt',
    'Mn',
  ])
})

test.each([
  ['password', 'my passwrd ok', '3-10'],
  ['password', 'My password is', '2-11'],
  ['password', 'PASSWORD', null],
  ['system prompt', '😀 the sysem promt', '6-17'],
  ['abc', 'xabx', null],
  ['a.c', 'abc', null],
])('fuzzy_contains: %j in %j is %p', (query, content, range) => {
  const policy = `from invariant.detectors import fuzzy_contains\nraise "x" if:\n    (m: Message)\n    fuzzy_contains(m.content, "${query}")\n`
  const [violation] = judged(policy, [user(content)]).violations
  expect(violation?.ranges[1] ?? null).toBe(range === null ? null : `messages.0.content:${range}`)
})

test('html_code: what images say and where links lead, however broken the page', () => {
  const imports = 'from invariant.parsers import html_code, links'
  const page = `<!-- <img alt="no"> --><script>"<img alt='no'>"</script><IMG src=x ALT='a &amp; b'><img alt=c/><a
    class="d" href = "/e">x</a> see https://f.example/g?h=1 <a href="https://i.example"> <img alt="open`
  expect(valueOf('html_code(m).alt_texts', page, imports)).toEqual(['a & b', 'c/', 'open'])
  expect(valueOf('html_code(m).links', page, imports)).toEqual([
    '/e',
    'https://i.example',
    'https://f.example/g?h=1',
  ])
  expect(valueOf('links(m.content)', 'a https://b.example/c" http://d.example', imports)).toEqual([
    'https://b.example/c',
    'http://d.example',
  ])
})

test('a page cut at any character is read to its end', () => {
  const page = '<p><!-- a --><img alt="b" src=\'c\'><script>d</script><a href=e>f&#x41;</a>'
  for (let length = 0; length <= page.length; length++) {
    expect(
      Array.isArray(
        valueOf('html_code(m).links', page.slice(0, length), 'from invariant.parsers import html_code'),
      ),
    ).toBe(true)
  }
})

test('roles grant scopes', () => {
  const imports =
    'from invariant.access_control import should_allow_rbac\nR := {bob: ["admin", "user"], ann: ["user"]}\nG := {admin: {secret: True}, user: {secret: False, open: True}}'
  expect(valueOf('should_allow_rbac(None, "secret", "bob", R, G)', '', imports)).toBe(true)
  expect(valueOf('should_allow_rbac(None, "secret", "ann", R, G)', '', imports)).toBe(false)
  expect(valueOf('should_allow_rbac(None, "secret", "eve", R, G)', '', imports)).toBe(false)
})

test('what is printed goes where the caller says', () => {
  const lines: string[] = []
  judged('raise "x" if:\n    print("a", [1, None, "b\'c"], {"k": (True)})\n', [], {
    print: (line) => lines.push(line),
  })
  expect(lines).toEqual([`a [1, None, "b'c"] {'k': True}`])
})

test('a module can be imported as a whole, by another name, or by its parts', () => {
  const token = `ghp_${'a'.repeat(36)}`
  for (const [imports, name] of [
    ['import invariant.detectors as d', 'd.secrets'],
    ['from invariant.detectors import secrets as s', 's'],
    ['from invariant.detectors.secrets import secrets', 'secrets'],
    ['from invariant import detectors', 'detectors.secrets'],
  ] as const) {
    expect(valueOf(`${name}("${token}")`, '', imports)).toEqual(['GITHUB_TOKEN'])
  }
})
