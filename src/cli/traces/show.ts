import { stoppedBy } from '../../dialect/stopped.ts'
import type { Header } from '../../merge/report.ts'
import { referenceLines } from '../../trace/reference.ts'
import type { Command } from '../command.ts'
import { createPaint, printable, printableLine, wantsColor, type Paint } from '../paint.ts'
import { countText, durationText, momentText, sizeText } from '../quantity.ts'
import type { Withheld } from '../../trace/compressed.ts'
import type { TraceRecord } from '../source.ts'
import { missing } from './missing.ts'
import { sourceFlags, withTraces } from './open.ts'
import { colorOf } from './rows.ts'

/** One trace: to be read, as JSON, or its answer's bytes as they came. */
export const show: Command = {
  kind: 'command',
  summary: 'Show one trace: what was asked, what was answered, how long it took',
  flags: {
    json: { help: 'The whole trace as JSON' },
    raw: { help: "The answer's bytes as the provider sent them" },
    ...sourceFlags,
  },
  takes: ['ID'],
  examples: [
    'weir traces show 01k3v9w2b60017f3kq8s',
    'weir traces show 01k3v9w2b60017f3kq8s --json | jq .reply',
    'weir traces show 01k3v9w2b60017f3kq8s --raw > answer.sse',
  ],
  run: async (given, world) => {
    const id = given.rest[0] ?? ''
    return withTraces(given, world, async (source) => {
      if (given.switches.has('raw')) {
        const raw = await source.raw(id)
        if (raw === null) return missing(id, source, world)
        world.stdout(raw.bytes)
        return 0
      }
      const trace = await source.get(id)
      if (trace === null) return missing(id, source, world)
      if (given.switches.has('json')) world.stdout(`${JSON.stringify(trace, null, 2)}\n`)
      else world.stdout(pageOf(trace, createPaint(wantsColor(world.isTerminal, world.environment))))
      return 0
    })
  },
}

function pageOf(trace: TraceRecord, paint: Paint): string {
  const facts = factsOf(trace).map(([name, text]) => `${paint('dim', name.padEnd(9))}${printableLine(text)}`)
  const outcome = paint(colorOf(trace.outcome), trace.outcome)
  const status = trace.status === null ? '' : ` with status ${trace.status}`
  const lines = [
    `${paint('cyan', trace.id)} ${outcome}${status}`,
    ...facts,
    ...section('Request headers', headersText(trace.requestHeaders), paint),
    ...section('Request', bodyText(trace.request), paint),
    ...section('Reply headers', headersText(trace.replyHeaders), paint),
    ...section('Reply', bodyText(trace.reply), paint),
    ...section('Error', bodyText(trace.error), paint),
    ...section('Verdicts', verdictsText(trace.verdicts), paint),
  ]
  return `${lines.join('\n')}\n`
}

function factsOf(trace: TraceRecord): [string, string][] {
  const { timing, usage, sizes, dropped, withheld } = trace
  const lost = dropped.request + dropped.reply
  const facts: [string, string | null][] = [
    ['why', trace.detail],
    ['call', `${trace.method} ${trace.path}`],
    ['model', [trace.model, trace.provider, trace.dialect].map((name) => name ?? 'unknown').join(' · ')],
    ['project', trace.project],
    ['pushed', pushedText(trace)],
    ['started', `${momentText(trace.startedAt)} UTC`],
    ['took', tookText(timing)],
    ['attempts', String(trace.attempts)],
    [
      'tokens',
      usage === null
        ? 'unknown'
        : `in ${countText(usage.input)} (cached ${countText(usage.cachedInput)}), ` +
          `out ${countText(usage.output)} (reasoning ${countText(usage.reasoning)})`,
    ],
    [
      'rules',
      trace.verdict === null
        ? null
        : `${trace.verdict}${trace.policy === null ? '' : `, by ${trace.policy}`}`,
    ],
    ['client', trace.client],
    ['answer', answerText(trace)],
    ['cost', costText(trace)],
    [
      'request',
      `${sizeText(sizes.requestReceived.bytes)} received, ${sizeText(sizes.requestSent.bytes)} sent` +
        (trace.requestSplice === null ? '' : ' (model renamed)'),
    ],
    ['reply', `${sizeText(sizes.replyReceived.bytes)} received, ${sizeText(sizes.replySent.bytes)} sent`],
    [
      'not kept',
      lost === 0 ? null : `${sizeText(dropped.request)} of request, ${sizeText(dropped.reply)} of reply`,
    ],
    ['withheld', withheldText('request', withheld?.request)],
    ['withheld', withheldText('reply', withheld?.reply)],
  ]
  return facts.flatMap(([name, text]): [string, string][] => (text === null ? [] : [[name, text]]))
}

