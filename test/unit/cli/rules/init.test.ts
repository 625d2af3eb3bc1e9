import { expect, test } from 'bun:test'
import { starter } from '../../../../src/cli/rules/starter.ts'
import { play } from '../world.ts'
import { filesOf } from './files.ts'

test('the starter set is written, and its own cases hold', async () => {
  const world = filesOf({})
  const { code, out } = await play(['rules', 'init'], world)
  expect(code).toBe(0)
  expect(out.trimEnd().split('\n')).toEqual([...world.files.keys()].map((path) => path.slice('/srv/'.length)))
  expect(out).toStartWith('rules/destructive.gr\n')
  expect(await play(['rules', 'check', 'rules', '--strict'], world)).toMatchObject({
    code: 0,
    out: '4 files, 20 rules; nothing wrong\n',
  })
  expect(await play(['rules', 'test', 'rules'], world)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^4 files, \d+ cases: all hold\n$/),
    err: '',
  })
})

test('each rule of the set fires in one of its cases, and each file has a case in which none does', async () => {
  for (const { name, text } of starter.filter(({ name }) => name.endsWith('.gr'))) {
    const cases = starter.find((each) => each.name === name.replace('.gr', '.test.yaml'))?.text ?? ''
    const messages = [...text.matchAll(/^raise "(.*)" if:$/gm)].map(([, message = '']) => message)
    expect(messages.length).toBeGreaterThan(0)
    expect(messages.filter((message) => !cases.includes(message))).toEqual([])
    expect(cases).toContain('expect: none')
  }
})

test('a file that is there stays as it is', async () => {
  const world = filesOf({ 'own/secrets.gr': 'mine' })
  const played = await play(['rules', 'init', '--into', 'own'], world)
  expect(played).toMatchObject({ code: 0, err: 'own/secrets.gr is there already and stays as it is\n' })
  expect(world.files.get('/srv/own/secrets.gr')).toBe('mine')
  expect((await play(['rules', 'init', '--into', 'own'], world)).code).toBe(1)
})

test('the names of the set are those of its files', async () => {
  const folder = new URL('../../../../src/cli/rules/starter', import.meta.url).pathname
  const files = await Array.fromAsync(new Bun.Glob('*').scan(folder))
  expect(starter.map(({ name }) => name)).toEqual(files.sort())
})
