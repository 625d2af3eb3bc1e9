import { expect, test } from 'bun:test'
import { play } from '../world.ts'
import { filesOf, ruleOn } from './files.ts'

const warned = 'raise "x" if:\n    (m: Message)\n    f"a" in m.content\n'
const broken = 'raise "x" if:\n    (m: Message)\n    nothing == 1\n\nraise "y" if:\n    (n: Nothing)\n'

test('a mistake is told as compilers tell it: file, line, column, the line and a mark below it', async () => {
  const played = await play(['rules', 'check', 'a.gr'], filesOf({ 'a.gr': broken }))
  expect(played).toEqual({
    code: 1,
    err: '',
    waits: [],
    out:
      'a.gr:3:5: error: Failed to resolve identifier nothing\n' +
      '      nothing == 1\n      ^\n' +
      'a.gr:6:6: error: Failed to resolve type Nothing\n' +
      '      (n: Nothing)\n       ^\n' +
      '1 file, 0 rules; 1 file cannot be used\n',
  })
})

test('rules without mistakes are counted, with the detectors that they ask', async () => {
  const needy =
    'from invariant.detectors import pii, moderated\nraise "x" if:\n    (m: Message)\n    any(pii(m)) or moderated(m)\n'
  const world = filesOf({ 'a.gr': ruleOn('a') + ruleOn('b'), 'b/c.gr': needy, 'b/c.txt': 'no rules' })
  expect(await play(['rules', 'check'], world)).toMatchObject({
    code: 0,
    out: '2 files, 3 rules; nothing wrong; detectors asked: moderated, pii\n',
  })
  expect(await play(['rules', 'check', 'a.gr', 'a.gr', '/srv/a.gr'], world)).toMatchObject({
    out: '1 file, 2 rules; nothing wrong\n',
  })
})

test('warnings are no failure, unless asked for', async () => {
  const world = filesOf({ 'a.gr': warned })
  const played = await play(['rules', 'check', 'a.gr'], world)
  expect(played.code).toBe(0)
  expect(played.out).toContain('a.gr:3:5: warning: an f-string')
  expect(played.out).toEndWith('1 file, 1 rule; nothing wrong; 1 warning\n')
  expect((await play(['rules', 'check', 'a.gr', '--strict'], world)).code).toBe(1)
})

test('as JSON each remark is a line, and nothing else is said', async () => {
  const played = await play(['rules', 'check', '--json'], filesOf({ 'a.gr': broken, 'b.gr': warned }))
  const lines = played.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toMatchObject([
    { file: 'a.gr', line: 3, column: 5, severity: 'error', phase: 'names' },
    { file: 'a.gr', line: 6, column: 6, severity: 'error', phase: 'types' },
    { file: 'b.gr', line: 3, column: 5, severity: 'warning', phase: 'types' },
  ])
  expect(played.code).toBe(1)
})

test('rules may come on the standard input', async () => {
  const readBytes = async (path: string) => (path === '-' ? Buffer.from('raise') : null)
  const played = await play(['rules', 'check', '-'], { readBytes })
  expect(played.code).toBe(1)
  expect(played.out).toContain('-:1:')
})

test('what is not there is told', async () => {
  const world = filesOf({ 'a.txt': '' })
  expect(await play(['rules', 'check', 'b.gr'], world)).toMatchObject({
    code: 1,
    err: 'weir: There is no file b.gr\n',
  })
  expect(await play(['rules', 'check'], world)).toMatchObject({
    code: 1,
    err: 'weir: There are no rules (files that end in .gr) in this folder\n',
  })
})

test('a text cannot steer the terminal, which gets colours', async () => {
  const played = await play(['rules', 'check', 'a.gr'], {
    ...filesOf({ 'a.gr': 'raise "\x1b]0;t\x07" if\n' }),
    isTerminal: true,
  })
  expect(played.out).toContain('\x1b[31merror:')
  expect(Bun.stripANSI(played.out)).not.toMatch(/[\x1b\x07]/)
})

const asks = (name: string) =>
  `from invariant.detectors import ${name}\nraise "x" if:\n    (m: Message)\n    ${name}(m.content)\n`

test('with a configuration rules that ask a detector which is not in it are refused by its name', async () => {
  const config = 'detectors:\n  moderated: { url: "http://127.0.0.1:1" }\n'
  const files = filesOf({ 'a.gr': asks('moderated'), 'b.gr': asks('prompt_injection'), 'weir.yaml': config })
  const played = await play(['rules', 'check'], files)
  expect(played.code).toBe(1)
  expect(played.out).toContain('b.gr:4:5: error: ')
  expect(played.out).toContain('the detector prompt_injection')
  expect(played.out).toEndWith('2 files, 1 rule; 1 file cannot be used; detectors asked: moderated\n')
  files.files.set('/srv/other.yaml', '{}')
  const other = await play(['rules', 'check', 'a.gr', '--config', 'other.yaml'], files)
  expect(other.out).toContain('the detector moderated')
})

test('a configuration that cannot be read is told', async () => {
  const files = filesOf({ 'a.gr': ruleOn('a'), 'weir.yaml': 'detectors: { moderated: 1 }' })
  const played = await play(['rules', 'check'], files)
  expect(played).toMatchObject({ code: 1, out: '' })
  expect(played.err).toStartWith('weir: The configuration does not say whom rules may ask:\n')
  expect(played.err).toContain('detectors.moderated')
})
