import { afterEach, expect, test } from 'bun:test'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { createAuthority } from '../support/certificates.ts'
import { watchWeir, weir } from '../support/command.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startChild, type Child } from '../support/child.ts'
import type { Settings } from '../support/weir.ts'

/** The life of `weir serve` as a user and a service manager see it: refused, started, told something new, ended. */
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

function folderOf(): string {
  const folder = createFolder()
  ends.push(async () => folder[Symbol.dispose]())
  return folder.path
}

async function start(settings: Settings = {}, folder = folderOf()): Promise<Child> {
  const child = await startChild(settings, { folder })
  ends.push(async () => {
    child.process.kill('SIGKILL')
    await child.process.exited
  })
  return child
}

type Line = { readonly level: string; readonly event: string; readonly [key: string]: unknown }

/** What was logged under this name, as soon as there is so much of it. */
function logged({ log }: Child, event: string, count = 1): Promise<Line[]> {
  return until(`${event} in the log`, () => {
    const lines = log().split('\n').slice(0, -1)
    const found = lines.map((line): Line => JSON.parse(line)).filter((line) => line.event === event)
    return found.length >= count ? found : null
  })
}

async function modelsOf({ url }: Child): Promise<number> {
  return (await fetch(`${url}/local/v1/models`)).status
}

test('a configuration with faults is refused with file, line, key and value, by serve and by check', async () => {
  const folder = folderOf()
  const file = join(folder, 'weir.yaml')
  writeFileSync(file, 'log: loud\ntimeouts:\n  idleMs: soon\nlisten: 127.0.0.1:0\nprovidrs: {}\n')
  const both = await Promise.all([weir(['serve'], { folder }), weir(['check'], { folder })])
  for (const { code, stdout, stderr } of both) {
    const lines = stderr.trimEnd().split('\n')
    expect({ code, stdout, count: lines.length }).toEqual({ code: 1, stdout: '', count: 3 })
    expect(lines[0]).toMatch(/weir\.yaml:1: log: .*"loud"/)
    expect(lines[1]).toMatch(/weir\.yaml:3: timeouts\.idleMs: .*"soon"/)
    expect(lines[2]).toMatch(/weir\.yaml:5: providrs: .*providers/)
  }
  writeFileSync(file, 'log: debug\n')
  const sound = await weir(['check'], { folder })
  expect(sound).toMatchObject({ code: 0, stderr: '' })
  expect(sound.stdout).toContain(`file       ${file}\n`)
})

test('where others can reach it, Weir starts with a token, or when it is told that this is meant', async () => {
  const folder = folderOf()
  const refused = await weir(['serve', '--listen', '0.0.0.0:0'], { folder })
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/token: is missing: others can reach 0\.0\.0\.0/)
  const anyway = watchWeir(['serve', '--listen', '0.0.0.0:0', '--insecure'], { folder })
  const environment = { WEIR_TOKEN: 'a-token-of-some-length', WEIR_DATA: join(folder, 'other') }
  const guarded = watchWeir(['serve', '--listen', '0.0.0.0:0'], { folder, environment })
  for (const { err, signal, exited } of [anyway, guarded]) {
    await until('Weir to listen', () => err().includes('"listening"'))
    signal('SIGTERM')
    expect(await exited).toBe(0)
  }
})

test('a port that is taken, or a certificate that is not there, is told in one line', async () => {
  const { url, folder } = await start()
  const other = { folder: folderOf() }
  const taken = await weir(['serve', '--listen', new URL(url).host], other)
  expect(taken).toMatchObject({ code: 1, stdout: '' })
  expect(taken.stderr).toMatch(/^weir: .*in use\?\n$/)
  writeFileSync(join(other.folder, 'weir.yaml'), 'listen: 0\ntls: {cert: none.pem, key: none.key}\n')
  const missing = await weir(['serve'], other)
  expect(missing.code).toBe(1)
  expect(missing.stderr).toMatch(/^weir: [^\n]*none\.pem[^\n]*\n$/)
  expect(folder).not.toBe(other.folder)
})

