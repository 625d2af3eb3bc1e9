import {
  type CostGroup,
  type CostQuery,
  type CostSum,
  type CostTotals,
  type GroupName,
  groupNames,
} from '../../trace/costs.ts'
import { misuse, type Command, type Given } from '../command.ts'
import { printableLine } from '../paint.ts'
import { countText, parseMoment } from '../quantity.ts'
import { tableText, type Cell, type Column } from '../table.ts'
import { sourceFlags, tellMissing, withTraces } from '../traces/open.ts'
import type { World } from '../world.ts'

/** What was spent, by project, client, provider, model, session or day. */
export const totals: Command = {
  kind: 'command',
  summary: 'What was spent, by project, client, provider, model, session or day',
  flags: {
    by: { value: 'GROUPS', help: `Some of ${groupNames.join(', ')}, with commas between; model if not told` },
    since: {
      value: 'WHEN',
      help: 'Only since: 7d ago, or a date such as 2026-05-01; whole hours are summed',
    },
    until: { value: 'WHEN', help: 'Only before' },
    project: { value: 'NAME', help: 'Only of this project' },
    client: { value: 'LABEL', help: 'Only of the client with this label' },
    provider: { value: 'NAME', help: 'Only of this provider' },
    model: { value: 'NAME', help: 'Only for this model' },
    json: { help: 'As JSON' },
    ...sourceFlags,
  },
  takes: [],
  examples: [
    'weir cost totals',
    'weir cost totals --by day,model --since 7d',
    'weir cost totals --by client --json | jq -r .total.cost',
  ],
  run: async (given, world) => {
    const read = readQuery(given, world.now())
    if (read.kind === 'wrong') return misuse(world, read.message)
    const { query } = read
    const { told, missing } = await withTraces(given, world, async (source) => {
      return { told: await source.costs(query), missing: source.missing() }
    })
    if (missing !== null) tellMissing(missing, world)
    if (given.switches.has('json')) world.stdout(`${JSON.stringify(told, null, 2)}\n`)
    else if (missing === null) world.stdout(tableOf(told, query.by, world))
    if (told.isCut) world.stderr(`There are more than these ${told.groups.length} groups\n`)
    return 0
  },
}

type Read =
  { readonly kind: 'query'; readonly query: CostQuery } | { readonly kind: 'wrong'; readonly message: string }

function readQuery({ values }: Given, now: number): Read {
  const asked = (values['by'] ?? 'model').split(',')
  const by = asked.map((text) => groupNames.find((name) => name === text))
  if (by.includes(undefined) || new Set(by).size !== by.length)
    return { kind: 'wrong', message: `--by must be some of ${groupNames.join(', ')}, each once` }
  const [from, to] = [momentOf(values['since'], now), momentOf(values['until'], now)]
  if (from === null || to === null) {
    const flag = from === null ? 'since' : 'until'
    return { kind: 'wrong', message: `--${flag} must be a time ago such as 2h or 30d, or an ISO date` }
  }
  const { project, client, provider, model } = values
  const known = by.filter((name) => name !== undefined)
  return { kind: 'query', query: { by: known, from, to, project, client, provider, model } }
}

function momentOf(text: string | undefined, now: number): number | null | undefined {
  return text === undefined ? undefined : parseMoment(text, now)
}

const sums = [
  { title: 'COST', align: 'right', rank: 0 },
  { title: 'TRACES', align: 'right', rank: 2 },
  { title: 'IN', align: 'right', rank: 3 },
  { title: 'CACHED', align: 'right', rank: 4 },
  { title: 'OUT', align: 'right', rank: 3 },
  { title: '', align: 'left', rank: 1 },
] as const satisfies readonly Column[]

function tableOf({ groups, total }: CostTotals, by: readonly GroupName[], world: World): string {
  const names = by.map((name): Column => ({ title: name.toUpperCase(), align: 'left', rank: 0 }))
  const last = by.map((_, at): Cell => ({ text: at === 0 ? 'all' : '', color: 'bold' }))
  const rows = [
    ...groups.map((group) => [...namesOf(group, by), ...cellsOf(group)]),
    [...last, ...cellsOf(total)],
  ]
  return tableText([...names, ...sums], rows, world)
}

function namesOf({ group }: CostGroup, by: readonly GroupName[]): Cell[] {
  return by.map((name) => ({ text: printableLine(group[name] ?? '-'), color: 'cyan' }))
}

function cellsOf({ cost, traces, tokens, unpriced, incomplete, estimated }: CostSum): Cell[] {
  const marks = [
    ...(unpriced === 0 ? [] : [`${countText(unpriced)} without a price`]),
    ...(incomplete === 0 ? [] : [`${countText(incomplete)} only in part`]),
    ...(estimated === 0 ? [] : [`${countText(estimated)} estimated`]),
  ]
  return [
    { text: `$${cost}` },
    { text: countText(traces) },
    { text: countText(tokens.input) },
    { text: countText(tokens.cachedInput) },
    { text: countText(tokens.output) },
    { text: marks.join(', '), color: 'yellow' },
  ]
}
