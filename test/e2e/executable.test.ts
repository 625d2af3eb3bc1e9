import { expect, test } from 'bun:test'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execute, executable, startWeir } from '../support/executable.ts'

/** `dist/weir` alone: everything it needs is inside, whatever folder it is started in. */
const limitMs = 30_000

type Question = { method: string; headers: Record<string, string>; body: string }

function question(model: string, stream = false): Question {
  const body = JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Hello' }] })
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body }
}

test(
  'the executable works without its sources: it answers, and its worker keeps what was said',
  async () => {
    await using weir = await startWeir()
    const response = await fetch(`${weir.url}/v1/chat/completions`, question('demo/fast'))
    expect(response.status).toBe(200)
    const reply: unknown = await response.json()
    const trace = await weir.onlyTrace()
    expect(trace).toMatchObject({ outcome: 'answered', status: 200, model: 'fast', reply })
    const { stdout, code } = await weir.run('traces', 'list')
    expect(code).toBe(0)
    expect(stdout).toContain(trace.id)
  },
  limitMs,
)

test(
  'it becomes itself once more, under the same id and with the same arguments',
  async () => {
    await using weir = await startWeir()
    const environment = (await readFile(`/proc/${weir.pid}/environ`, 'utf8')).split('\0')
    expect(environment).toContain('BUN_CONFIG_MAX_HTTP_REQUESTS=65535')
    expect(environment).toContain('MIMALLOC_PURGE_DELAY=250')
    const command = (await readFile(`/proc/${weir.pid}/cmdline`, 'utf8')).split('\0').slice(0, -1)
    const serve = ['serve', '--listen', '127.0.0.1:0', '--data', join(weir.folder, 'data')]
    expect(command).toEqual([await executable(), ...serve])
  },
  limitMs,
)

test(
  '1,000 streams at once are all with the provider before the first one ends',
  async () => {
    const count = 1_000
    const everybody = Promise.withResolvers<void>()
    let arrived = 0
    await using provider = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: async () => {
        if (++arrived === count) everybody.resolve()
        // Were one of them queued, nobody would ever be answered.
        await everybody.promise
        return new Response('data: [DONE]\n\n', { headers: { 'content-type': 'text/event-stream' } })
      },
    })
    const config = `providers: { many: { dialect: openai-chat, url: "http://127.0.0.1:${provider.port}" } }`
    await using weir = await startWeir({ config })
    const answers = await Promise.all(Array.from({ length: count }, () => rawPost(weir.url, 'many/m')))
    expect(new Set(answers)).toEqual(new Set(['HTTP/1.1 200 OK']))
  },
  limitMs,
)

/** The first line of the answer; a bare socket, because `fetch` in this process would queue past 256. */
function rawPost(url: string, model: string): Promise<string> {
  const { host, hostname, port } = new URL(url)
  const { body } = question(model)
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n`
  const told = Promise.withResolvers<string>()
  let text = ''
  void Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      open: (socket) => void socket.write(`${head}content-length: ${body.length}\r\n\r\n${body}`),
      data: (_, bytes) => void (text += bytes.toString()),
      close: () => told.resolve(text.slice(0, text.indexOf('\r\n'))),
      error: (_, error) => told.reject(error),
    },
  }).catch(told.reject)
  return told.promise
}

test(
  'told to stop, it lets a running answer finish, keeps it, and exits with 0',
  async () => {
    await using weir = await startWeir()
    const response = await fetch(`${weir.url}/demo/v1/chat/completions`, question('human', true))
    weir.signal('SIGTERM')
    expect(await response.text()).toEndWith('data: [DONE]\n\n')
    expect(await weir.exited).toBe(0)
    expect(await weir.traces()).toMatchObject([{ outcome: 'answered' }])
  },
  limitMs,
)

test(
  'a .env or bunfig.toml where it is started changes nothing',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'weir-test-'))
    await writeFile(join(folder, '.env'), 'WEIR_LISTEN=127.0.0.1:1\n')
    await writeFile(join(folder, 'bunfig.toml'), 'preload = ["./missing.ts"]\n')
    const { code, stdout } = await execute([await executable(), 'check'], {
      cwd: folder,
      env: { HOME: folder },
    })
    await rm(folder, { recursive: true })
    expect(code).toBe(0)
    expect(stdout).toContain('127.0.0.1:9347')
  },
  limitMs,
)

test(
  'it judges for others, and the starter rules are inside it',
  async () => {
    await using weir = await startWeir()
    const policy = 'raise "x" if:\n    (m: Message)\n    "sesame" in m.content\n'
    const body = JSON.stringify({ messages: [{ role: 'user', content: 'sesame' }], policies: [policy] })
    const judged = await fetch(`${weir.url}/api/v1/policy/check/batch`, { method: 'POST', body })
    expect(await judged.json()).toMatchObject({
      result: [{ errors: [{ args: ['x'] }], error_message: null }],
    })
    const run = (...list: string[]) =>
      executable().then((file) => execute([file, ...list], { cwd: weir.folder }))
    expect((await run('rules', 'init')).code).toBe(0)
    expect((await run('rules', 'test', 'rules')).stdout).toMatch(/^4 files, \d+ cases: all hold\n$/)
  },
  limitMs,
)
