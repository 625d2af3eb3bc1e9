import { problemText, type Problem } from '../config/problem.ts'
import type { Config } from '../config/schema.ts'
import { isLoopback } from '../config/server.ts'
import { failed, type Command } from './command.ts'
import { loadPolicies } from './policies.ts'
import { configFlags, loadSettings } from './settings.ts'
import type { World } from './world.ts'

/** Runs the gateway, if its configuration has no fault. */
export const serve: Command = {
  kind: 'command',
  summary: 'Run the gateway',
  flags: {
    ...configFlags,
    listen: { value: 'HOST:PORT', help: 'Where to listen; else $WEIR_LISTEN, else the configuration' },
    data: { value: 'DIR', help: 'Folder of the traces; else $WEIR_DATA, else the configuration' },
    token: {
      value: 'TOKEN',
      help: 'Guards /api and the explorer; better in $WEIR_TOKEN, where ps cannot see it',
    },
    'like-invariant': {
      help: "Be where Invariant's gateway was: port 8005, else $PORT; clients are told the rule",
    },
    insecure: { help: 'Listen on an address that others reach although there is no token' },
  },
  takes: [],
  examples: [
    'weir serve',
    'weir serve --config /etc/weir/weir.yaml',
    'GUARDRAILS_FILE_PATH=rules.gr weir serve --like-invariant',
    'WEIR_TOKEN=$(openssl rand -hex 16) weir serve --listen :9347',
  ],
  run: async (given, world) => {
    const { file, overrides, loaded } = await loadSettings(given, world)
    if (loaded.kind === 'faulty') return tellProblems(loaded.problems, world)
    const policies = await loadPolicies(loaded.config, world)
    if (policies.kind === 'faulty') return tellProblems(policies.problems, world)
    tellProblems(policies.warnings, world)
    tellLent(loaded.config, world)
    if (given.switches.has('like-invariant')) tellUnused(loaded.config, world)
    return world.serve({ config: loaded.config, book: policies.book, file, overrides })
  },
}

export function tellProblems(problems: readonly Problem[], world: World): number {
  for (const problem of problems) world.stderr(`${problemText(problem)}\n`)
  return failed
}

/** Keys that whoever gets here may spend: a token guards what was said, and not the models. */
function tellLent({ listen: { host }, access, providers }: Config, { stderr }: World): void {
  if (isLoopback(host) || access === 'keys') return
  const lent = Object.entries(providers).flatMap(([name, { key }]) => (key === undefined ? [] : [name]))
  if (lent.length === 0) return
  stderr(
    `weir: others can reach ${host}, and whoever does spends the keys of ${lent.join(', ')}: ` +
      'access: keys asks everybody for a key of their own\n',
  )
}

/** What was set for Invariant's gateway and means something else here, or nothing. */
function tellUnused({ projects }: Pick<Config, 'projects'>, { environment, stderr }: World): void {
  const tell = (name: string, why: string): void => {
    if (environment[name]) stderr(`weir: ${name} is not used: ${why}\n`)
  }
  tell('GUARDRAILS_API_URL', 'rules are judged here, and nobody is asked')
  if (Object.values(projects).some(({ push }) => push !== undefined)) return
  tell('INVARIANT_API_URL', 'traces are kept here; projects.<name>.push sends them to an Explorer as well')
}