function pushedText({ pushed }: TraceRecord): string | null {
  if (pushed === null) return null
  const { state, attempts, detail, remoteId } = pushed
  const tried =
    state === 'skipped' ? null : `${countText(attempts)} ${attempts === 1 ? 'attempt' : 'attempts'}`
  const told = [state, remoteId === null ? null : `as ${remoteId}`, tried, detail]
  return told.filter((text) => text !== null).join(', ')
}

/** Why it stopped, whether it came whole, and who gave it. */
function answerText({ answer, dialect, model, reply }: TraceRecord): string | null {
  const reasons = stoppedBy(dialect, reply).join(', ')
  const stopped = reasons === '' ? null : `stopped by ${reasons}`
  if (answer === null) return stopped
  const by = answer.model === null || answer.model === model ? null : `by ${answer.model}`
  const unknown = Object.entries(answer.unknownEvents).map(([type, count]) => `${countText(count)} × ${type}`)
  const events = unknown.length === 0 ? null : `with unknown events (${unknown.join(', ')})`
  return [endings[answer.ending], stopped, by, events].filter((text) => text !== null).join(', ')
}

function withheldText(what: string, why: Withheld | null | undefined): string | null {
  return why === undefined || why === null ? null : `${what} ${whys[why]}`
}

const whys = {
  'credential-within': 'not kept as it came: a credential is hidden in it, and it was compressed',
  unreadable: 'not kept: compressed in a way that nobody can look into for credentials',
} as const

const endings = { complete: 'whole', error: 'ended with an error', cut: 'cut off' } as const

/** One line each: whose it is, what it says, and the most exact place of what it means. */
function verdictsText(verdicts: TraceRecord['verdicts']): string | null {
  if (verdicts.length === 0) return null
  return verdicts.map(verdictText).join('\n')
}

function verdictText({
  order,
  action,
  on,
  line,
  message,
  ranges,
  leftBytes,
}: TraceRecord['verdicts'][number]): string {
  const place = line === null ? '' : `, line ${line}`
  const at = ranges.toSorted((one, other) => other.length - one.length)[0]
  const where = at === undefined ? '' : ` (${at})`
  const left = on === 'answer' ? `, ${sizeText(leftBytes)} had left` : ''
  return printableLine(`${action} by ${order}${place}: ${message}${where}${left}`)
}

function costText({ cost, costUnknown }: TraceRecord): string {
  if (cost === null) return `unknown: ${costUnknown ?? ''}`
  const marks = [...(cost.complete ? [] : ['at least']), ...(cost.estimated ? ['estimated'] : [])]
  return `$${cost.total}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`
}

function tookText({ endedMs, firstByteMs }: TraceRecord['timing']): string {
  const took = endedMs === null ? 'unknown, nobody saw its end' : durationText(endedMs)
  return `${took}, first byte after ${durationText(firstByteMs)}`
}

function section(name: string, text: string | null, paint: Paint): string[] {
  return text === null || text === '' ? [] : ['', paint('bold', name), printable(text)]
}

function headersText(headers: readonly Header[] | null): string | null {
  return headers === null ? null : headers.map(([name, value]) => `${name}: ${value}`).join('\n')
}

function bodyText(body: unknown): string {
  if (body === null || body === undefined) return ''
  if (typeof body === 'string') return body
  return referenceLines(body, sizeText)?.join('\n') ?? JSON.stringify(body, null, 2)
}
