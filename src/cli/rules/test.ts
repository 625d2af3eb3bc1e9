import { createDetections } from '../../guard/detections.ts'
import { judge, type Judgement } from '../../guard/judge.ts'
import type { Policy } from '../../guard/policy.ts'
import { readTrace } from '../../guard/trace/read.ts'
import type { Violation } from '../../guard/violation.ts'
import { failed, interrupted, type Command } from '../command.ts'
import { createPaint, printableLine, wantsColor, type Paint } from '../paint.ts'
import { createObserver, type Observer, type Remark } from '../../judge/remarks.ts'
import { createProgress } from '../progress.ts'
import { configFlags } from '../settings.ts'
import type { World } from '../world.ts'
import { caseEndings, readCases, type Case, type ExpectedViolation } from './cases.ts'
import { counted, tellProblems, tellRemarks } from './check.ts'
import { compare, isSame, marksOf, messageOf, type Difference } from './compare.ts'
import { compileFor, findDetectors, type Askable } from './detectors.ts'
import { findRules, nearName, ruleEnding, type RuleFile } from './find.ts'

/** Rules against the cases that stand beside them. */
export const test: Command = {
  kind: 'command',
  summary: 'Run the cases beside rules (NAME.test.yaml beside NAME.gr)',
  flags: { json: { help: 'One JSON object a line for each case' }, ...configFlags },
  takes: ['FILES...'],
  examples: [
    'weir rules test',
    'weir rules test /etc/weir/rules/secrets.gr',
    "weir rules test --json | jq 'select(.holds | not)'",
  ],
  run: async (given, world) => {
    const { rest, switches } = given
    const askable = await findDetectors(given, world)
    const means = {
      detectors: askable.connect(),
      detections: createDetections(),
      limits: askable.limits,
      signal: world.stop,
    }
    const tally = { cases: 0, failures: 0, files: 0, broken: 0 }
    const progress = createProgress(world)
    const told = switches.has('json') ? toJson : createTelling(world)
    for (const file of await findRules(rest, world)) {
      tally.files++
      const ready = await readyOf(file, askable, world)
      if (ready === null) {
        tally.broken++
        continue
      }
      const remarks: Remark[] = []
      const observe = createObserver((remark) => remarks.push(remark))
      for (const each of ready.cases) {
        if (world.stop.aborted) break
        const difference = await differenceOf(each, ready.policy, { ...means, observe })
        if (world.stop.aborted) break
        const holds = typeof difference !== 'string' && isSame(difference)
        tally.cases++
        if (!holds) tally.failures++
        progress.show(() => `${counted(tally.cases, 'case')}, ${file.name}`)
        const line = told({ file: file.name, each, difference, holds })
        if (line !== '') world.stdout(line)
      }
      tellRemarks(file, remarks, world)
    }
    progress.end()
    if (!switches.has('json')) world.stdout(summaryOf(tally))
    if (tally.cases === 0 && tally.broken === 0)
      world.stderr(`weir: there are no cases: they stand in NAME.test.yaml beside NAME${ruleEnding}\n`)
    if (world.stop.aborted) return interrupted
    return tally.failures + tally.broken > 0 || tally.cases === 0 ? failed : 0
  },
}

type Ready = { readonly policy: Policy; readonly cases: readonly Case[] }

/** Null, and said why, if its rules or its cases cannot be used. */
async function readyOf(file: RuleFile, askable: Askable, world: World): Promise<Ready | null> {
  const compiled = compileFor(askable, file.text)
  if (compiled.kind === 'problems') {
    tellProblems(file, compiled.problems, world)
    return null
  }
  const cases: Case[] = []
  const stem = file.path.endsWith(ruleEnding) ? file.path.slice(0, -ruleEnding.length) : file.path
  for (const ending of caseEndings) {
    const text = await world.readText(stem + ending)
    const read = text === null ? null : readCases(stem + ending, text)
    if (read?.kind === 'wrong') {
      world.stderr(
        `${printableLine(nearName(stem + ending, world.folder))}: ${printableLine(read.message)}\n`,
      )
      return null
    }
    cases.push(...(read?.cases ?? []))
  }
  if (cases.length === 0) world.stderr(`${printableLine(file.name)} has no cases\n`)
  return { policy: compiled.policy, cases }
}

