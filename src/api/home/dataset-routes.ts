import { Fault } from '../../core/fault.ts'
import type { DatasetKey } from '../../trace/home/rows.ts'
import { boundaryOf } from '../../wire/multipart.ts'
import type { Listing } from './listing.ts'
import {
  ExportParameters,
  isOn,
  ListParameters,
  readId,
  readParameters,
  SearchParameters,
  TracesParameters,
} from './parameters.ts'
import { bodyOf, createWithBody, type Given, type Handler, type On } from './route.ts'
import { type HomeAnswers, toJson } from './store.ts'

/** Routes of projects and of the traces in them. */
const mostUploadBytes = 128 * 1024 * 1024
const usualTraces = 1000

export function addDatasets(on: On, answers: HomeAnswers, listing: Listing): void {
  const { told, changed } = answers
  const withBody = createWithBody(answers)
  on(
    'POST',
    '/dataset/create',
    withBody(({ who }) => ({ kind: 'dataset-create', who })),
  )
  on('POST', '/dataset/upload', async ({ request, who }) => {
    const contentType = request.headers.get('content-type') ?? ''
    if (boundaryOf(contentType) === null)
      throw new Fault('bad-request', 'The body must be a form with a "file"')
    return changed({ kind: 'upload', who, contentType }, await bodyOf(request, mostUploadBytes))
  })
  on('GET', '/dataset/list', async ({ request, who }) => {
    const { kind = 'private', q = '', limit = '1000' } = readParameters(request, ListParameters)
    const list = { kind: kind === 'homepage' ? 'public' : kind } as const
    return listing.datasets({ who, list, text: q, limit: Number(limit) })
  })
  on('GET', '/dataset/list/byuser/:username', async ({ request, params, who }) => {
    const { q = '', limit = '1000' } = readParameters(request, ListParameters)
    const list = { kind: 'of', username: params['username'] ?? '' } as const
    return listing.datasets({ who, list, text: q, limit: Number(limit) })
  })
  on('GET', '/benchmark/:name/leaderboard', async ({ params, who }) =>
    toJson((await told({ kind: 'leaderboard', who, benchmark: params['name'] ?? '' })).json),
  )
  on('DELETE', '/dataset/query/:id', ({ params, who }) =>
    changed({ kind: 'query-remove', who, query: readId(params['id'], 'Query') }),
  )
}

/** The same routes for a project by its id and by its name. */
export function addDataset(
  on: On,
  { base, keyOf }: { base: string; keyOf: (params: Given['params']) => DatasetKey },
  { answers, listing }: { answers: HomeAnswers; listing: Listing },
): void {
  const { changed } = answers
  const withBody = createWithBody(answers)
  const place = ({ params, who }: Given) => ({ dataset: keyOf(params), who })
  on('GET', base, (given) => listing.dataset(place(given)))
  on(
    'PUT',
    base,
    withBody((given) => ({ kind: 'dataset-change', ...place(given) })),
  )
  on('DELETE', base, (given) => changed({ kind: 'dataset-remove', ...place(given) }))
  on('GET', `${base}/traces`, async (given) => {
    const { limit, offset = '0', indices } = readParameters(given.request, TracesParameters)
    const numbers = indices?.split(',').map(Number) ?? null
    const of = { limit: Number(limit ?? usualTraces), offset: Number(offset), numbers }
    return listing.traces(place(given), of)
  })
  on('GET', `${base}/indices`, (given) => listing.indices(place(given)))
  on('GET', `${base}/full`, (given) => listing.full(place(given)))
  on('GET', `${base}/s`, (given) => {
    const { query = '' } = readParameters(given.request, SearchParameters)
    return listing.search(place(given), query)
  })
  on(
    'PUT',
    `${base}/s`,
    withBody((given) => ({ kind: 'query-save', ...place(given) })),
  )
  const download =
    (isAnnotated: boolean): Handler =>
    (given) => {
      const { include_trace_ids: withIds } = readParameters(given.request, ExportParameters)
      return listing.exported(place(given), { isAnnotated, withIds: isOn(withIds, false) })
    }
  on('GET', `${base}/download`, download(false))
  on('GET', `${base}/download/annotated`, download(true))
}
