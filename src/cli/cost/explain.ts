import { detailKinds } from '../../conversation/usage.ts'
import type { ShownCost, ShownLine } from '../../ledger/stored.ts'
import type { Command } from '../command.ts'
import { createPaint, printableLine, wantsColor, type Paint } from '../paint.ts'
import { countText, momentText } from '../quantity.ts'
import type { TraceRecord, TraceSource } from '../source.ts'
import { layOut, widthsOf, type Cell, type Column } from '../table.ts'
import { missing } from '../traces/missing.ts'
import { sourceFlags, withTraces } from '../traces/open.ts'
import type { World } from '../world.ts'

/** What a trace cost, line by line: tokens times price. */
export const explain: Command = {
  kind: 'command',
  summary: 'Explain what a trace cost, line by line; `last` is the newest one',
  flags: { json: { help: 'Usage and cost as JSON' }, ...sourceFlags },
  takes: ['ID'],
  examples: ['weir cost last', 'weir cost 01k3v9w2b60017f3kq8s', 'weir cost last --json | jq -r .cost.total'],
  run: async (given, world) =>
    withTraces(given, world, async (source) => {
      const id = await idOf(given.rest[0] ?? '', source)
      const trace = await source.get(id)
      if (trace === null) return missing(id, source, world)
      if (given.switches.has('json')) {
        const { usage, cost, costUnknown } = trace
        world.stdout(`${JSON.stringify({ id: trace.id, usage, cost, costUnknown }, null, 2)}\n`)
      } else world.stdout(pageOf(trace, world))
      return 0
    }),
}

export const isTraceId = /^(last|[0-9a-hjkmnp-tv-z]{20})$/

async function idOf(asked: string, source: TraceSource): Promise<string> {
  if (asked !== 'last') return asked
  const { traces } = await source.list({}, { limit: 1, cursor: null })
  return traces[0]?.id ?? asked
}

function pageOf(trace: TraceRecord, world: World): string {
  const paint = createPaint(wantsColor(world.isTerminal, world.environment))
  const { cost } = trace
  const title = `${paint('cyan', trace.id)} ${printableLine(trace.model ?? 'unknown')} · ${printableLine(trace.provider ?? 'unknown')}`
  const told = [`${title} · ${momentText(trace.startedAt)} UTC`, ...usageLines(trace, paint)]
  if (cost === null) {
    return `${[...told, '', `${paint('yellow', 'The cost is not known')}: ${printableLine(trace.costUnknown ?? '')}`].join('\n')}\n`
  }
  return `${[...told, '', ...table(cost, world, paint), '', ...notes(cost, paint)].join('\n')}\n`
}

function usageLines({ usage }: TraceRecord, paint: Paint): string[] {
  if (usage === null) return [`${paint('dim', 'told      ')}no usage`]
  const { details = {} } = usage
  const counts: [string, number | null | undefined][] = [
    ['input', usage.input],
    ['cachedInput', usage.cachedInput],
    ['cacheWrite', usage.cacheWrite],
    ['output', usage.output],
    ['reasoning', usage.reasoning],
    ...detailKinds.map((kind): [string, number | undefined] => [kind, details[kind]]),
    ...Object.entries(details.serverTools ?? {}),
  ]
  const known = counts.flatMap(([name, count]) =>
    count == null ? [] : [`${named(name)} ${countText(count)}`],
  )
  const { input, output } = details.estimated ?? {}
  const guessed = [
    ...(input === undefined ? [] : [`input ${countText(input)}`]),
    ...(output === undefined ? [] : [`output ${countText(output)}`]),
  ]
  return [
    `${paint('dim', 'told      ')}${known.length === 0 ? 'nothing' : printableLine(known.join(', '))}`,
    ...(guessed.length === 0 ? [] : [`${paint('dim', 'estimated ')}${guessed.join(', ')}`]),
    ...(details.tier === undefined ? [] : [`${paint('dim', 'tier      ')}${printableLine(details.tier)}`]),
    ...(details.reportedCost === undefined
      ? []
      : [`${paint('dim', 'charged   ')}$${details.reportedCost}, as the provider says`]),
  ]
}

const columns = [
  { title: 'KIND', align: 'left', rank: 0 },
  { title: 'QUANTITY', align: 'right', rank: 0 },
  { title: 'PRICE', align: 'right', rank: 0 },
  { title: 'AMOUNT', align: 'right', rank: 0 },
  { title: '', align: 'left', rank: 1 },
] as const satisfies readonly Column[]

function table(cost: ShownCost, world: World, paint: Paint): string[] {
  const rows = [...cost.lines.map(cellsOf), totalOf(cost)]
  const width = world.isTerminal ? world.width : Infinity
  const { head, row } = layOut(columns, widthsOf(columns, rows), width, paint)
  return [head, ...rows.map(row)].map((line) => line.trimEnd())
}

function cellsOf(line: ShownLine): Cell[] {
  const { kind, model, quantity, unit, price, per, amount, estimated } = line
  const plural = per === 1 ? unit : `${unit}s`
  return [
    { text: printableLine(model === null ? named(kind) : `${named(kind)} (${model})`) },
    { text: quantity === null ? 'not told' : countText(quantity) },
    { text: price === null ? 'not known' : `$${price} / ${perText(per)}${plural}` },
    { text: amount === null ? 'unknown' : `$${amount}` },
    { text: estimated ? 'estimated' : '', color: 'yellow' },
  ]
}

function totalOf({ total, complete, estimated }: ShownCost): Cell[] {
  const marks = [...(complete ? [] : ['at least']), ...(estimated ? ['estimated'] : [])]
  return [
    { text: 'total' },
    { text: '' },
    { text: '' },
    { text: `$${total}` },
    { text: marks.join(', '), color: 'yellow' },
  ]
}

function notes({ source, provider, model, note }: ShownCost, paint: Paint): string[] {
  const entry = `${printableLine(provider)} ${printableLine(model)}`
  const lines = [`${paint('dim', 'prices    ')}${sourceText(source, entry)}`]
  return note === null ? lines : [...lines, `${paint('dim', 'note      ')}${printableLine(note)}`]
}

function sourceText({ kind, version }: ShownCost['source'], entry: string): string {
  switch (kind) {
    case 'file':
      return `${entry}, of the price file of ${version}`
    case 'refreshed':
      return `${entry}, downloaded on ${version}`
    case 'provider':
      return "the provider's own word"
    case 'free':
      return 'answered by Weir itself, which costs nothing'
    default:
      return `${entry}, built in (genai-prices ${version})`
  }
}

function perText(per: number): string {
  switch (per) {
    case 1:
      return ''
    case 1_000_000:
      return 'million '
    default:
      return `${countText(per)} `
  }
}

/** `cacheWrite1h` as `cache write 1h`. */
function named(kind: string): string {
  return kind
    .replaceAll(/(?<=[a-z])(?=[A-Z\d])/g, ' ')
    .replaceAll('_', ' ')
    .toLowerCase()
}
