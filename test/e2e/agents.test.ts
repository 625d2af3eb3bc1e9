import { beforeAll, expect, test } from 'bun:test'
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execute, root, startWeir, type Instance, type Ran } from '../support/executable.ts'

/**
 * Real coding agents, unchanged, in an empty home, against the demo provider through the executable. They are kept
 * under node_modules/.cache, where they are installed once (500 MB). Whatever they ask of the world outside goes to a
 * proxy that refuses it and says what it was.
 */
const limitMs = 120_000
const agents = join(root, 'node_modules/.cache/agents')
const codexScript = join(agents, 'node_modules/@openai/codex/bin/codex.js')
const geminiScript = join(agents, 'node_modules/@google/gemini-cli/bundle/gemini.js')
const question = 'What is a weir?'

beforeAll(async () => {
  await mkdir(agents, { recursive: true })
  for (const name of ['package.json', 'bun.lock'])
    await cp(join(root, 'test/e2e/agents', name), join(agents, name))
  const { code, stderr } = await execute([process.execPath, 'install', '--frozen-lockfile'], {
    cwd: agents,
    timeoutMs: 600_000,
  })
  if (code !== 0) throw new Error(`The agents could not be installed: ${stderr}`)
}, 600_000)

type Agent = Disposable & {
  readonly run: (...command: readonly string[]) => Promise<Ran>
  /** The hosts outside that it asked for. */
  readonly asked: readonly string[]
}

/** In the instance's folder, which is its home, with `work` to work in. */
async function agentOf({ folder }: Instance, environment: Readonly<Record<string, string>>): Promise<Agent> {
  const asked: string[] = []
  const proxy = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data: (socket, bytes) => {
        asked.push(bytes.toString().split('\r\n')[0] ?? '')
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
      },
    },
  })
  const address = `http://127.0.0.1:${proxy.port}`
  const proxies = { HTTPS_PROXY: address, HTTP_PROXY: address, NO_PROXY: '127.0.0.1' }
  const work = join(folder, 'work')
  await mkdir(work, { recursive: true })
  const place = { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder, TERM: 'dumb' }
  const env = { ...place, ...proxies, ...environment }
  const runtime = Bun.which('node') ?? process.execPath
  return {
    run: (...command) => execute([runtime, ...command], { cwd: work, env, timeoutMs: 60_000 }),
    asked,
    [Symbol.dispose]: () => proxy.stop(true),
  }
}

type Aim = { readonly model: string; readonly base: string }

async function codexOf(weir: Instance, { model, base }: Aim): Promise<Agent> {
  const config = `
    model = "${model}"
    model_provider = "weir"
    check_for_update_on_startup = false
    [model_providers.weir]
    name = "Weir"
    base_url = "${weir.url}${base}"
    wire_api = "responses"
    [features]
    plugins = false
    [analytics]
    enabled = false
  `
  await Bun.write(join(weir.folder, '.codex/config.toml'), config)
  return agentOf(weir, {})
}

test(
  'codex exec gets its answer, and the trace holds what it printed',
  async () => {
    await using weir = await startWeir()
    using codex = await codexOf(weir, { model: 'fast', base: '/demo/v1' })
    const { code, stdout, stderr } = await codex.run(codexScript, 'exec', '--skip-git-repo-check', question)
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stdout).toContain(question)
    const trace = await weir.onlyTrace()
    expect(trace).toMatchObject({ outcome: 'answered', dialect: 'openai-responses', stream: true })
    expect(JSON.stringify(trace.reply)).toContain(JSON.stringify(stdout.trim()).slice(1, -1))
    expect(codex.asked).toEqual([])
  },
  limitMs,
)

test(
  'codex exec, by model, runs the command that it is told to, and tells the result',
  async () => {
    await using weir = await startWeir()
    using codex = await codexOf(weir, { model: 'demo/fast', base: '/v1' })
    const free = '--dangerously-bypass-approvals-and-sandbox'
    const asked = 'Please run a command'
    const { code, stdout } = await codex.run(codexScript, 'exec', '--skip-git-repo-check', free, asked)
    expect(code).toBe(0)
    expect(stdout).toContain('hello from weir')
    const [last, first] = await weir.kept(2)
    expect(JSON.stringify(first?.reply)).toContain('function_call')
    expect(JSON.stringify(last?.['request'])).toContain('hello from weir')
    expect([first?.outcome, last?.outcome]).toEqual(['answered', 'answered'])
  },
  limitMs,
)

async function geminiOf(weir: Instance, base: string): Promise<Agent> {
  const settings = {
    // Without it the CLI takes GOOGLE_GEMINI_BASE_URL for a sign-in of its own and refuses to run without a terminal.
    security: { auth: { selectedType: 'gemini-api-key' } },
    privacy: { usageStatisticsEnabled: false },
    general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
  }
  await Bun.write(join(weir.folder, '.gemini/settings.json'), JSON.stringify(settings))
  return agentOf(weir, {
    GOOGLE_GEMINI_BASE_URL: weir.url + base,
    GEMINI_API_KEY: 'demo-key',
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  })
}

function ask(model: string, prompt: string): string[] {
  return [geminiScript, '-m', model, '--output-format', 'json', '-p', prompt]
}

test(
  'the Gemini CLI gets its answer, and the trace holds what it printed',
  async () => {
    await using weir = await startWeir()
    using gemini = await geminiOf(weir, '/demo')
    const { code, stdout, stderr } = await gemini.run(...ask('fast', question))
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const { response }: { response: string } = JSON.parse(stdout)
    expect(response).toContain(question)
    const trace = await weir.onlyTrace()
    expect(trace).toMatchObject({ outcome: 'answered', dialect: 'gemini', stream: true })
    expect(JSON.stringify(trace.reply)).toContain(JSON.stringify(response).slice(1, -1))
    expect(gemini.asked).toEqual([])
  },
  limitMs,
)

test(
  'the Gemini CLI, by model, uses the tool that it is told to, and tells the result',
  async () => {
    await using weir = await startWeir()
    using gemini = await geminiOf(weir, '')
    await Bun.write(join(weir.folder, 'work/otter.txt'), 'An otter')
    const { code, stdout, stderr } = await gemini.run(
      ...ask('demo/fast', 'Use the tool list_directory'),
      '-y',
    )
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const { response }: { response: string } = JSON.parse(stdout)
    expect(response).toContain('The tool answered')
    const [last, first] = await weir.kept(2)
    expect(JSON.stringify(first?.reply)).toContain('"functionCall":{"name":"list_directory"')
    expect(JSON.stringify(last?.['request'])).toContain('functionResponse')
    expect([first?.outcome, last?.outcome]).toEqual(['answered', 'answered'])
  },
  limitMs,
)
