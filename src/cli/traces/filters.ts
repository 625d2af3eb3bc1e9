import { suggest } from '../../config/suggest.ts'
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
  if (values['outcome'] !== undefined && outcome === undefined) {
    const near = suggest(values['outcome'], outcomes)
    return wrong(
      `--outcome must be one of ${outcomes.join(', ')}${near === null ? '' : `; did you mean ${near}?`}`,
    )
  }
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

function wrong(message: string): Filters {
  return { kind: 'wrong', message }
}
