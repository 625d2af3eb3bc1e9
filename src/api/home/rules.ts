import type { GivenOrder } from '../../judge/given.ts'
import type { KnownPolicy } from '../../trace/home/snapshot.ts'

/** The rules of projects as the flow takes them. A project keeps its list as long as nothing in it changes. */
export type Rules = ReadonlyMap<string, readonly GivenOrder[]>

export function toRules(policies: readonly KnownPolicy[], before: Rules): Rules {
  const groups = Map.groupBy(policies, ({ project }) => project)
  return new Map(
    [...groups].map(([project, own]) => {
      const orders = own.map(toOrder)
      const known = before.get(project)
      return [project, known !== undefined && isSame(known, orders) ? known : orders]
    }),
  )
}

/** All besides is as a configuration has it that says no more of a rule. */
function toOrder({ name, content, action }: KnownPolicy): GivenOrder {
  return {
    name,
    text: content,
    action,
    mode: 'hold',
    on: 'both',
    onError: 'block',
    strict: false,
    input: {},
    isClients: false,
  }
}

function isSame(one: readonly GivenOrder[], other: readonly GivenOrder[]): boolean {
  return one.length === other.length && one.every((order, at) => isSameOrder(order, other[at]))
}

function isSameOrder(one: GivenOrder, other: GivenOrder | undefined): boolean {
  return one.name === other?.name && one.text === other.text && one.action === other.action
}
