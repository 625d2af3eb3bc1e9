import { Fault } from '../../core/fault.ts'
import type { DetectorName } from '../../guard/detector.ts'
import type { Change } from '../../trace/home/change.ts'
import type { Bytes } from '../../wire/body.ts'
import { readId } from './parameters.ts'
import { bodyOf, type Given, type On } from './route.ts'
import { type HomeAnswers, toJson } from './store.ts'

/** Routes of users, their keys, the rules of projects and what is told of projects as a whole. */
const mostBodyBytes = 8 * 1024 * 1024

export function addAccess(on: On, answers: HomeAnswers, detectors: () => readonly DetectorName[]): void {
  addUsers(on)
  addKeys(on, answers)
  addPolicies(on, answers, detectors)
  addMetadata(on, answers)
}

function addUsers(on: On): void {
  on('GET', '/user/identity', async ({ who }) => toJson(JSON.stringify({ username: who.user.username })))
  on('GET', '/user/info', async ({ who: { user, rights, projects } }) => {
    const { id, username } = user
    const shown = { id, username, email: '', name: username, image_url_hash: '', signedUp: true }
    return toJson(JSON.stringify({ ...shown, rights, projects }))
  })
}

function addKeys(on: On, { told, changed }: HomeAnswers): void {
  on('POST', '/keys/create', async ({ request, who }) =>
    changed({ kind: 'key-create', who }, await bodyOf(request, mostBodyBytes)),
  )
  on('GET', '/keys/list', async ({ who }) => toJson((await told({ kind: 'keys', who })).json))
  on('DELETE', '/keys/:id', ({ params, who }) =>
    changed({ kind: 'key-revoke', key: readId(params['id'], 'API key'), who }),
  )
}

function addPolicies(on: On, { told, changed }: HomeAnswers, detectors: () => readonly DetectorName[]): void {
  const checked = async ({ request, who }: Given): Promise<{ body: Bytes; warnings: readonly string[] }> => {
    const body = await bodyOf(request, mostBodyBytes)
    const { json } = await told({ kind: 'policy-check', body, detectors: detectors(), who })
    // Written a moment ago by our own thread.
    const { warnings }: { warnings: readonly string[] } = JSON.parse(json)
    return { body, warnings }
  }
  const kept = async (change: Change, { body, warnings }: Awaited<ReturnType<typeof checked>>) => {
    const answer = await changed(change, body)
    if (warnings.length === 0) return answer
    const project: object = await answer.json()
    return toJson(JSON.stringify({ ...project, warnings }))
  }
  const one = ({ params }: Given) => {
    return { dataset: readId(params['id'], 'Dataset'), policy: readId(params['policy'], 'Policy') }
  }
  on('POST', '/dataset/:id/policy', async (given) => {
    const project = readId(given.params['id'], 'Dataset')
    return kept({ kind: 'policy-create', project, who: given.who }, await checked(given))
  })
  on('PUT', '/dataset/:id/policy/:policy', async (given) =>
    kept({ kind: 'policy-change', ...one(given), who: given.who }, await checked(given)),
  )
  on('DELETE', '/dataset/:id/policy/:policy', (given) =>
    changed({ kind: 'policy-remove', ...one(given), who: given.who }),
  )
  on('GET', '/dataset/byuser/:username/:dataset/policy', async ({ params, who }) => {
    const { username = '', dataset = '' } = params
    return toJson((await told({ kind: 'policies', username, name: dataset, who })).json)
  })
}

function addMetadata(on: On, { told, changed }: HomeAnswers): void {
  on('GET', '/dataset/metadata/:name', async ({ request, params, who }) => {
    const given = new URL(request.url).searchParams
    // Its server read the one, its SDK sends the other.
    const username = given.get('owner_username') ?? given.get('owner')
    if (username !== null && username.length > 100) throw new Fault('not-found', 'Dataset not found')
    return toJson((await told({ kind: 'metadata', username, name: params['name'] ?? '', who })).json)
  })
  on('PUT', '/dataset/metadata/:name', async ({ request, params, who }) =>
    changed(
      { kind: 'metadata-change', name: params['name'] ?? '', who },
      await bodyOf(request, mostBodyBytes),
    ),
  )
}
