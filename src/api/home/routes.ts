import type { AnyElysia } from 'elysia'
import type { DetectorName } from '../../guard/detector.ts'
import { localWho } from '../../trace/home/who.ts'
import { addAccess } from './access-routes.ts'
import { addDataset, addDatasets } from './dataset-routes.ts'
import { createListing } from './listing.ts'
import { readId } from './parameters.ts'
import { createOn, type WhoIs } from './route.ts'
import { createHomeAnswers, type HomeStore } from './store.ts'
import { addAnnotations, addTraces } from './trace-routes.ts'

/**
 * `/api/v1/...` as Invariant's Explorer had it: what its SDKs, its gateway and its exports speak. Bodies go to the thread
 * that stores as they came; docs/explorer-api.md has each route and each difference.
 */
export type HomeOptions = {
  readonly store: HomeStore
  readonly whoIs?: WhoIs
  /** Those that a rule may ask. */
  readonly detectors?: () => readonly DetectorName[]
  readonly now: () => number
}

/** Where nobody logs in, everything is one user's. */
const everybodyIsLocal: WhoIs = () => localWho

export function addHomeRoutes(app: AnyElysia, options: HomeOptions): void {
  const { store, whoIs = everybodyIsLocal, detectors = noDetectors, now } = options
  const answers = createHomeAnswers(store)
  const listing = createListing(answers, now)
  const on = createOn(app, whoIs)
  addTraces(on, answers, listing)
  addAnnotations(on, answers)
  addDatasets(on, answers, listing)
  addAccess(on, answers, detectors)
  const byId = { base: '/dataset/byid/:id', keyOf: idIn }
  const byUser = { base: '/dataset/byuser/:username/:dataset', keyOf: nameIn }
  for (const way of [byId, byUser]) addDataset(on, way, { answers, listing })
}

const noDetectors = () => []

function idIn({ id }: Readonly<Record<string, string>>) {
  return { id: readId(id, 'Dataset') }
}

function nameIn({ username = '', dataset = '' }: Readonly<Record<string, string>>) {
  return { username, name: dataset }
}
