import type { Config } from '../config/schema.ts'
import { presetNames } from '../provider/schema.ts'
import { failed, type Command } from './command.ts'
import { loadPolicies } from './policies.ts'
import { countText, sizeText } from './quantity.ts'
import { tellProblems } from './serve.ts'
import { configFlags, loadSettings } from './settings.ts'
import type { World } from './world.ts'

/** Validates a configuration without starting anything, the files it names included. */
export const check: Command = {
  kind: 'command',
  summary: 'Validate a configuration: what is loaded, or every problem with its line',
  flags: configFlags,
  takes: [],
  examples: ['weir check', 'weir check --config /etc/weir/weir.yaml && systemctl reload weir'],
  run: async (given, world) => {
    const { file, loaded } = await loadSettings(given, world)
    if (loaded.kind === 'faulty') return tellProblems(loaded.problems, world)
    const policies = await loadPolicies(loaded.config, world)
    if (policies.kind === 'faulty') return tellProblems(policies.problems, world)
    tellProblems(policies.warnings, world)
    world.stdout(`${[...summary(file, loaded.config), ...ruleLines(loaded.config)].join('\n')}\n`)
    const missing = await missingFiles(loaded.config, world)
    for (const message of missing) world.stderr(`${file}: ${message}\n`)
    return missing.length === 0 ? 0 : failed
  },
}

function summary(file: string | null, config: Config): string[] {
  const { listen, providers, traces } = config
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host
  const open = config.insecure ? 'insecure' : 'no token needed here'
  const bounds = [
    traces.durable ? 'durable' : 'not durable',
    ...(traces.keepDays > 0 ? [`${traces.keepDays} days`] : []),
    ...(traces.keepBytes > 0 ? [sizeText(traces.keepBytes)] : []),
    ...(traces.keepCount > 0 ? [`${countText(traces.keepCount)} traces`] : []),
  ]
  const named = Object.keys(providers).filter((name) => !presetNames.some((preset) => preset === name))
  return [
    `file       ${file ?? 'none, defaults only'}`,
    `listen     ${host}:${listen.port}${config.tls === undefined ? '' : ' with TLS'}, ` +
      (config.token === undefined ? open : 'with a token'),
    `data       ${config.data}`,
    `traces     ${bounds.join(', ')}`,
    ...[...presetNames, ...named].map((name) => `provider   ${name}: ${describe(name, providers)}`),
  ]
}

function ruleLines({ rules, projects }: Config): string[] {
  const lines = (list: Config['rules'], where: string): string[] =>
    list.map(({ file, action, mode, on }) => `rule       ${file}: ${action}, ${mode}, ${on}${where}`)
  const named = Object.entries(projects).flatMap(([name, project]) =>
    lines(project.rules, `, project ${name}`),
  )
  return [...lines(rules, ''), ...named]
}

function describe(name: string, providers: Config['providers']): string {
  const provider = providers[name]
  const dialects = provider?.dialect === undefined ? [] : [provider.dialect].flat()
  return [
    ...dialects,
    withoutUser(provider?.url ?? 'built in'),
    keyText(name, provider?.key),
    ...(provider?.models === undefined ? [] : [`models ${provider.models.join(' ')}`]),
  ].join(', ')
}

function keyText(name: string, key: string | undefined): string {
  if (key !== undefined) return 'a key of its own'
  return name === 'demo' ? 'no key needed' : "the client's own key"
}

function withoutUser(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//***@')
}

/** Files that are named and cannot be read; what is in them is for the start to judge. */
async function missingFiles(config: Config, world: World): Promise<string[]> {
  const named: [key: string, path: string | undefined][] = [
    ['tls.cert', config.tls?.cert],
    ['tls.key', config.tls?.key],
    ...Object.entries(config.providers).flatMap(
      ([name, { ca, cert, certKey }]): [string, string | undefined][] => [
        [`providers.${name}.ca`, ca],
        [`providers.${name}.cert`, cert],
        [`providers.${name}.certKey`, certKey],
      ],
    ),
  ]
  const missing: string[] = []
  for (const [key, path] of named) {
    if (path === undefined || (await isReadable(path, world))) continue
    missing.push(`${key}: the file ${path} cannot be read`)
  }
  return missing
}

async function isReadable(path: string, world: World): Promise<boolean> {
  // What stands in the way, a missing file or a right, makes no difference here.
  return world.readText(path).then(
    (text) => text !== null,
    () => false,
  )
}
