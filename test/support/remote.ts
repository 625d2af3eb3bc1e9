import { createProvider, type Call, whole } from './provider.ts'

/**
 * A remote that traces are pushed to: keeps what it takes, tells of it as Invariant's Explorer does, and fails as it is
 * told to. `stored` has each push that it took, so that one that came twice is there twice.
 */
export type Remote = {
  readonly url: string
  readonly stored: Push[]
  /** Every request, with its head. */
  readonly calls: readonly Call[]
  /** Asked for each push. */
  behave: (push: Push) => Behaviour
  /** What can be asked of it. */
  answers: 'all' | 'list' | 'nothing'
  readonly stop: () => Promise<void>
}

export type Push = {
  readonly trace: string
  readonly payload: {
    readonly messages: readonly unknown[]
    readonly annotations: unknown
    readonly dataset: string
    readonly metadata: readonly Record<string, unknown>[]
  }
}

/** Before or after it has kept the trace: resets the connection, answers with an error, or says nothing at all. */
export type Behaviour =
  | { readonly kind: 'take' }
  | {
      readonly kind: 'status'
      readonly status: string
      readonly detail?: string
      readonly more?: readonly string[]
      readonly after?: true
    }
  | { readonly kind: 'cut'; readonly after?: true }
  | { readonly kind: 'hang'; readonly after?: true }

export async function createRemoteStore(): Promise<Remote> {
  const provider = await createProvider((call) => answer(call))
  const remote: Remote = {
    url: provider.url,
    stored: [],
    calls: provider.calls,
    behave: () => ({ kind: 'take' }),
    answers: 'all',
    stop: provider.stop,
  }

  async function answer(call: Call): Promise<void> {
    const { pathname, searchParams } = new URL(call.target, remote.url)
    if (call.method === 'POST') return take(call, JSON.parse((await call.body()).toString()))
    if (remote.answers === 'nothing') return reply(call, { detail: 'Not Found' }, '405 Method Not Allowed')
    if (pathname.endsWith('/user/identity')) return reply(call, { username: 'somebody' })
    if (pathname.endsWith('/s')) return search(call, searchParams.get('query') ?? '')
    const indices = searchParams.get('indices')?.split(',').map(Number)
    const listed = remote.stored.map(({ trace }, index) => ({
      id: `remote-${index}`,
      index,
      messages: [],
      extra_metadata: { weir_trace: trace },
    }))
    reply(call, indices === undefined ? listed : listed.filter(({ index }) => indices.includes(index)))
  }

  function search(call: Call, query: string): void {
    if (remote.answers === 'list') return reply(call, { detail: 'Not authenticated' }, '401 Unauthorized')
    const wanted = /^meta:weir_trace=(.*)$/.exec(query)?.[1]
    const traces = remote.stored.flatMap(({ trace }, index) => (trace === wanted ? [index] : []))
    reply(call, { result: { 'Other Traces': { traces: [] }, [query]: { traces } }, mappings: {} })
  }

  function take(call: Call, payload: Push['payload']): void {
    const push = { trace: String(payload.metadata[0]?.['weir_trace']), payload }
    const behaviour = remote.behave(push)
    const keeps = behaviour.kind === 'take' || behaviour.after === true
    if (keeps) remote.stored.push(push)
    switch (behaviour.kind) {
      case 'take':
        return reply(call, {
          id: [`remote-${remote.stored.length - 1}`],
          dataset: payload.dataset,
          username: 'somebody',
        })
      case 'status':
        return void call.send(
          whole(
            JSON.stringify({ detail: behaviour.detail ?? 'no' }),
            ['Content-Type: application/json', ...(behaviour.more ?? [])],
            behaviour.status,
          ),
        )
      case 'cut':
        return call.reset()
      case 'hang':
        return
    }
  }

  return remote
}

function reply(call: Call, body: unknown, status = '200 OK'): void {
  call.send(whole(JSON.stringify(body), ['Content-Type: application/json'], status))
}