type Means = Pick<Judgement, 'detectors' | 'detections' | 'limits' | 'signal'> & {
  readonly observe: Observer
}

/** A text says why it could not be judged at all. */
async function differenceOf(
  each: Case,
  policy: Policy,
  { observe, ...means }: Means,
): Promise<Difference | string> {
  const read = readTrace(each.messages)
  if (read.kind === 'refused') return read.message
  const result = await judge(policy, read.trace, {
    input: each.parameters,
    ...means,
    ...(each.from !== null && { from: each.from }),
  })
  observe({ name: '', policy }, result.warnings)
  return compare(each.expected, result, each.messages)
}

type Tested = {
  readonly file: string
  readonly each: Case
  readonly difference: Difference | string
  readonly holds: boolean
}

function toJson({ file, each, difference, holds }: Tested): string {
  const told = { file, case: each.name, holds }
  if (typeof difference === 'string') return `${JSON.stringify({ ...told, errors: [difference] })}\n`
  const { missing, unexpected, errors, missingError } = difference
  const found = unexpected.map((violation) => foundOf(violation, each))
  return `${JSON.stringify({ ...told, missing, unexpected: found, errors, missingError })}\n`
}

function foundOf(violation: Violation, { messages }: Case) {
  const { line, ranges } = violation
  return { line, message: messageOf(violation), ranges, marks: marksOf(violation, messages) }
}

/** Only what does not hold: what does is counted. */
function createTelling(world: World): (tested: Tested) => string {
  const paint = createPaint(wantsColor(world.isTerminal, world.environment))
  return (tested) => {
    if (tested.holds) return ''
    const { file, each } = tested
    const title = `${paint('red', 'FAILED')} ${printableLine(file)}: ${paint('bold', printableLine(each.name))}`
    return `${[title, ...differenceLines(tested, paint)].join('\n')}\n`
  }
}

function differenceLines({ difference, each }: Tested, paint: Paint): string[] {
  if (typeof difference === 'string') return [`  ${paint('red', `! ${printableLine(difference)}`)}`]
  const { missing, unexpected, errors, missingError } = difference
  const expected = [
    ...missing.map(expectedText),
    ...(missingError === null ? [] : [`the error ${JSON.stringify(missingError)}`]),
  ]
  const found = unexpected.map((violation) => foundText(violation, each))
  const nothing = (lines: readonly string[], others: number): readonly string[] =>
    lines.length === 0 && others > 0 ? ['nothing more'] : lines
  return [
    ...nothing(expected, found.length).map(
      (text) => `  ${paint('green', `- expected ${printableLine(text)}`)}`,
    ),
    ...nothing(found, expected.length).map(
      (text) => `  ${paint('red', `+ found    ${printableLine(text)}`)}`,
    ),
    ...errors.map((error) => `  ${paint('red', `! failed   ${printableLine(error)}`)}`),
  ]
}

function expectedText({ message, ranges = [], marks = [] }: ExpectedViolation): string {
  return [
    message === undefined ? 'a violation' : JSON.stringify(message),
    ...(ranges.length > 0 ? [`at ${ranges.join(', ')}`] : []),
    ...(marks.length > 0 ? [`marking ${marks.map((mark) => JSON.stringify(mark)).join(', ')}`] : []),
  ].join(' ')
}

function foundText(violation: Violation, each: Case): string {
  const { line, ranges } = violation
  const message = JSON.stringify(messageOf(violation))
  const marks = marksOf(violation, each.messages)
  const told = expectedText({ ranges, marks }).replace('a violation', message)
  return `${told} (rule in line ${line})`
}

function summaryOf({
  cases,
  failures,
  files,
  broken,
}: Record<'cases' | 'failures' | 'files' | 'broken', number>): string {
  const told =
    failures === 0 ? 'all hold' : `${counted(failures, 'case')} ${failures === 1 ? 'does' : 'do'} not hold`
  const unusable = broken === 0 ? '' : `; ${counted(broken, 'file')} cannot be used`
  return `${counted(files, 'file')}, ${counted(cases, 'case')}: ${told}${unusable}\n`
}
