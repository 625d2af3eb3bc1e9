import { expect, test } from 'bun:test'
import { play } from '../world.ts'
import { filesOf, ruleOn } from './files.ts'

const said = (content: string, expected: string) =>
  `- { name: ${content}, messages: [{ role: user, content: ${content} }], expect: ${expected} }\n`

test('cases that hold are counted', async () => {
  const world = filesOf({
    'a.gr': ruleOn('sesame'),
    'a.test.yaml': said('sesame', 'says sesame') + said('nothing', 'none'),
    'b/c.gr': ruleOn('b'),
    'b/c.test.jsonl': '{"name":"b","messages":[{"role":"user","content":"b"}],"expect":{"marks":["b"]}}\n',
  })
  expect(await play(['rules', 'test'], world)).toEqual({
    code: 0,
    out: '2 files, 3 cases: all hold\n',
    err: '',
    waits: [],
  })
})

test('what does not hold is told: what was expected, what was found, and where', async () => {
  const world = filesOf({
    'a.gr': ruleOn('sesame'),
    'a.test.yaml':
      said('sesame', 'none') + said('nothing', 'says sesame') + said('sesame seeds', '{ marks: [seeds] }'),
  })
  expect(await play(['rules', 'test', 'a.gr'], world)).toMatchObject({
    code: 1,
    out:
      'FAILED a.gr: sesame\n' +
      '  - expected nothing more\n' +
      '  + found    "says sesame" at messages.0, messages.0.content:0-6 marking "sesame" (rule in line 1)\n' +
      'FAILED a.gr: nothing\n' +
      '  - expected "says sesame"\n' +
      '  + found    nothing more\n' +
      'FAILED a.gr: sesame seeds\n' +
      '  - expected a violation marking "seeds"\n' +
      '  + found    "says sesame" at messages.0, messages.0.content:0-6 marking "sesame" (rule in line 1)\n' +
      '1 file, 3 cases: 3 cases do not hold\n',
  })
})

test('as many violations as are expected must be found, each for one of them', async () => {
  const three = 'messages: [{ role: user, content: a }, { role: user, content: a }]'
  const world = (expected: string) =>
    filesOf({ 'a.gr': ruleOn('a'), 'a.test.yaml': `- { name: n, ${three}, expect: ${expected} }` })
  const code = async (expected: string) => (await play(['rules', 'test'], world(expected))).code
  expect(await code('says a')).toBe(1)
  expect(await code('[says a, says a]')).toBe(0)
  expect(await code('[{}, { ranges: [messages.0] }]')).toBe(0)
  expect(await code('[{ ranges: [messages.0] }, { ranges: [messages.0] }]')).toBe(1)
  expect(await code('[says a, says a, says a]')).toBe(1)
})

test('a rule that fails is a failure, unless just that was expected', async () => {
  const needy = 'raise "x" if:\n    (m: Message)\n    input.limit == 1\n'
  const run = async (rest: string) => {
    const files = {
      'a.gr': needy,
      'a.test.yaml': `- { name: n, messages: [{ role: user, content: a }], ${rest} }`,
    }
    return play(['rules', 'test'], filesOf(files))
  }
  expect((await run('expect: { error: input.limit }')).code).toBe(0)
  expect((await run('expect: x, parameters: { limit: 1 }')).code).toBe(0)
  expect(await run('expect: none')).toMatchObject({
    code: 1,
    out: expect.stringContaining('! failed   line 1: '),
  })
  expect(await run('expect: { error: input.other }')).toMatchObject({
    code: 1,
    out: expect.stringContaining('- expected the error "input.other"'),
  })
})

test('a case may look only at what is new', async () => {
  const messages = 'messages: [{ role: user, content: a }, { role: user, content: b }]'
  const world = filesOf({
    'a.gr': ruleOn('a'),
    'a.test.yaml': `- { name: n, ${messages}, from: 1, expect: none }`,
  })
  expect((await play(['rules', 'test'], world)).code).toBe(0)
})

