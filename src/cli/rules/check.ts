import type { Compiled } from '../../guard/policy.ts'
import type { Problem } from '../../guard/problem.ts'
import { failed, type Command } from '../command.ts'
import { createPaint, printable, printableLine, wantsColor, type Paint } from '../paint.ts'
import { configFlags } from '../settings.ts'
import { countText } from '../quantity.ts'
import type { World } from '../world.ts'
import { compileFor, findDetectors } from './detectors.ts'
import { findRules, type RuleFile } from './find.ts'

/** What is wrong with rules, and what looks like a mistake in them, as compilers tell it. */
export const check: Command = {
  kind: 'command',
  summary: 'Look for mistakes in rules: each with its file, line and column',
  flags: {
    strict: { help: 'Warnings are failures too' },
    json: { help: 'One JSON object a line for each' },
    ...configFlags,
  },
  takes: ['FILES...'],
  examples: [
    'weir rules check',
    'weir rules check secrets.gr /etc/weir/rules --strict',
    'curl -s https://example.com/rules.gr | weir rules check - --json | jq \'select(.severity == "error")\'',
  ],
  run: async (given, world) => {
    const { rest, switches } = given
    const askable = await findDetectors(given, world)
    const files = await findRules(rest, world)
    const checked = files.map((file) => ({ file, compiled: compileFor(askable, file.text) }))
    const all = checked.flatMap(({ file, compiled }) => remarksOf(file, compiled))
    const paint = createPaint(wantsColor(world.isTerminal, world.environment))
    for (const remark of all) {
      world.stdout(switches.has('json') ? `${JSON.stringify(toJson(remark))}\n` : textOf(remark, paint))
    }
    const errors = all.filter(({ severity }) => severity === 'error').length
    if (!switches.has('json'))
      world.stdout(
        summaryOf(
          checked.map(({ compiled }) => compiled),
          all.length - errors,
        ),
      )
    const isFailed = errors > 0 || (switches.has('strict') && all.length > 0)
    return isFailed ? failed : 0
  },
}

type Told = { readonly line: number; readonly message: string }

type Remark = { readonly file: string; readonly severity: 'error' | 'warning'; readonly problem: Problem }

function remarksOf({ name }: RuleFile, compiled: Compiled): Remark[] {
  const { warnings, problems } =
    compiled.kind === 'policy' ? { warnings: compiled.policy.warnings, problems: [] } : compiled
  const remarks: Remark[] = [
    ...problems.map((problem) => ({ file: name, severity: 'error' as const, problem })),
    ...warnings.map((problem) => ({ file: name, severity: 'warning' as const, problem })),
  ]
  return remarks.sort((a, b) => a.problem.line - b.problem.line || a.problem.column - b.problem.column)
}

function toJson({ file, severity, problem }: Remark) {
  const { line, column, phase, message } = problem
  return { file, line, column, severity, phase, message }
}

function textOf({ file, severity, problem }: Remark, paint: Paint): string {
  const { line, column, message } = problem
  const place = paint('bold', `${printableLine(file)}:${line}:${column}:`)
  const word = paint(severity === 'error' ? 'red' : 'yellow', `${severity}:`)
  return `${place} ${word} ${printableLine(message)}\n${excerptOf(problem, paint)}`
}

/** The line and the caret below it, indented. */
function excerptOf({ excerpt }: Problem, paint: Paint): string {
  const [line = '', caret = ''] = excerpt.split('\n')
  return `  ${printable(line)}\n  ${paint('green', caret)}\n`
}

export function tellProblems({ name }: RuleFile, problems: readonly Problem[], world: World): void {
  const paint = createPaint(wantsColor(world.isErrorTerminal, world.environment))
  for (const problem of problems) world.stderr(textOf({ file: name, severity: 'error', problem }, paint))
}

/** What kept rules silent while they were judged. */
export function tellRemarks({ name }: RuleFile, remarks: readonly Told[], world: World): void {
  const paint = createPaint(wantsColor(world.isErrorTerminal, world.environment))
  for (const { line, message } of remarks) {
    const place = paint('bold', `${printableLine(name)}:${line}:`)
    world.stderr(`${place} ${paint('yellow', 'warning:')} ${printableLine(message)}\n`)
  }
}

function summaryOf(all: readonly Compiled[], warnings: number): string {
  const policies = all.flatMap((compiled) => (compiled.kind === 'policy' ? [compiled.policy] : []))
  const rules = policies.reduce((sum, policy) => sum + policy.rules.length, 0)
  const broken = all.length - policies.length
  const needs = [...new Set(policies.flatMap((policy) => [...policy.needs]))].sort()
  return (
    [
      `${counted(all.length, 'file')}, ${counted(rules, 'rule')}`,
      broken === 0 ? 'nothing wrong' : `${counted(broken, 'file')} cannot be used`,
      ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
      ...(needs.length > 0 ? [`detectors asked: ${needs.join(', ')}`] : []),
    ].join('; ') + '\n'
  )
}

export function counted(count: number, name: string): string {
  return `${countText(count)} ${name}${count === 1 ? '' : 's'}`
}
