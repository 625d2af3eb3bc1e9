import type { GivenOrder, Orders } from './given.ts'

/** What a list of orders asks of an exchange: who waits for what. */
export type Needs = {
  /** The provider's answer waits for the verdict on the request. */
  readonly rules: boolean
  /** The call itself waits for it. */
  readonly isStrict: boolean
  /** Nothing of the answer leaves unjudged. */
  readonly holds: boolean
  /** The answer is judged once it is over, by what has left. */
  readonly watches: boolean
  /** Something of the answer may leave otherwise than it came. */
  readonly mayReplace: boolean
  /** There is something to judge besides the request before it is answered. */
  readonly lasts: boolean
  /** What a judgement means that never came. */
  readonly onError: 'block' | 'allow'
}

const known = new WeakMap<Orders, Needs>()

export function needsOf(orders: Orders): Needs {
  const before = known.get(orders)
  if (before !== undefined) return before
  const needs = read(orders.list)
  known.set(orders, needs)
  return needs
}

function read(list: readonly GivenOrder[]): Needs {
  const asked = list.filter(({ on, action }) => on !== 'answer' && stops(action))
  const answered = list.filter(({ on }) => on !== 'request')
  const holding = answered.filter(({ mode, action }) => mode !== 'watch' && stops(action))
  return {
    rules: asked.length > 0,
    isStrict: asked.some(({ strict, action }) => strict || action === 'mask'),
    holds: holding.length > 0,
    watches: answered.length > holding.length,
    lasts: answered.length > 0 || list.some(({ on, action }) => on !== 'answer' && !stops(action)),
    mayReplace: holding.some(({ action }) => action === 'mask' || action === 'steer'),
    onError: [...asked, ...holding].some(({ onError }) => onError === 'block') ? 'block' : 'allow',
  }
}

function stops(action: GivenOrder['action']): boolean {
  return action === 'block' || action === 'mask' || action === 'steer'
}
