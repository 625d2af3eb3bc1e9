import { outcomes, type Outcome } from '../merge/report.ts'

/** What the page shows, as the hash of its address says it: `#/t/<id>?outcome=failed`, `#/?text=hello`. */
export type Filter = { readonly text: string; readonly outcome: Outcome | ''; readonly provider: string }
export type Place = { readonly trace: string | null; readonly filter: Filter }

export const noFilter: Filter = { text: '', outcome: '', provider: '' }

export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s)
  const parameters = new URLSearchParams(query)
  const outcome = parameters.get('outcome')
  return {
    trace: /^\/t\/([0-9a-z]{20})$/.exec(path)?.[1] ?? null,
    filter: {
      text: (parameters.get('text') ?? '').slice(0, 500),
      outcome: outcomes.find((known) => known === outcome) ?? '',
      provider: (parameters.get('provider') ?? '').slice(0, 200),
    },
  }
}

export function toHash({ trace, filter }: Place): string {
  const parameters = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''))
  const query = parameters.size === 0 ? '' : `?${parameters}`
  return `#/${trace === null ? '' : `t/${trace}`}${query}`
}

export function isFiltered({ text, outcome, provider }: Filter): boolean {
  return text !== '' || outcome !== '' || provider !== ''
}

export function isSameFilter(one: Filter, other: Filter): boolean {
  return one.text === other.text && one.outcome === other.outcome && one.provider === other.provider
}
