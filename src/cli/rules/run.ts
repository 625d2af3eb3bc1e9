import { readObject, type JsonObject } from '../../conversation/json.ts'
import { createDetections } from '../../guard/detections.ts'
import { judge, type Judgement, type Result } from '../../guard/judge.ts'
import type { Policy } from '../../guard/policy.ts'
import { readTrace } from '../../guard/trace/read.ts'
import { failed, interrupted, misuse, type Command, type Given } from '../command.ts'
import { createObserver, type Observer, type Remark } from '../../judge/remarks.ts'
import { createProgress } from '../progress.ts'
import { countText } from '../quantity.ts'
import type { TraceRecord, TraceSource } from '../source.ts'
import { filterFlags, readFilters } from '../traces/filters.ts'
import { pages } from '../traces/list.ts'
import { sourceFlags, tellMissing, withTraces } from '../traces/open.ts'
import type { World } from '../world.ts'
import { tellProblems, tellRemarks } from './check.ts'
import { compileFor, findDetectors } from './detectors.ts'
import { findRules } from './find.ts'
import { pageOf } from './page.ts'
import { toMessages } from './said.ts'
import { createTally, type Judged } from './tally.ts'

/** Rules over what is stored: would they have fired, on what, and how often? */
export const run: Command = {
  kind: 'command',
  summary: 'Judge stored traces by rules: what would they have found?',
  flags: {
    over: { value: 'last:NUMBER', help: 'So many of the newest traces, or `all`; last:1000 if not told' },
    whole: { help: 'All of each conversation, and not only what the exchange added to it' },
    parameters: { value: 'JSON', help: 'What rules read as `input`: an object' },
    ...filterFlags,
    json: { help: 'One JSON object a line: each finding as it is found, the sums at the end' },
    ...sourceFlags,
  },
  takes: ['FILE'],
  examples: [
    'weir rules run secrets.gr --over last:10000',
    'weir rules run secrets.gr --over all --project research --since 7d --whole',
    'weir rules run secrets.gr --json | jq -r \'select(.kind == "finding") | .trace\' | sort -u',
  ],
  run: async (given, world) => {
    const asked = readAsked(given, world)
    if (typeof asked === 'string') return misuse(world, asked)
    const askable = await findDetectors(given, world)
    const [file] = await findRules(given.rest, world)
    const compiled = file === undefined ? null : compileFor(askable, file.text)
    if (file === undefined || compiled === null) return failed
    if (compiled.kind === 'problems') {
      tellProblems(file, compiled.problems, world)
      return failed
    }
    return withTraces(given, world, async (source) => {
      const missing = source.missing()
      if (missing !== null) tellMissing(missing, world)
      const { policy } = compiled
      const remarks: Remark[] = []
      const judgeTrace = createJudgeTrace(policy, asked, {
        observe: createObserver((remark) => remarks.push(remark)),
        detectors: askable.connect(),
        limits: askable.limits,
        signal: world.stop,
      })
      const code = await judgeAll({ policy, judgeTrace }, source, asked, world)
      tellRemarks(file, remarks, world)
      return code
    })
  },
}

type Asked = {
  readonly query: Parameters<TraceSource['list']>[0]
  readonly most: number
  readonly isWhole: boolean
  readonly isJson: boolean
  readonly input: JsonObject
}

/** A text says what is wrong with it. */
function readAsked(given: Given, world: World): Asked | string {
  const { values, switches } = given
  const filters = readFilters(given, world.now())
  if (filters.kind === 'wrong') return filters.message
  const over = /^(?:last:([1-9]\d{0,8})|all)$/.exec(values['over'] ?? 'last:1000')
  if (over === null) return '--over must be last:NUMBER, such as last:10000, or all'
  const input = readObject(values['parameters'] ?? '{}')
  if (input === undefined) return '--parameters must be a JSON object'
  const most = over[1] === undefined ? Infinity : Number(over[1])
  return { query: filters.query, most, isWhole: switches.has('whole'), isJson: switches.has('json'), input }
}

const turnMs = 50

type Rules = { readonly policy: Policy; readonly judgeTrace: ReturnType<typeof createJudgeTrace> }

async function judgeAll(
  { policy, judgeTrace }: Rules,
  source: TraceSource,
  asked: Asked,
  world: World,
): Promise<number> {
  const tally = createTally(policy)
  const progress = createProgress(world)
  const counts = { judged: 0, unread: 0, findings: 0 }
  let turnedAt = performance.now()
  for await (const { id } of pages(source, asked.query, Math.min(asked.most, 100))) {
    if (world.stop.aborted || counts.judged + counts.unread >= asked.most) break
    const record = await source.get(id)
    // Pruned since its page was read.
    if (record === null) continue
    const result = await judgeTrace(record)
    // Who stops does not wait for detectors: what they did not say is no failure.
    if (world.stop.aborted && (result?.errors.length ?? 0) > 0) break
    if (result === null) counts.unread++
    else {
      counts.judged++
      counts.findings += result.violations.length
      tally.add(id, result)
      if (asked.isJson) for (const line of linesOf(id, result)) world.stdout(line)
    }
    progress.show(() => progressText(counts, asked.most))
    // Files are read without waiting: signals would never be heard.
    if (performance.now() - turnedAt > turnMs) {
      await world.wait(0)
      turnedAt = performance.now()
    }
  }
  progress.end()
  const rows = tally.rows()
  const isStopped = world.stop.aborted
  if (asked.isJson)
    world.stdout(`${JSON.stringify({ kind: 'summary', isStopped, ...counts, rules: rows })}\n`)
  else world.stdout(pageOf(rows, { ...counts, isStopped }, world))
  if (isStopped) return interrupted
  return rows.some(({ failures }) => failures > 0) ? failed : 0
}

type Means = Pick<Judgement, 'detectors' | 'limits' | 'signal'> & { readonly observe: Observer }

/** Null for what is no conversation: of no dialect, not kept, or no messages that rules can be asked about. */
function createJudgeTrace(policy: Policy, { input, isWhole }: Asked, { observe, ...means }: Means) {
  const detections = createDetections()
  return async ({ dialect, request, reply, answer }: TraceRecord): Promise<Result | null> => {
    const said = toMessages({ dialect, request, reply, answer })
    const read = said === null ? null : readTrace(said.messages)
    if (said === null || read?.kind !== 'trace') return null
    const result = await judge(policy, read.trace, {
      input,
      detections,
      ...means,
      ...(!isWhole && { from: said.ownFrom }),
    })
    observe({ name: '', policy }, result.warnings)
    return result
  }
}

function linesOf(trace: string, { violations, errors }: Result): string[] {
  return [
    ...violations.map(({ line, args, kwargs, ranges }) => ({
      kind: 'finding',
      trace,
      line,
      args,
      kwargs,
      ranges,
    })),
    ...errors.map(({ line, message }) => ({ kind: 'failure', trace, line, message })),
  ].map((each) => `${JSON.stringify(each)}\n`)
}

function progressText({ judged, unread, findings }: Judged, most: number): string {
  const of = most === Infinity ? '' : ` of at most ${countText(most)}`
  return `${countText(judged + unread)}${of} traces, ${countText(findings)} findings`
}
