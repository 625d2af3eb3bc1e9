import { expect, test } from 'bun:test'
import { policyFiles, readBook } from '../../../src/judge/book.ts'
import type { Rule } from '../../../src/judge/schema.ts'

const sound = 'raise "no" if:\n  (m: Message)\n  "x" in m.content\n'

function rule(file: string, more: Partial<Rule> = {}): Rule {
  return { file, action: 'block', mode: 'hold', on: 'both', onError: 'block', strict: false, ...more }
}

function reader(files: Readonly<Record<string, string>>) {
  const asked: string[] = []
  const read = async (path: string) => {
    asked.push(path)
    return files[path] ?? null
  }
  return { read, asked }
}

const nobody = new Set<never>()

test('policies are read once each, and named by their file where nothing else is said', async () => {
  const { read, asked } = reader({ '/rules/words.policy': sound, '/b': sound })
  const rules = [rule('/rules/words.policy'), rule('/b', { name: 'bees', action: 'flag' })]
  const projects = { shop: { rules: [rule('/b')] }, plain: { rules: [] } }
  const told = await readBook({ rules, projects }, read, nobody)
  if (told.kind === 'faulty') throw new Error(JSON.stringify(told.problems))
  expect(told.book.all.map(({ name, action, text }) => [name, action, text])).toEqual([
    ['words', 'block', sound],
    ['bees', 'flag', sound],
  ])
  expect([...told.book.projects.keys()]).toEqual(['shop'])
  expect(asked).toEqual(['/rules/words.policy', '/b'])
  expect(policyFiles({ rules, projects })).toEqual(['/rules/words.policy', '/b'])
})

test('what is wrong with a policy is told with its line and column, and all of it', async () => {
  const { read } = reader({ '/a': 'raise "x" if:\n  (m: Message)\n  find("(", m.content', '/b': sound })
  const told = await readBook({ rules: [rule('/a'), rule('/b'), rule('/c')], projects: {} }, read, nobody)
  if (told.kind === 'read') throw new Error('it was read')
  const [first, second] = told.problems
  expect(first).toMatchObject({ file: '/a', line: 3 })
  expect(first?.column).toBeGreaterThan(0)
  expect(second).toEqual({ file: '/c', line: null, column: null, message: 'there is no such file' })
})

test('a file that cannot be read is told, and not why in the words of a stack', async () => {
  const read = () => Promise.reject(new Error('EISDIR: illegal operation on a directory'))
  const told = await readBook({ rules: [rule('/a')], projects: {} }, read, nobody)
  expect(told).toMatchObject({
    kind: 'faulty',
    problems: [
      { file: '/a', line: null, message: 'cannot be read: EISDIR: illegal operation on a directory' },
    ],
  })
})

test('a rule that needs a detector which is not there is refused by its name', async () => {
  const { read } = reader({
    '/a': 'from invariant.detectors import pii\nraise "x" if:\n  (m: Message)\n  any(pii(m))\n',
  })
  const told = await readBook({ rules: [rule('/a')], projects: {} }, read, nobody)
  expect(JSON.stringify(told)).toContain('pii asks the detector pii, which is not configured')
})
