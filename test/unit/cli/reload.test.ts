import { afterEach, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createReloading, type Reloading } from '../../../src/cli/reload.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { emptyBook, type Book } from '../../../src/judge/given.ts'
import type { Config } from '../../../src/config/schema.ts'
import { createFolder } from '../../support/traces.ts'
import { until } from '../../support/until.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

type Options = {
  readonly reload?: (config: Config, book?: Book) => void
  /** Beside the configuration. */
  readonly files?: Readonly<Record<string, string>>
  readonly readText?: () => Promise<string | null>
}

/** Weir as it was started with this text, which is what it reads again until something else is said. */
async function started(text: string, options: Options = {}) {
  const folder = createFolder()
  const file = join(folder.path, 'weir.yaml')
  writeFileSync(file, text)
  const environment = { HOME: folder.path }
  const files: Record<string, string> = { ...options.files }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text)
  const loaded = loadConfig(text, file, environment)
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.problems))
  const said = { now: text as string | null }
  const lines: string[] = []
  const levels: string[] = []
  const reloading: Reloading = await createReloading(
    { config: loaded.config, file, overrides: {}, book: emptyBook },
    {
      running: { reload: options.reload ?? (() => undefined), renew: () => undefined },
      world: {
        readText:
          options.readText ??
          (async (path: string) => (path === file ? said.now : (files[basename(path)] ?? null))),
        environment,
      },
      setLevel: (level) => void levels.push(level),
      log: (level, event, fields = {}) =>
        void lines.push([level, event, ...Object.values(fields)].join(' ').replaceAll(folder.path, '')),
    },
  )
  ends.push(() => {
    reloading.stop()
    folder[Symbol.dispose]()
  })
  return { reloading, said, lines, levels, files, folder: folder.path }
}

test('what is read again is in force, with its level of the log', async () => {
  const { reloading, said, lines, levels } = await started('log: info')
  said.now = 'log: debug\nkeepAliveMs: 5\n'
  await reloading.reload()
  expect(reloading.config()).toMatchObject({ log: 'debug', keepAliveMs: 5 })
  expect(levels).toEqual(['debug'])
  expect(lines).toEqual(['info reloaded /weir.yaml'])
})

test('what needs a restart is told in one line, and the rest is in force', async () => {
  const { reloading, said, lines } = await started('')
  said.now = 'keepAliveMs: 5\nlisten: 127.0.0.1:1\ntraces: {keepDays: 1}\n'
  await reloading.reload()
  expect(reloading.config().keepAliveMs).toBe(5)
  expect(lines).toEqual(['info reloaded /weir.yaml', 'warn needs-restart listen, traces.keepDays'])
})

test('a file with faults changes nothing, and every fault is told with its line', async () => {
  const { reloading, said, lines, levels } = await started('')
  said.now = 'keepAliveMs: 5\nlog: loud\nlisen: 1\n'
  await reloading.reload()
  expect(reloading.config().keepAliveMs).toBe(0)
  expect(levels).toEqual([])
  expect(lines.length).toBe(2)
  expect(lines[0]).toStartWith('error reload-failed /weir.yaml:2: log:')
  expect(lines[1]).toStartWith('error reload-failed /weir.yaml:3: lisen:')
})

test('a file that has gone changes nothing', async () => {
  const { reloading, said, lines } = await started('')
  said.now = null
  await reloading.reload()
  expect(lines).toEqual(['error reload-failed There is no file /weir.yaml'])
})

test('what cannot be put in force is told, and the last configuration stays', async () => {
  const reload = () => {
    throw new Error('no such file: ca.pem')
  }
  const { reloading, said, lines, levels } = await started('', { reload })
  said.now = 'log: debug'
  await reloading.reload()
  expect(lines).toEqual(['error reload-failed no such file: ca.pem'])
  expect([reloading.config().log, levels]).toEqual(['info', []])
})

test('of two at once the one who read last decides, whoever came back last', async () => {
  const reads: PromiseWithResolvers<string | null>[] = []
  const readText = () => {
    const read = Promise.withResolvers<string | null>()
    reads.push(read)
    return read.promise
  }
  const { reloading, lines } = await started('', { readText })
  const both = [reloading.reload(), reloading.reload()]
  reads[1]?.resolve('keepAliveMs: 2')
  reads[0]?.resolve('keepAliveMs: 1')
  await Promise.all(both)
  expect(reloading.config().keepAliveMs).toBe(2)
  expect(lines.length).toBe(1)
})

test('without a file there is nothing to read again', async () => {
  const lines: string[] = []
  const loaded = loadConfig('', '/weir.yaml', { HOME: '/home/ada' })
  if (loaded.kind === 'faulty') throw new Error('defaults are sound')
  const reloading = await createReloading(
    { config: loaded.config, file: null, overrides: {}, book: emptyBook },
    {
      running: { reload: () => undefined, renew: () => undefined },
      world: { readText: async () => 'log: debug', environment: {} },
      setLevel: () => undefined,
      log: (_, event) => void lines.push(event),
    },
  )
  await reloading.reload()
  reloading.stop()
  expect(lines).toEqual(['nothing-to-reload'])
})

test('a file that cannot be read is told, and changes nothing', async () => {
  const readText = () => Promise.reject(new Error('EISDIR: it is a folder'))
  const { reloading, lines } = await started('keepAliveMs: 5', { readText })
  await reloading.reload()
  expect(lines).toEqual(['error reload-failed EISDIR: it is a folder'])
  expect(reloading.config().keepAliveMs).toBe(5)
})

const words = 'raise "no" if:\n  (m: Message)\n  "x" in m.content\n'

test('a policy that changes is in force, and one with a mistake changes nothing', async () => {
  const books: Book[] = []
  const { reloading, said, lines, files } = await started('rules: [{file: a.policy}]', {
    files: { 'a.policy': words },
    reload: (_config, book = emptyBook) => void books.push(book),
  })
  const before = said.now
  files['a.policy'] = `${words}# more\n`
  await reloading.reload()
  expect(books.map(({ all }) => all.map(({ text }) => text))).toEqual([[`${words}# more\n`]])
  files['a.policy'] = 'raise "no" if:\n  (m: Massage'
  await reloading.reload()
  expect(books).toHaveLength(1)
  expect(lines.at(-1)).toStartWith('error reload-failed /a.policy:2:')
  said.now = before
})

test('a change of the policy itself is noticed', async () => {
  const books: Book[] = []
  const { folder } = await started('rules: [{file: a.policy}]', {
    files: { 'a.policy': words },
    reload: (_config, book = emptyBook) => void books.push(book),
  })
  writeFileSync(join(folder, 'a.policy'), `${words}# changed\n`)
  await until('a reload', () => books.length > 0)
})
