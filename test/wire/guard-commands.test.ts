import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { asking, reason, type Asked } from '../support/guard/detecting.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'

/** Detectors that run programs: what these get, what they may not do, and what is left of them. */
function scanning(script: string, settings: object = {}): Asked {
  return asking('semgrep', { command: ['/bin/sh', '-c', script, 'sh', '{file}', '{lang}'], ...settings })
}

function reading(script: string, settings: object = {}): Asked {
  return asking('ocr', { command: ['/bin/sh', '-c', script], ...settings })
}

const png = `data:image/png;base64,${Buffer.from('89504e470d0a1a0a0000', 'hex').toString('base64')}`
const python = { lang: 'python' }
const told = (words: string): string =>
  `printf '{"results":[{"extra":{"message":"%s","severity":"INFO"}}]}' "${words}"`

async function words(asked: Asked, text = 'eval(x)'): Promise<unknown> {
  const [found] = await asked([text], python)
  return found?.value
}

test('a program gets the code as a file with the right ending, which nobody else can read', async () => {
  const scan = scanning(told('$(cat "$1") $2 $(basename "$1") $(ls -l "$1" | cut -c1-10)'))
  expect(await words(scan)).toEqual([{ description: 'eval(x) python input.py -rw-------', severity: 'info' }])
})

test('without a file it comes by the standard input, whole', async () => {
  const image = new Uint8Array(500_000)
  image.set(Buffer.from('89504e470d0a1a0a', 'hex'))
  const [found] = await reading('wc -c')([`data:image/png;base64,${Buffer.from(image).toString('base64')}`])
  expect(String(found?.value).trim()).toBe('500000')
})

test('a program that reads nothing of a large input is no failure', async () => {
  const image = new Uint8Array(5_000_000)
  image.set(Buffer.from('89504e470d0a1a0a', 'hex'))
  const [found] = await reading('echo words')([
    `data:image/png;base64,${Buffer.from(image).toString('base64')}`,
  ])
  expect(found?.value).toBe('words')
})

test('arguments are no shell: what is in the code is never run', async () => {
  const command = ['/bin/echo', '[{"description": "$(id) `id` {lang} {other} ; id"}]', '{lang}']
  const scan = asking('semgrep', { command: command.slice(0, 2) })
  expect(await words(scan, '$(touch canary)')).toEqual([
    { description: '$(id) `id` python {other} ; id', severity: 'info' },
  ])
})

test('its environment is next to nothing, and its folder its own, which is gone afterwards', async () => {
  const [found] = await reading('env | cut -d= -f1 | sort; pwd; echo "$HOME"; echo "$MORE"', {
    env: { MORE: 'canary' },
  })([png])
  const lines = String(found?.value)
    .split(' ')
    .filter((line) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(line))
  expect(lines.slice(0, 5)).toEqual(['HOME', 'LANG', 'MORE', 'PATH', 'TMPDIR'])
  const [folder = '', home, more] = lines.slice(5)
  expect([home, more]).toEqual([folder, 'canary'])
  expect(folder).toContain('weir-detector-')
  expect(existsSync(folder)).toBe(false)
})

test('what it left in its folder goes too', async () => {
  const scan = scanning(`mkdir -p a/b && echo x > a/b/c && ${told('$(pwd)')}`)
  const found = await words(scan)
  const [issue] = Array.isArray(found) ? found : []
  expect(existsSync(String(issue.description))).toBe(false)
})

test.each([
  ['ended with a code', 'exit 2', 'it ended with code 2'],
  ['ended with 1 and without an answer', 'exit 1', 'its answer is no list of results'],
  ['printed something else', 'echo canary', 'its answer is no list of results'],
  ['was killed', 'kill -9 $$', 'it was ended by SIGKILL'],
  ['complained', 'echo canary >&2; exit 7', 'it ended with code 7'],
])('a program that %s is a failure that tells nothing of the code', async (_, script, message) => {
  expect(await reason(words(scanning(script)))).toBe(message)
})

