import { Fault, type FaultCode, toFault } from '../../core/fault.ts'
import type { Store } from '../store.ts'
import { type AccessQuestion, createAccessAnswers } from './access-questions.ts'
import { createContents } from './content.ts'
import { createDatasetAnswers } from './answer-datasets.ts'
import { createSearchAnswers } from './answer-search.ts'
import { createTraceAnswers } from './answer-traces.ts'
import { createNotes } from './notes.ts'
import { createRows, type DatasetKey } from './rows.ts'
import type { Who } from './who.ts'

/** What may be asked of the thread that reads about projects and what was told of their traces. */
export type HomeQuestion = { readonly who: Who } & (
  | {
      readonly kind: 'trace'
      readonly trace: string
      readonly mostCharacters: number
      readonly withAnnotations: boolean
    }
  | { readonly kind: 'annotations' | 'shared' | 'trace-export'; readonly trace: string }
  | { readonly kind: 'image'; readonly trace: string; readonly name: string }
  | { readonly kind: 'snippets'; readonly limit: number; readonly after: number }
  | { readonly kind: 'leaderboard'; readonly benchmark: string }
  | { readonly kind: 'dataset' | 'export-head'; readonly dataset: DatasetKey }
  | {
      readonly kind: 'datasets'
      readonly list: DatasetList
      readonly text: string
      readonly limit: number
      readonly after: number
    }
  | {
      readonly kind: 'traces'
      readonly dataset: DatasetKey
      readonly limit: number
      readonly offset: number
      readonly numbers: readonly number[] | null
      readonly after: number
    }
  | { readonly kind: 'indices'; readonly dataset: DatasetKey; readonly after: number }
  | {
      readonly kind: 'full' | 'export'
      readonly dataset: DatasetKey
      readonly after: number
      readonly isAnnotated: boolean
      readonly withIds: boolean
    }
  | {
      readonly kind: 'search'
      readonly dataset: DatasetKey
      readonly query: string
      readonly after: number
      /** Whether the places of what is found are told too. */
      readonly isMapped: boolean
    }
  | AccessQuestion
)

export type DatasetList =
  { readonly kind: 'private' | 'public' | 'any' } | { readonly kind: 'of'; readonly username: string }

export type HomeAnswer =
  /** As a text: who only passes it on need not know what is in it. `next` goes on, where there is more. */
  | { readonly kind: 'told'; readonly json: string; readonly next: number | null }
  | { readonly kind: 'image'; readonly type: string; readonly base64: string }
  | { readonly kind: 'refused'; readonly code: FaultCode; readonly message: string }

export type AskHome = (question: HomeQuestion) => HomeAnswer

export function createHome(store: Store, now: () => number): AskHome {
  const of = {
    database: store.database,
    rows: createRows(store.database),
    contents: createContents(store),
    notesOf: createNotes(store.database),
    now,
  }
  const traces = createTraceAnswers(of)
  const datasets = createDatasetAnswers(of)
  const search = createSearchAnswers(of)
  const access = createAccessAnswers(of)

  const answer = (question: HomeQuestion): HomeAnswer => {
    switch (question.kind) {
      case 'trace':
        return traces.trace(question)
      case 'annotations':
        return traces.annotations(question)
      case 'shared':
        return traces.shared(question)
      case 'trace-export':
        return traces.exported(question)
      case 'image':
        return traces.image(question)
      case 'snippets':
        return traces.snippets(question)
      case 'leaderboard':
        return datasets.leaderboard(question)
      case 'dataset':
        return datasets.dataset(question)
      case 'export-head':
        return datasets.head(question)
      case 'datasets':
        return datasets.list(question)
      case 'traces':
        return datasets.traces(question)
      case 'indices':
        return datasets.indices(question)
      case 'full':
      case 'export':
        return datasets.whole(question)
      case 'search':
        return search(question)
      case 'keys':
      case 'policies':
      case 'metadata':
      case 'policy-check':
        return { kind: 'told', json: JSON.stringify(access(question)), next: null }
    }
  }

  // All statements of one question see the same moment.
  const atOnce = store.database.transaction(answer)
  return (question) => {
    try {
      return atOnce(question)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      const { code, message } = toFault(error)
      return { kind: 'refused', code, message }
    }
  }
}
