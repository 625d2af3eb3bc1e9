import { afterAll, beforeAll, expect, test } from 'bun:test'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execute, root } from '../support/executable.ts'
import { until } from '../support/until.ts'

/**
 * Every command of the README, in its order, in a copy of the project and an empty home, and every address it shows.
 * Only ports and folders are replaced, by free ones, and `npx -y bun@1.4.5` by the Bun that runs this.
 */
const limitMs = 180_000
const readme = await Bun.file(join(root, 'README.md')).text()
const readmeAddress = '127.0.0.1:9347'
const copied = [
  ...['src', 'scripts', 'deploy', 'docs', 'test', 'README.md'],
  ...['package.json', 'bun.lock', 'bunfig.toml', 'tsconfig.json'],
]

/** What a command's output has in it, where it says something. */
const expected: readonly (readonly [command: RegExp, output: RegExp])[] = [
  [/^curl -N /, /data: \[DONE\]/],
  [/policy\/check/, /"args":\["x"\]/],
  [/rules check/, /4 files, 20 rules; nothing wrong/],
  [/rules test/, /cases: all hold/],
  [/rules run/, /trace judged, 0 findings/],
  [/traces list/, /demo/],
  [/traces export/, /^\{"id":/],
  [/weir merge/, /"content": "Hi"[\s\S]*ending   complete/],
  [/weir bench/, /streamed event, CPU/],
  [/weir cost last/, /human · demo/],
  [/weir cost totals/, /human/],
  [/weir check/, /openai:.* a key of its own/],
  [/run build/, /dist\/weir: \d+ MB/],
  [/run check/, /\n 0 fail\n/],
  [/^systemctl/, /enable --now weir/],
]
/** This is what runs now. */
const itself = 'npx -y bun@1.4.5 run test'

let home = ''
let host = ''
let server: Bun.Subprocess | null = null

/** All three providers, since the real ones are not to be called: it tells which path it was asked for. */
const provider = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request) => new Response(`${new URL(request.url).pathname}`),
})

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'weir-readme-'))
  const bin = join(home, 'bin')
  await mkdir(bin)
  await symlink(process.execPath, join(bin, 'bun'))
  await writeFile(join(bin, 'systemctl'), '#!/bin/sh\necho "$@"\n', { mode: 0o755 })
  for (const name of copied) await cp(join(root, name), join(home, 'weir', name), { recursive: true })
  const [configuration = '', prices = ''] = blocksOf('yaml')
  await Bun.write(join(home, 'weir/weir.yaml'), configuration)
  await Bun.write(join(home, 'prices.yaml'), prices)
  const url = `http://127.0.0.1:${provider.port}`
  const providers = { openai: { url: `${url}/v1` }, anthropic: { url }, gemini: { url } }
  const ledger = { prices: 'prices.yaml' }
  await Bun.write(join(home, 'local.yaml'), JSON.stringify({ listen: '127.0.0.1:0', providers, ledger }))
}, limitMs)

afterAll(async () => {
  await stop()
  await provider.stop(true)
  await rm(home, { recursive: true, force: true })
}, limitMs)

test(
  'every command of the README works',
  async () => {
    for (const command of commandsOf(blocksOf('sh'))) {
      if (command === itself) continue
      if (/ start$/.test(command)) await start(command)
      else await run(command)
    }
  },
  limitMs,
)

test('the README names the test command that CI runs', async () => {
  expect(commandsOf(blocksOf('sh'))).toContain(itself)
  expect(await Bun.file(join(root, '.ci/run')).text()).toContain(itself)
})

