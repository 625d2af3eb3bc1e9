import type { Judging, Rule } from './schema.ts'

/** Policies as the main thread has them: texts, with how each is applied. The thread that judges compiles them. */
export type GivenOrder = Pick<Rule, 'action' | 'mode' | 'on' | 'onError' | 'strict'> & {
  readonly name: string
  readonly text: string
  readonly input: Readonly<Record<string, unknown>>
  /** Whether the request brought it: a mistake in it is then the client's. */
  readonly isClients: boolean
}

/** All that hold for an exchange. */
export type Orders = {
  readonly list: readonly GivenOrder[]
  /** By what it says and nothing else: the trace names it, and what was judged by it is remembered by it. */
  readonly version: string
}

/** Policies of the configuration, their files read: those for all, and those of projects. */
export type Book = {
  readonly all: readonly GivenOrder[]
  readonly projects: ReadonlyMap<string, readonly GivenOrder[]>
}

export const emptyBook: Book = { all: [], projects: new Map() }

export function toOrders(list: readonly GivenOrder[]): Orders {
  const said = list.map(({ name, text, action, mode, on, onError, strict, input }) => {
    return [name, text, action, mode, on, onError, strict, input]
  })
  const version = new Bun.CryptoHasher('sha256').update(JSON.stringify(said)).digest('hex')
  return { list, version: version.slice(0, versionLength) }
}

const versionLength = 16

/** Rules that somebody else has for a project: the store, for one. */
export type MoreOrders = (project: string) => readonly GivenOrder[]

export type Asked = {
  readonly project: string
  /** As the header says them. */
  readonly own: GivenOrder | null
}

/**
 * The orders for an exchange; null if there are none. Which of them hold where there are several is Invariant's order of
 * precedence: the request's own, else its project's, else those for all.
 */
export type FindOrders = (asked: Asked) => Orders | null

export function createFindOrders(
  { all, projects }: Book,
  precedence: Judging['precedence'],
  more: MoreOrders = () => [],
): FindOrders {
  const usual = all.length === 0 ? null : toOrders(all)
  // Only of projects that have rules: a client may name any, and would take the room of those that do.
  const known = new Map<string, { readonly given: readonly GivenOrder[]; readonly orders: Orders }>()

  /** Put together once for as long as `more` gives the same list: to hash it costs more than to apply it. */
  function ofProject(project: string): Orders | null {
    const given = more(project)
    const before = known.get(project)
    if (before?.given === given) return before.orders
    const own = [...given, ...(projects.get(project) ?? [])]
    if (own.length === 0) {
      known.delete(project)
      return usual
    }
    const orders = toOrders(precedence === 'all' ? [...own, ...all] : own)
    known.set(project, { given, orders })
    return orders
  }

  return ({ project, own }) => {
    const others = ofProject(project)
    if (own === null) return others
    return toOrders(precedence === 'all' && others !== null ? [own, ...others.list] : [own])
  }
}
