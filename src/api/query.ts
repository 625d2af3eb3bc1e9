import { type Static, type TObject, Type } from '@sinclair/typebox'
import { Fault } from '../core/fault.ts'
import { isId } from '../core/id.ts'
import { verdicts } from '../merge/judged.ts'
import { outcomes } from '../merge/report.ts'
import { type CostQuery, groupNames } from '../trace/costs.ts'
import type { SessionFilter } from '../trace/session/list.ts'
import type { TraceFilter, TraceQuery } from './reader.ts'

/**
 * The parameters of lists. All arrive as texts, so the schema says what each must look like; its `description`
 * is the end of the sentence a client reads when it does not. Unknown and repeated names are refused: with
 * `DELETE`, a misspelt filter would otherwise remove more than was meant.
 */
const name = Type.String({ minLength: 1, maxLength: 200, description: '1 to 200 characters' })
const moment = Type.String({
  pattern: '^(\\d{1,15}|\\d{4}-\\d\\d-\\d\\d([T ].{1,24})?)$',
  description: 'milliseconds since 1970 or a date such as 2026-01-31T12:00:00Z',
})

const aTrace = '^[0-9a-hjkmnp-tv-z]{20}$'

const filters = {
  project: Type.Optional(name),
  provider: Type.Optional(name),
  model: Type.Optional(name),
  outcome: Type.Optional(
    Type.Union(
      outcomes.map((outcome) => Type.Literal(outcome)),
      { description: `one of ${outcomes.join(', ')}` },
    ),
  ),
  status: Type.Optional(Type.String({ pattern: '^[1-5]\\d\\d$', description: 'a status from 100 to 599' })),
  verdict: Type.Optional(
    Type.Union(
      verdicts.map((verdict) => Type.Literal(verdict)),
      { description: `one of ${verdicts.join(', ')}` },
    ),
  ),
  session: Type.Optional(
    Type.String({ pattern: aTrace, description: 'the id of a session, which is that of its first trace' }),
  ),
  since: Type.Optional(moment),
  until: Type.Optional(moment),
  text: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: '1 to 500 characters' })),
}

export const mostListed = 1000
const usuallyListed = 50

export const FilterParameters = Type.Object(filters)
export type FilterParameters = Static<typeof FilterParameters>

export const ListParameters = Type.Object({
  ...filters,
  limit: Type.Optional(
    Type.String({ pattern: '^([1-9]\\d{0,2}|1000)$', description: `a whole number from 1 to ${mostListed}` }),
  ),
  before: Type.Optional(
    Type.String({
      pattern: aTrace,
      description: 'the "next" of the page before',
    }),
  ),
})
export type ListParameters = Static<typeof ListParameters>

const { project, since, until, text } = filters
export const SessionParameters = Type.Object({
  project,
  since,
  until,
  text,
  limit: ListParameters.properties.limit,
  before: Type.Optional(
    Type.String({ pattern: '^\\d{1,15}$', description: 'the "next" of the page before' }),
  ),
})
export type SessionParameters = Static<typeof SessionParameters>

export const PushParameters = Type.Object({ project: Type.Optional(name) })
export const ReplayParameters = Type.Object({
  speed: Type.Optional(
    Type.String({
      pattern: '^(max|\\d{1,4}(\\.\\d{1,3})?)$',
      description: 'a number above 0 and up to 1000 (1 is as it was), or "max"',
    }),
  ),
})

const groups = groupNames.join('|')

export const CostParameters = Type.Object({
  by: Type.Optional(
    Type.String({
      pattern: `^(${groups})(,(${groups}))*$`,
      description: `some of ${groupNames.join(', ')}, each once, with commas between`,
    }),
  ),
  from: Type.Optional(moment),
  to: Type.Optional(moment),
  project: Type.Optional(name),
  client: Type.Optional(name),
  provider: Type.Optional(name),
  model: Type.Optional(name),
})
export type CostParameters = Static<typeof CostParameters>

export type Parameters = TObject

/** Refuses what the framework would pass over in silence: names that mean nothing, and names that come twice. */
export function checkNames(url: string, schema: Parameters): void {
  const seen = new Set<string>()
  for (const parameter of new URL(url).searchParams.keys()) {
    if (!Object.hasOwn(schema.properties, parameter)) {
      const known = Object.keys(schema.properties).join(', ')
      throw new Fault('bad-request', `Unknown parameter "${parameter.slice(0, 50)}": known are ${known}`)
    }
    if (seen.has(parameter)) throw new Fault('bad-request', `The parameter "${parameter}" is given twice`)
    seen.add(parameter)
  }
}

export function toQuery(parameters: ListParameters): TraceQuery {
  const { limit, before } = parameters
  if (before !== undefined && !isId(before)) throw wrong('before')
  const query = { ...toFilter(parameters), limit: limit === undefined ? usuallyListed : Number(limit) }
  return before === undefined ? query : { ...query, before }
}

export function toSessionQuery(parameters: SessionParameters): SessionFilter {
  const { project, since, until, text, limit, before } = parameters
  return {
    project,
    text,
    since: since === undefined ? undefined : toMoment('since', since),
    until: until === undefined ? undefined : toMoment('until', until),
    limit: limit === undefined ? usuallyListed : Number(limit),
    before,
  }
}

export function toFilter(parameters: FilterParameters): TraceFilter {
  const { project, session, verdict, provider, model, outcome, status, since, until, text } = parameters
  return {
    ...(session !== undefined && { session }),
    ...(verdict !== undefined && { verdict }),
    ...(project !== undefined && { project }),
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model }),
    ...(outcome !== undefined && { outcome }),
    ...(status !== undefined && { status: Number(status) }),
    ...(since !== undefined && { since: toMoment('since', since) }),
    ...(until !== undefined && { until: toMoment('until', until) }),
    ...(text !== undefined && { text }),
  }
}

export function toCostQuery({ by, from, to, ...filters }: CostParameters): CostQuery {
  const names = groupNames.filter((group) => by?.split(',').includes(group))
  if (by !== undefined && by.split(',').length !== names.length) throw wrong('by')
  return {
    // As they were asked for: what is told first is what is read first.
    by: names.toSorted((one, other) => (by ?? '').indexOf(one) - (by ?? '').indexOf(other)),
    ...filters,
    ...(from !== undefined && { from: toMoment('from', from) }),
    ...(to !== undefined && { to: toMoment('to', to) }),
  }
}

/** How many times faster than it was; infinity is at once. */
export function toSpeed(speed: string | undefined): number {
  if (speed === undefined) return 1
  if (speed === 'max') return Number.POSITIVE_INFINITY
  const factor = Number(speed)
  if (factor <= 0 || factor > 1000) throw wrong('speed')
  return factor
}

/** What a client reads about a value that its schema refuses. */
export function wrong(parameter: string): Fault {
  const schemas = {
    ...ListParameters.properties,
    ...ReplayParameters.properties,
    ...CostParameters.properties,
  }
  const [, schema] = Object.entries(schemas).find(([known]) => known === parameter) ?? []
  return new Fault('bad-request', `The parameter "${parameter}" must be ${schema?.description ?? 'another'}`)
}

function toMoment(parameter: string, text: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isNaN(ms)) throw wrong(parameter)
  return ms
}
