import type { Log } from '../core/log.ts'
import type { Result } from '../guard/judge.ts'
import type { Order } from './answer.ts'

/** What kept a rule silent, told of each rule once: it is judged with every request. */
export type Remark = { readonly order: string; readonly line: number; readonly message: string }

/** Told of the warnings of each judgement. */
export type Observer = (order: Pick<Order, 'name' | 'policy'>, warnings: Result['warnings']) => void

// Requests bring rules of their own, one after another.
const mostTold = 1_000

export function createObserver(tell: (remark: Remark) => void): Observer {
  const told = new Set<string>()
  return ({ name, policy }, warnings) => {
    for (const { rule, message } of warnings) {
      const line = policy.rules.find(({ index }) => index === rule)?.line ?? 0
      const key = `${name}:${line}: ${message}`
      if (told.has(key) || told.size >= mostTold) continue
      told.add(key)
      tell({ order: name, line, message })
    }
  }
}

export function logRemark(log: Log, { order: rule, line, message }: Remark): void {
  log('warn', 'rule-remark', { rule, line, message })
}
