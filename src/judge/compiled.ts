import { tellProblem, type Problem } from '../guard/problem.ts'
import type { Policies } from '../guard/policies.ts'
import type { Order } from './answer.ts'
import type { CompiledOrders, McpTool, OrdersFault } from './case.ts'
import type { GivenOrder } from './given.ts'

export type Metadata = Readonly<Record<string, string | null | readonly McpTool[]>>

/** Texts to policies that can be judged with, sorted by who waits for them. */
export function compileOrders(list: readonly GivenOrder[], policies: Policies): CompiledOrders {
  const compiled = list.map((given) => ({ given, result: policies.compile(given.text) }))
  const [fault] = compiled.flatMap(({ given, result }) =>
    result.kind === 'problems' ? [toFault(given, result.problems)] : [],
  )
  if (fault !== undefined) return { ruling: [], flagging: [], logging: [], answer: [], fault }
  const orders = compiled.flatMap(({ given, result }) =>
    result.kind === 'policy' ? [{ given, order: toOrder(given, result.policy) }] : [],
  )
  const asked = orders.filter(({ given }) => given.on !== 'answer').map(({ order }) => order)
  return {
    ruling: asked.filter(({ action }) => action !== 'flag' && action !== 'log'),
    flagging: asked.filter(({ action }) => action === 'flag'),
    logging: asked.filter(({ action }) => action === 'log'),
    answer: orders.filter(({ given }) => given.on !== 'request').map(({ order }) => order),
    fault: null,
  }
}

function toFault(given: GivenOrder, problems: readonly Problem[]): OrdersFault {
  const { isClients, onError } = given
  // What a client wrote may be told to it, with its place.
  const message = isClients
    ? problems.map(tellProblem).join('\n')
    : `the policy "${given.name}" cannot be compiled`
  return { order: given, isClients, onError, message }
}

/** What rules read beside their own parameters, in the words of Invariant's gateway and of its proxy for MCP. */
export function withMetadata(orders: CompiledOrders, metadata: Metadata): CompiledOrders {
  const add = (order: Order): Order => {
    return { ...order, input: { ...order.input, metadata, action: order.action } }
  }
  const { ruling, flagging, logging, answer, fault } = orders
  return {
    ruling: ruling.map(add),
    flagging: flagging.map(add),
    logging: logging.map(add),
    answer: answer.map(add),
    fault,
  }
}

function toOrder({ name, action, mode, onError, input }: GivenOrder, policy: Order['policy']): Order {
  return { name, policy, action, mode, onError, input }
}
