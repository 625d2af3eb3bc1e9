import { suggest } from '../../config/suggest.ts'
import { verdicts } from '../../merge/judged.ts'
import { outcomes } from '../../merge/report.ts'
import type { Flags, Given } from '../command.ts'
import { parseMoment } from '../quantity.ts'
import type { TraceQuery } from '../source.ts'

/** The filters that list, follow and export share. */
export const filterFlags = {
  project: { value: 'NAME', help: 'Only of this project' },
  provider: { value: 'NAME', help: 'Only of this provider' },
  model: { value: 'NAME', help: 'Only for this model, as it was asked for' },
  outcome: { value: 'OUTCOME', help: `Only ${outcomes.join('|')}` },
  verdict: { value: 'VERDICT', help: `Only what rules judged so: ${verdicts.join('|')}` },
  status: { value: 'CODE', help: 'Only with this HTTP status' },
  since: { value: 'WHEN', help: 'Only begun since: 2h ago, or a date such as 2026-05-01T10:00Z' },
  until: { value: 'WHEN', help: 'Only begun before' },
  text: { value: 'TEXT', help: 'Only with this text in request or answer' },
} as const satisfies Flags

export type Filters =
  | { readonly kind: 'query'; readonly query: TraceQuery }
  | { readonly kind: 'wrong'; readonly message: string }

export function readFilters({ values }: Given, now: number): Filters {
  const { project, provider, model, text } = values
  const outcome = outcomes.find((name) => name === values['outcome'])
  if (values['outcome'] !== undefined && outcome === undefined)
    return wrong(noneOf('--outcome', values['outcome'], outcomes))
  const verdict = verdicts.find((name) => name === values['verdict'])
  if (values['verdict'] !== undefined && verdict === undefined)
    return wrong(noneOf('--verdict', values['verdict'], verdicts))
  if (values['status'] !== undefined && !/^[1-5]\d\d$/.test(values['status'])) {
    return wrong('--status must be an HTTP status, such as 200')
  }
  const since = momentOf(values['since'], now)
  const until = momentOf(values['until'], now)
  if (since === null || until === null) {
    return wrong(
      `--${since === null ? 'since' : 'until'} must be a time ago such as 2h or 30d, or an ISO date`,
    )
  }
  const query: TraceQuery = {
    ...(project === undefined ? {} : { project }),
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(values['status'] === undefined ? {} : { status: Number(values['status']) }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(text === undefined ? {} : { text }),
  }
  return { kind: 'query', query }
}

function momentOf(text: string | undefined, now: number): number | null | undefined {
  return text === undefined ? undefined : parseMoment(text, now)
}

function noneOf(flag: string, value: string, names: readonly string[]): string {
  const near = suggest(value, names)
  return `${flag} must be one of ${names.join(', ')}${near === null ? '' : `; did you mean ${near}?`}`
}

function wrong(message: string): Filters {
  return { kind: 'wrong', message }
}
