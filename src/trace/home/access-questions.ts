import { Fault, type FaultCode } from '../../core/fault.ts'
import type { Store } from '../store.ts'
import { isTheirs, type KeyRow, toListedKey } from './key.ts'
import { metadataOfDataset } from './metadata.ts'
import { createPoliciesOf } from './policies.ts'
import { toPolicy } from './policy.ts'
import { createRows } from './rows.ts'
import { may, type Who } from './who.ts'

/** What may be asked of the thread that reads about keys and the rules of projects. */
export type AccessQuestion = { readonly who: Who } & (
  | { readonly kind: 'keys' }
  | { readonly kind: 'policies'; readonly username: string; readonly name: string }
  | { readonly kind: 'metadata'; readonly username: string | null; readonly name: string }
)

export type AccessAnswer =
  | { readonly kind: 'told'; readonly value: object }
  | { readonly kind: 'refused'; readonly code: FaultCode; readonly message: string }

export type AskAccess = (question: AccessQuestion) => AccessAnswer

export function createAccessQuestions({ database }: Store, now: () => number): AskAccess {
  const rows = createRows(database)
  const policiesOf = createPoliciesOf(database)
  const keys = database.prepare<KeyRow, []>('SELECT * FROM api_key ORDER BY revoked_at IS NOT NULL, id DESC')

  const policies = (of: { username: string; name: string }, who: Who): object => {
    const dataset = rows.dataset(of)
    if (dataset === null) throw new Fault('not-found', 'Dataset not found')
    const { user, name } = dataset
    const mayAsk = may(who, 'read', name) || may(who, 'gateway', name)
    const isOwn = user === who.user.id || (who.rights.includes('admin') && who.projects === null)
    if (!mayAsk || !isOwn) throw new Fault('forbidden', 'Not allowed to get policy for this dataset')
    return { policies: policiesOf(dataset.id).map(toPolicy) }
  }

  /** A name is given once: the owner need not be told. */
  const metadata = (username: string | null, name: string, who: Who): object => {
    const dataset = username === null ? rows.named(name) : rows.dataset({ username, name })
    if (dataset === null) throw new Fault('not-found', 'Dataset not found')
    return metadataOfDataset(rows.readableDataset({ id: dataset.id }, who))
  }

  const answer = (question: AccessQuestion): object => {
    const { who } = question
    switch (question.kind) {
      case 'keys': {
        const own = keys.all().filter((row) => isTheirs(row, who))
        return { userid: who.user.id, keys: own.map((row) => toListedKey(row, now())) }
      }
      case 'policies':
        return policies(question, who)
      case 'metadata':
        return metadata(question.username, question.name, who)
    }
  }

  return (question) => {
    try {
      return { kind: 'told', value: answer(question) }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return { kind: 'refused', code: error.code, message: error.message }
    }
  }
}
