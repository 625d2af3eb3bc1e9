import type { Database } from 'bun:sqlite'
import { Fault } from '../../core/fault.ts'
import type { DetectorName } from '../../guard/detector.ts'
import { compile } from '../../guard/policy.ts'
import { tellProblem } from '../../guard/problem.ts'
import { isTheirs, type KeyRow, toListedKey } from './key.ts'
import { metadataOfDataset } from './metadata.ts'
import { createPoliciesOf } from './policies.ts'
import { readPolicy, toPolicy } from './policy.ts'
import { mayReadRules, type Rows } from './rows.ts'
import { readBody } from './said.ts'
import type { Who } from './who.ts'

/** What may be asked of the thread that reads about keys and the rules of projects. */
export type AccessQuestion =
  | { readonly kind: 'keys' }
  | { readonly kind: 'policies'; readonly username: string; readonly name: string }
  | { readonly kind: 'metadata'; readonly username: string | null; readonly name: string }
  /** Whether the policy in a body can be used, where these detectors are there. */
  | { readonly kind: 'policy-check'; readonly body: Uint8Array; readonly detectors: readonly DetectorName[] }

type Of = { readonly database: Database; readonly rows: Rows; readonly now: () => number }

export function createAccessAnswers({ database, rows, now }: Of) {
  const policiesOf = createPoliciesOf(database)
  const allKeys = database.prepare<KeyRow, []>(
    'SELECT * FROM api_key ORDER BY revoked_at IS NOT NULL, id DESC',
  )

  const policies = (of: { username: string; name: string }, who: Who): object => {
    const dataset = rows.present(of)
    if (!mayReadRules(who, dataset))
      throw new Fault('forbidden', 'Not allowed to get policy for this dataset')
    return { policies: policiesOf(dataset.id).map(toPolicy) }
  }

  /** A name is given once: the owner need not be told. */
  const metadata = (username: string | null, name: string, who: Who): object => {
    const dataset = username === null ? rows.named(name) : rows.dataset({ username, name })
    if (dataset === null) throw new Fault('not-found', 'Dataset not found')
    return metadataOfDataset(rows.readableDataset({ id: dataset.id }, who))
  }

  const keys = (who: Who): object => {
    const own = allKeys.all().filter((row) => isTheirs(row, who))
    return { userid: who.user.id, keys: own.map((row) => toListedKey(row, now())) }
  }

  return (question: AccessQuestion & { readonly who: Who }): object => {
    const { who } = question
    switch (question.kind) {
      case 'keys':
        return keys(who)
      case 'policies':
        return policies(question, who)
      case 'metadata':
        return metadata(question.username, question.name, who)
      case 'policy-check':
        return check(question.body, question.detectors)
    }
  }
}

/** Here, because a policy of a thousand rules takes 0.4 s: in the thread that reads they hold nobody's exchange up. */
function check(body: Uint8Array, detectors: readonly DetectorName[]): object {
  const { content } = readPolicy(readBody(body))
  if (content === undefined) return { warnings: [] }
  const compiled = compile(content, { detectors: new Set(detectors) })
  if (compiled.kind === 'policy') return { warnings: compiled.policy.warnings.map(tellProblem) }
  const told = compiled.problems.slice(0, mostProblems).map(tellProblem)
  throw new Fault('bad-request', `The policy cannot be used: ${told.join('\n')}`)
}

const mostProblems = 10