test('semgrep ends with 1 where it found something and is told to', async () => {
  expect(await words(scanning(`${told('found')}; exit 1`))).toEqual([
    { description: 'found', severity: 'info' },
  ])
})

test('a program that is not there is a failure', async () => {
  for (const command of [['no-such-program-of-weir'], ['/no/such/program'], ['/etc/passwd']]) {
    expect(await reason(words(asking('semgrep', { command })))).toMatch(
      /^its command could not be started \(\w+\)$/,
    )
  }
})

test('a program that prints without end is ended at the bound', async () => {
  expect(await reason(words(scanning('yes', { maxResponseBytes: 100_000 })))).toBe(
    'it printed more than 100000 bytes',
  )
})

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** The process of that id runs: one that nobody has waited for yet does not. */
function isRunning(id: number): boolean {
  try {
    process.kill(id, 0)
  } catch {
    return false
  }
  const status = `/proc/${id}/stat`
  return !existsSync(status) || !/\) [ZX] /.test(readFileSync(status, 'utf8'))
}

test('past its time a program is ended, with all that it started', async () => {
  using folder = createFolder()
  const file = join(folder.path, 'ids')
  const scan = scanning('sleep 300 & echo $! $$ > "$IDS"; sleep 300', { timeoutMs: 1000, env: { IDS: file } })
  expect(await reason(words(scan))).toBe('it did not answer within 1000 ms')
  const ids = readFileSync(file, 'utf8').trim().split(' ').map(Number)
  expect(ids).toHaveLength(2)
  await until('the end of all of them', () => !ids.some(isRunning))
})

test('what a program leaves running is ended, and does not hold its answer back', async () => {
  using folder = createFolder()
  const file = join(folder.path, 'ids')
  const scan = scanning(`sleep 300 & echo $! > "$IDS"; ${told('done')}`, {
    timeoutMs: 5000,
    env: { IDS: file },
  })
  expect(await words(scan)).toEqual([{ description: 'done', severity: 'info' }])
  const id = Number(readFileSync(file, 'utf8'))
  await until('its end', () => !isRunning(id))
})

test.skipIf(Bun.which('setsid') === null)(
  'one that left its group is not waited for past the time',
  async () => {
    using folder = createFolder()
    const file = join(folder.path, 'ids')
    const script = 'setsid sh -c \'echo $$ $(pwd) > "$IDS"; sleep 300\' & sleep 0.2; echo done'
    const found = reason(words(scanning(script, { timeoutMs: 500, env: { IDS: file } })))
    const [, id, own = ''] = await until('its beginning', () => /^(\d+) (\S+)\n$/.exec(textOf(file)))
    try {
      expect(await found).toBe('it did not answer within 500 ms')
      await until('the end of its folder', () => !existsSync(own))
    } finally {
      process.kill(-Number(id), 'SIGKILL')
    }
  },
)

test('who gives up ends the program', async () => {
  using folder = createFolder()
  const file = join(folder.path, 'ids')
  const leaving = new AbortController()
  const found = reason(
    scanning('echo $$ > "$IDS"; sleep 300', { env: { IDS: file } })(['a'], python, leaving.signal),
  )
  const id = await until('its beginning', () => Number(textOf(file)) || null)
  leaving.abort(new Error('enough'))
  expect(await found).toBe('enough')
  await until('its end', () => !isRunning(id))
})

test('no more programs run at once than the configuration says', async () => {
  using folder = createFolder()
  const script = `mkdir "$RUN/$$"; sleep 0.02; printf '[{"description":"%s"}]' "$(ls "$RUN" | wc -l)"; rmdir "$RUN/$$"`
  const scan = scanning(script, { maxConcurrent: 2, env: { RUN: folder.path } })
  const found = await scan(['a', 'b', 'c', 'd', 'e', 'f'], python)
  const most = found
    .flatMap(({ value }) => (Array.isArray(value) ? value : []))
    .map(({ description }) => Number(description))
  expect(most).toHaveLength(6)
  expect(Math.max(...most)).toBe(2)
})
