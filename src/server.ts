import { Elysia, type AnyElysia } from 'elysia'
import { Fault, toFault } from './core/fault.ts'
import { causeOf, type Log } from './core/log.ts'
import type { DialectName } from './dialect/dialect.ts'
import { dialects } from './dialect/index.ts'
import type { Gateway } from './exchange.ts'
import { handle } from './gateway.ts'
import { pathOf, projectOf } from './merge/begin.ts'
import type { Catalogue } from './provider/catalogue.ts'
import type { Door } from './route/door.ts'
import {
  invariantPrefix,
  toDenial,
  toInvariantAnswer,
  toInvariantEntry,
  type MayUse,
} from './route/invariant.ts'
import { answerModels, toModelQuestion, type ModelQuestion } from './route/models.ts'

/** Paths to functions. With api/ and explorer/ the only place that knows Elysia; nothing of it goes further. */
export type Site = {
  /** The gateway of the configuration in force. */
  readonly gateway: () => Gateway
  readonly catalogue: Catalogue
  readonly isReady: () => boolean
  /** Asked before every exchange: as whose it may begin, or why not. Without it everybody may have one. */
  readonly letIn?: (request: Request) => string | Fault | Promise<string | Fault>
  /** Asked for each request to Invariant's routes. */
  readonly mayUse?: MayUse
  /** Whose the key is that may. */
  readonly userOf?: (key: string | null) => string
  readonly metrics: () => string
  /** What stands beside the flow. */
  readonly api: AnyElysia
  readonly page: Bun.HTMLBundle
  readonly log: Log
}

/** The by-model routes, in each client's dialect. */
const modelPaths: Readonly<Record<string, DialectName>> = {
  '/v1/chat/completions': 'openai-chat',
  '/v1/embeddings': 'openai-chat',
  '/v1/responses': 'openai-responses',
  '/v1/messages': 'anthropic',
  '/v1/messages/count_tokens': 'anthropic',
}
// Google's SDK asks under /v1 since its third version, and the Gemini CLI under /v1beta.
const geminiPath = /^\/v1beta\/models\/.|^\/v1(?:alpha)?\/models\/.+:[a-zA-Z]+$/

export function createServer(site: Site) {
  const { gateway, catalogue, isReady, letIn, metrics, api, page, log } = site
  return new Elysia({ name: 'weir' })
    .get('/health', () => new Response('ok\n'))
    .get(
      '/ready',
      () => new Response(isReady() ? 'ready\n' : 'not ready\n', { status: isReady() ? 200 : 503 }),
    )
    .get(
      '/metrics',
      () => new Response(metrics(), { headers: { 'content-type': 'text/plain; version=0.0.4' } }),
    )
    .get('/', page)
    .use(api)
    .onError(({ error, request }) => {
      // It holds for the routes below it only; without it Elysia tells clients what was thrown, word for word.
      const fault = toFault(error)
      if (fault.code === 'internal') log('error', 'bug', { cause: causeOf(fault.cause) })
      return refuse(fault, dialectLike(pathOf(request.url)))
    })
    .all(invariantPrefix, ({ request, server }) => enter(request, server, site), { parse: 'none' })
    .all(`${invariantPrefix}/*`, ({ request, server }) => enter(request, server, site), { parse: 'none' })
    .all(
      '/*',
      ({ request, server }) => {
        const enter = (user?: string) => pass(request, server, { gateway: gateway(), catalogue, user })
        return letIn === undefined ? enter() : admit(request, letIn(request), enter)
      },
      // Without it Elysia reads the body, and the gateway could not stream it.
      { parse: 'none' },
    )
}

type Admitted = {
  readonly gateway: Gateway
  readonly catalogue: Catalogue
  readonly user: string | undefined
}
type Timed = { readonly timeout: (request: Request, seconds: number) => void } | null

function pass(
  request: Request,
  server: Timed,
  { gateway, catalogue, user }: Admitted,
): Response | Promise<Response> {
  const path = pathOf(request.url)
  const question = toModelQuestion(request, path)
  if (question !== null) return answer(question, gateway, catalogue)
  const door = doorOf(path, gateway)
  if (door instanceof Fault) return refuse(door, dialectLike(path))
  // An exchange may be silent for as long as its model thinks; the gateway has its own limits for that.
  server?.timeout(request, 0)
  return handle(request, { ...door, user }, gateway)
}

function admit(
  request: Request,
  as: ReturnType<NonNullable<Site['letIn']>>,
  enter: (user: string) => Response | Promise<Response>,
): Response | Promise<Response> {
  if (as instanceof Promise) return as.then((known) => admit(request, known, enter))
  return as instanceof Fault ? refuse(as, dialectLike(pathOf(request.url))) : enter(as)
}

async function enter(request: Request, server: Timed, { gateway, mayUse, userOf }: Site): Promise<Response> {
  const current = gateway()
  const entry = toInvariantEntry(request, pathOf(request.url), current.providers)
  if (entry.kind === 'answer') return entry.response
  const { door, key } = entry
  const project = projectOf(request.headers)
  const denial = mayUse === undefined ? null : toDenial(await mayUse(key, project), project)
  if (denial === null) server?.timeout(request, 0)
  const theirs = { ...door, user: userOf?.(key) }
  return toInvariantAnswer(denial ?? (await handle(request, theirs, current)), request, door)
}

function doorOf(path: string, { providers }: Gateway): Door | Fault {
  const plain = withoutQuery(path)
  const dialect = modelPaths[plain]
  if (dialect !== undefined) return { kind: 'model', dialect, path }
  if (geminiPath.test(plain)) return { kind: 'model', dialect: 'gemini', path }
  const slash = plain.indexOf('/', 1)
  const name = slash === -1 ? plain.slice(1) : plain.slice(1, slash)
  const provider = providers.get(name)
  if (provider !== undefined) return { kind: 'provider', provider, path: path.slice(name.length + 1) }
  const known = [...providers.keys()].map((each) => `/${each}/...`).join(', ')
  return new Fault(
    'not-found',
    `Nothing is at "${plain.slice(0, 200)}": there are ${known} and /v1/..., /v1beta/... by model`,
  )
}

async function answer(
  question: ModelQuestion,
  { providers }: Gateway,
  catalogue: Catalogue,
): Promise<Response> {
  try {
    return Response.json(answerModels(question, await catalogue(providers), providers))
  } catch (error) {
    return refuse(toFault(error), question.dialect)
  }
}

/** An answer without an exchange: nobody was to be called. */
function refuse(fault: Fault, dialect: DialectName): Response {
  return Response.json(dialects[dialect].refuse(fault, null), { status: fault.status })
}

function dialectLike(path: string): DialectName {
  return path.startsWith('/v1beta/') ? 'gemini' : (modelPaths[withoutQuery(path)] ?? 'openai-chat')
}

function withoutQuery(path: string): string {
  const query = path.indexOf('?')
  return query === -1 ? path : path.slice(0, query)
}