test('as JSON each case is a line', async () => {
  const world = filesOf({
    'a.gr': ruleOn('a'),
    'a.test.yaml': said('a', 'says a') + said('b', 'says a') + said('a', 'none'),
  })
  const played = await play(['rules', 'test', '--json'], world)
  expect(
    played.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { file: 'a.gr', case: 'a', holds: true, missing: [], unexpected: [], errors: [], missingError: null },
    {
      file: 'a.gr',
      case: 'b',
      holds: false,
      missing: [{ message: 'says a' }],
      unexpected: [],
      errors: [],
      missingError: null,
    },
    {
      file: 'a.gr',
      case: 'a',
      holds: false,
      missing: [],
      unexpected: [
        { line: 1, message: 'says a', ranges: ['messages.0', 'messages.0.content:0-1'], marks: ['a'] },
      ],
      errors: [],
      missingError: null,
    },
  ])
})

test('rules and cases that cannot be used are told, and the others are run all the same', async () => {
  const world = filesOf({
    'a.gr': 'raise',
    'b.gr': ruleOn('b'),
    'b.test.yaml': 'nonsense',
    'c.gr': ruleOn('c'),
    'c.test.yaml': said('c', 'says c'),
    'd.gr': ruleOn('d'),
  })
  const played = await play(['rules', 'test'], world)
  expect(played).toMatchObject({ code: 1, out: '4 files, 1 case: all hold; 2 files cannot be used\n' })
  expect(played.err).toContain('a.gr:1:')
  expect(played.err).toContain('b.test.yaml: it must be a list of cases')
  expect(played.err).toContain('d.gr has no cases\n')
})

test('a test of nothing is a failure', async () => {
  const played = await play(['rules', 'test'], filesOf({ 'a.gr': ruleOn('a') }))
  expect(played).toMatchObject({ code: 1, err: expect.stringContaining('NAME.test.yaml beside NAME.gr') })
})

test('messages that no trace can be read from are told', async () => {
  const world = filesOf({ 'a.gr': ruleOn('a'), 'a.test.yaml': '- { name: n, messages: [5], expect: none }' })
  expect(await play(['rules', 'test'], world)).toMatchObject({
    code: 1,
    out: expect.stringContaining('! message 0 is not an object'),
  })
})

test('on a terminal it tells how far it is, and takes that away', async () => {
  const world = filesOf({ 'a.gr': ruleOn('a'), 'a.test.yaml': said('a', 'says a') })
  const { err } = await play(['rules', 'test'], { ...world, isErrorTerminal: true })
  expect(Bun.stripANSI(err)).toContain('1 case, a.gr')
  expect(err).toEndWith('\r\x1b[K')
})

test('the built-in detectors are asked, and a rule that needs another one fails', async () => {
  const asking = (call: string) =>
    `from invariant.detectors import pii, moderated\nraise "x" if:\n    (m: Message)\n    ${call}\n`
  const run = async (call: string) => {
    const cases = said('ada@example.com', '{ marks: [ada@example.com] }')
    return play(['rules', 'test'], filesOf({ 'a.gr': asking(call), 'a.test.yaml': cases }))
  }
  expect((await run('any(pii(m.content, ["EMAIL_ADDRESS"]))')).code).toBe(0)
  expect((await run('moderated(m.content)')).out).toContain('the detector moderated is not configured')
})

test('rules go as far as the configuration lets them', async () => {
  const messages = ['a', 'b', 'c'].map((content) => ({ role: 'user', content }))
  const three = JSON.stringify({ name: 'three', messages, expect: 'none' })
  const files = { 'a.gr': ruleOn('sesame'), 'a.test.jsonl': three }
  const world = filesOf({ ...files, 'weir.yaml': 'judging: { limits: { evaluations: 1 } }' })
  const played = await play(['rules', 'test'], world)
  expect(played.code).toBe(1)
  expect(played.out).toContain('evaluations')
})

test('what keeps a rule silent is told once for its file', async () => {
  const silent = 'raise "x" if:\n    (m: Message)\n    m.content\n'
  const world = filesOf({ 'a.gr': silent, 'a.test.yaml': said('one', 'none') + said('two', 'none') })
  expect(await play(['rules', 'test'], world)).toMatchObject({
    code: 0,
    out: '1 file, 2 cases: all hold\n',
    err: 'a.gr:1: warning: a condition came to a str, neither true nor false\n',
  })
})
