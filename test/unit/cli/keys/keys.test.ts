import { afterEach, expect, test } from 'bun:test'
import { openKeyFiles } from '../../../../src/cli/keys/files.ts'
import type { World } from '../../../../src/cli/world.ts'
import { createFolder } from '../../../support/traces.ts'
import { play } from '../world.ts'

/** `weir keys` on the files of a store that is made with the first of them. */
let folder = createFolder()

afterEach(() => {
  folder[Symbol.dispose]()
  folder = createFolder()
})

const startedAt = Date.parse('2026-05-02T10:00:00Z')

function keys(list: readonly string[], changes: Partial<World> = {}, nowMs = startedAt) {
  const openKeys: World['openKeys'] = (where) => {
    if (where.kind !== 'store') throw new Error('The tests have no network')
    return openKeyFiles(where.folder, { now: () => nowMs, log: () => undefined })
  }
  return play(['keys', ...list, '--data', folder.path], { openKeys, ...changes })
}

test('a key is made before Weir has ever run, its text alone on stdout', async () => {
  const { code, out, err } = await keys(['create'])
  expect(code).toBe(0)
  expect(out).toMatch(/^inv-[0-9a-f]{64}\n$/)
  expect(err).toMatch(/^The key [0-9a-z]{20} is shown this once\n$/)
})

test('a list tells all of a key but its text', async () => {
  const { out: text } = await keys([
    ...['create', '--name', 'ci', '--user', 'ada', '--project', 'one, two'],
    ...['--rights', 'push,read', '--expires', '90d'],
  ])
  const { out } = await keys(['list', '--json'])
  expect(out).not.toContain(text.trim())
  expect(JSON.parse(out)).toEqual({
    id: expect.stringMatching(/^[0-9a-z]{20}$/),
    time_created: '2026-05-02T10:00:00+00:00',
    expired: false,
    hashed_key: text.trim().slice(-4),
    name: 'ci',
    user: 'ada',
    rights: ['push', 'read'],
    projects: ['one', 'two'],
    expires_at: '2026-07-31T10:00:00+00:00',
    revoked_at: null,
    last_used: null,
  })
  const later = await keys(['list'], {}, startedAt + 91 * 86_400_000)
  expect(later.out.split('\t').slice(2, 6)).toEqual(['expired', 'ada', 'push,read', 'one,two'])
  const shown = await keys(['list'], { isTerminal: true })
  expect(shown.out).toContain('ENDS IN')
})

test('a revoked key stays in the list, and one that is not there is not revoked', async () => {
  await keys(['create'])
  const { id } = JSON.parse((await keys(['list', '--json'])).out)
  expect(await keys(['revoke', id])).toMatchObject({ code: 0, err: `The key ${id} is revoked\n` })
  expect((await keys(['list'])).out.split('\t')[2]).toBe('revoked')
  expect(await keys(['revoke', 'none'])).toMatchObject({ code: 1, err: 'weir: There is no key "none"\n' })
})

test('who tells a key instead of its id is not told the key', async () => {
  const { code, err } = await keys(['revoke', `inv-${'a'.repeat(64)}`])
  expect(code).toBe(1)
  expect(err).not.toContain('aaaa')
})

test('a key that exists elsewhere is taken over by its hash, once', async () => {
  const hash = 'AB'.repeat(32)
  expect(await keys(['create', '--sha256', hash])).toMatchObject({
    code: 0,
    out: '',
    err: expect.stringContaining('is known from now on'),
  })
  expect(await keys(['create', '--sha256', hash.toLowerCase()])).toMatchObject({
    code: 1,
    err: 'weir: This key is known already\n',
  })
})

test.each([
  [['--rights', 'push,write'], 2, '--rights knows no "write": there are push, read, gateway, rules, admin'],
  [['--expires', 'soon'], 2, '--expires must be a time from now, such as 90d, or a date that lies ahead'],
  [
    ['--expires', '2026-05-02'],
    2,
    '--expires must be a time from now, such as 90d, or a date that lies ahead',
  ],
  [
    ['--user', 'a/b'],
    1,
    'A username may have 1 to 100 letters, digits and @._-, and begins with a letter or digit',
  ],
  [['--project', 'a b'], 1, 'projects must be a list of 1 to 100 names of projects, or null for all of them'],
  [['--name', 'a\nb'], 1, 'The name of a key must be a text of 1 to 100 characters in one line'],
  [['--sha256', 'abc'], 1, 'hashed_key must be a sha-256 in 64 hexadecimal digits'],
] as const)('%j makes no key, and says why', async (flags, code, why) => {
  expect(await keys(['create', ...flags])).toMatchObject({ code, out: '', err: `weir: ${why}\n` })
  expect((await keys(['list'])).out).toBe('')
})
