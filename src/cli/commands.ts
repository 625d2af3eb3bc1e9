import { check } from './check.ts'
import { explain, isTraceId } from './cost/explain.ts'
import { refresh } from './cost/refresh.ts'
import { reprice } from './cost/reprice.ts'
import { totals } from './cost/totals.ts'
import type { Commands, Group } from './command.ts'
import { create as createKey } from './keys/create.ts'
import { list as listKeys } from './keys/list.ts'
import { revoke } from './keys/revoke.ts'
import { exportProject } from './home/export.ts'
import { importTraces } from './home/import.ts'
import { merge } from './merge.ts'
import { replay } from './replay.ts'
import { serve } from './serve.ts'
import { retry as retryPush } from './push/retry.ts'
import { status as pushStatus } from './push/status.ts'
import { check as checkRules } from './rules/check.ts'
import { init as initRules } from './rules/init.ts'
import { run as runRules } from './rules/run.ts'
import { test as testRules } from './rules/test.ts'
import { list as listSessions } from './sessions/list.ts'
import { rebuild } from './sessions/rebuild.ts'
import { show as showSession } from './sessions/show.ts'
import { exportTraces } from './traces/export.ts'
import { follow } from './traces/follow.ts'
import { list } from './traces/list.ts'
import { prune } from './traces/prune.ts'
import { show } from './traces/show.ts'
import { version } from './version.ts'

/** All commands, in the order of the help. */
const traces: Group = {
  kind: 'group',
  summary: 'What was asked and answered: list, show, follow, export, prune',
  commands: { list, show, follow, export: exportTraces, prune },
}

const cost: Group = {
  kind: 'group',
  summary: 'What exchanges cost: one of them, sums, and all of them by new prices',
  commands: { totals, reprice },
  own: { accepts: isTraceId, command: explain },
}

const prices: Group = {
  kind: 'group',
  summary: 'What models cost',
  commands: { refresh },
}

const sessions: Group = {
  kind: 'group',
  summary: 'Exchanges that belong together: list, show, rebuild',
  commands: { list: listSessions, show: showSession, rebuild },
}

const push: Group = {
  kind: 'group',
  summary: 'Traces on their way to another store: what waits, and once more what was refused',
  commands: { status: pushStatus, retry: retryPush },
}

const rules: Group = {
  kind: 'group',
  summary: 'Rules on their own: look for mistakes, run their cases, try them on what is stored',
  commands: { check: checkRules, test: testRules, run: runRules, init: initRules },
}

const keys: Group = {
  kind: 'group',
  summary: 'Who may use Weir, and what for: make keys, list them, revoke one',
  commands: { create: createKey, list: listKeys, revoke },
}

/** `more`: commands that live elsewhere and join this table by name. */
export function createCommands(more: Commands): Group {
  return {
    kind: 'group',
    summary: 'Weir passes LLM traffic on, untouched, and keeps every exchange.',
    commands: {
      serve,
      check,
      traces,
      sessions,
      import: importTraces,
      export: exportProject,
      replay,
      merge,
      rules,
      keys,
      cost,
      prices,
      push,
      ...more,
      version,
    },
  }
}