test('the addresses that the README gives to clients lead to their providers', async () => {
  const variables = blocksOf('sh')
    .join('')
    .matchAll(/^export (\w+)=(\S+)$/gm)
  const found: Record<string, string> = {}
  for (const [, name = '', url = ''] of variables) found[name] = await answerOf(url)
  expect(found).toEqual({
    OPENAI_BASE_URL: '/v1/models',
    ANTHROPIC_BASE_URL: '/models',
    GOOGLE_GEMINI_BASE_URL: '/models',
  })
  const codex = Bun.TOML.parse(blocksOf('toml').join(''))
  expect(codex).toMatchObject({ model_providers: { weir: { wire_api: 'responses' } } })
  expect(await answerOf(/base_url = "(.*)"/.exec(readme)?.[1] ?? '')).toBe('/v1/models')
})

test('the files and pages that the README leads to exist', async () => {
  const missing = []
  for (const [, path = ''] of readme.matchAll(/\]\((?!http)([^)]+)\)/g))
    if (!(await Bun.file(join(root, path)).exists())) missing.push(path)
  expect(missing).toEqual([])
  const page = await fetch(`http://${host}/`)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toContain('text/html')
})

test('the README counts every dependency', async () => {
  const { dependencies, devDependencies } = await Bun.file(join(root, 'package.json')).json()
  const table = readme.slice(readme.indexOf('| package'))
  const told = [...table.matchAll(/`([^`]+)`(?=.*\|.*\|)/g)].map(([, name]) => name)
  expect(told.toSorted()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).toSorted())
})

function blocksOf(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm')
  return [...readme.matchAll(fence)].map(([, text = '']) => text)
}

/** One a line, unless a line ends in a backslash. */
function commandsOf(blocks: readonly string[]): string[] {
  return blocks.flatMap((block) => block.split(/(?<!\\)\n/)).filter((command) => command !== '')
}

function here(command: string): string {
  return command
    .replace('npx -y bun@1.4.5', 'bun')
    .replaceAll(readmeAddress, host)
    .replaceAll(/ \/(?=usr\/local\/|etc\/)/g, ` ${home}/`)
}

function environment(): Record<string, string> {
  const { BUN_INSTALL_CACHE_DIR, PATH = '', HOME = '' } = process.env
  return {
    HOME: home,
    PATH: `${home}/bin:${PATH}`,
    WEIR_DATA: join(home, 'data'),
    // Only so that nothing is downloaded again.
    BUN_INSTALL_CACHE_DIR: BUN_INSTALL_CACHE_DIR ?? join(HOME, '.bun/install/cache'),
    OPENAI_API_KEY: 'sk-readme',
  }
}

async function start(command: string): Promise<void> {
  await stop()
  const child = Bun.spawn(['sh', '-c', `exec ${here(command)}`], {
    cwd: join(home, 'weir'),
    env: { ...environment(), WEIR_CONFIG: join(home, 'local.yaml') },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: Bun.file(join(home, 'log')),
    // A group of its own, to end all of it.
    detached: true,
  })
  server = child
  const url = await until(
    `${command} listens`,
    async () => /"url":"http:\/\/([^"]+)"/.exec(await Bun.file(join(home, 'log')).text())?.[1],
    60_000,
  )
  host = url
}

async function stop(): Promise<void> {
  if (server === null) return
  process.kill(-server.pid, 'SIGTERM')
  await server.exited
  await rm(join(home, 'log'))
  server = null
}

async function run(command: string): Promise<void> {
  const pattern = expected.find(([about]) => about.test(command))?.[1] ?? /(?:)/
  const options = { cwd: join(home, 'weir'), env: environment(), timeoutMs: 120_000 }
  // A trace is there a moment after its answer.
  const ran = await until(
    command,
    async () => {
      const { code, stdout, stderr } = await execute(['sh', '-c', here(command)], options)
      if (code !== 0) throw new Error(`${command}: ${stdout}${stderr}`)
      return pattern.test(stdout + stderr) && { code }
    },
    10_000,
  )
  expect(ran).toEqual({ code: 0 })
}

async function answerOf(url: string): Promise<string> {
  const response = await fetch(`${url.replace(readmeAddress, host)}/models`)
  return response.text()
}