test('a changed file is in force by itself, and by SIGHUP; one with a fault changes nothing', async () => {
  const child = await start()
  const providers = { local: { dialect: 'openai-chat', url: 'http://127.0.0.1:1' } }
  expect(await modelsOf(child)).toBe(404)
  child.configure({ providers })
  await logged(child, 'reloaded')
  // There is such a provider now, and nobody listens where it should be.
  expect(await modelsOf(child)).toBe(502)

  child.process.kill('SIGHUP')
  await logged(child, 'reloaded', 2)

  child.configure({ providers: {}, log: 'loud' })
  const [failed] = await logged(child, 'reload-failed')
  expect(failed?.['why']).toMatch(/weir\.yaml:1: log: .*"loud"/)
  expect(await modelsOf(child)).toBe(502)
}, 10_000)

test('what needs a restart is told in one line and stays, and the level of the log changes at once', async () => {
  const child = await start()
  child.configure({ traces: { keepDays: 1 }, data: '/nowhere', log: 'warn' })
  const [told, second] = await logged(child, 'needs-restart')
  expect({ level: told?.level, keys: told?.['keys'] }).toEqual({
    level: 'warn',
    keys: 'data, traces.keepDays',
  })
  expect(second).toBeUndefined()
  await (await fetch(`${child.url}/demo/v1/models`)).arrayBuffer()
  child.configure({ log: 'loud' })
  await logged(child, 'reload-failed')
  expect(child.log()).not.toContain('"exchange"')
  expect((await child.traces()).length).toBe(1)
}, 10_000)

test('a certificate that is renewed on the disk is shown by itself', async () => {
  const folder = folderOf()
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const { sign } = createAuthority(folder)
  const [one, two] = [sign('one.test'), sign('two.test')]
  copyFileSync(one.cert, files.cert)
  copyFileSync(one.key, files.key)
  const child = await start({ tls: files }, folder)
  expect(await nameShownBy(child)).toBe('one.test')
  copyFileSync(two.cert, files.cert)
  const [refused] = await logged(child, 'certificate-refused')
  expect(refused?.['why']).toContain('is not that of the certificate')
  expect(await nameShownBy(child)).toBe('one.test')
  copyFileSync(two.key, files.key)
  await logged(child, 'certificate-read')
  await until('the new certificate', async () => (await nameShownBy(child)) === 'two.test')
}, 10_000)

test('a private authority is named by a variable, which a command says that needs it', async () => {
  const folder = folderOf()
  const authority = createAuthority(folder)
  const child = await start({ tls: authority.sign('one.test') }, folder)
  const list = (environment: Readonly<Record<string, string>>) =>
    weir(['traces', 'list', '--url', child.url], { folder: folderOf(), environment })
  const refused = await list({})
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('$NODE_EXTRA_CA_CERTS')
  expect(await list({ NODE_EXTRA_CA_CERTS: authority.ca })).toMatchObject({ code: 0, stderr: '' })
}, 10_000)

function nameShownBy({ url }: Child): Promise<string> {
  const port = Number(new URL(url).port)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject?.CN))
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

test('the first signal lets answers end, the second ends Weir at once', async () => {
  const child = await start()
  const messages = [{ role: 'user', content: 'Hello' }]
  const body = JSON.stringify({ model: 'demo/slow', stream: true, messages })
  const headers = { 'content-type': 'application/json' }
  const answer = fetch(`${child.url}/v1/chat/completions`, { method: 'POST', headers, body }).then(
    () => 'answered',
    () => 'cut',
  )
  await until('the exchange to run', async () => (await child.metric('weir_open_exchanges')) === 1)
  child.process.kill('SIGINT')
  await logged(child, 'stopping')
  expect(child.process.exitCode).toBeNull()
  child.process.kill('SIGTERM')
  expect(await child.process.exited).toBe(130)
  expect(await answer).toBe('cut')
}, 10_000)

test('a follower waits for a store that is not there yet, and ends in order when it is told to', async () => {
  const folder = folderOf()
  const following = watchWeir(['traces', 'follow', '--data', folder], { folder })
  await until('it to say where it waits', () => following.err() !== '')
  expect(following.err()).toBe(`There are no traces yet: ${join(folder, 'traces.sqlite')} is not there\n`)
  following.signal('SIGTERM')
  expect(await following.exited).toBe(0)
})
