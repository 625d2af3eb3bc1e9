import type { Result, Judgement } from '../../../src/guard/judge.ts'
import { judge } from '../../../src/guard/judge.ts'
import { compile, type Policy } from '../../../src/guard/policy.ts'
import { readTrace, type Trace } from '../../../src/guard/trace/read.ts'

/** A policy that must compile. */
export function policyOf(text: string): Policy {
  const compiled = compile(text)
  if (compiled.kind === 'policy') return compiled.policy
  throw new Error(compiled.problems.map(({ message, line }) => `line ${line}: ${message}`).join('\n'))
}

/** A list of messages that must be a trace. */
export function traceOf(messages: readonly unknown[]): Trace {
  const read = readTrace(messages)
  if (read.kind === 'trace') return read.trace
  throw new Error(read.message)
}

/** What a policy says where nothing has to be waited for. */
export function judged(text: string, messages: readonly unknown[] = [], given: Judgement = {}): Result {
  const result = judge(policyOf(text), traceOf(messages), given)
  if (result instanceof Promise) throw new Error('this policy waits for a detector')
  return result
}

/** Whether `raise "x" if:` with these conditions fires, how often, or why not. */
export function fires(
  conditions: string,
  messages: readonly unknown[] = [],
  given: Judgement = {},
): number | string {
  const lines = conditions.split('\n').map((line) => `    ${line}`)
  const { violations, errors } = judged(
    `from invariant import forall, count\nraise "x" if:\n${lines.join('\n')}\n`,
    messages,
    given,
  )
  return errors[0]?.message ?? violations.length
}

export const user = (content: unknown): Record<string, unknown> => ({ role: 'user', content })

export const assistant = (content: unknown, ...calls: readonly unknown[]): Record<string, unknown> => ({
  role: 'assistant',
  content,
  tool_calls: calls,
})

export const call = (
  name: string,
  given: unknown = {},
  id: string | null = null,
): Record<string, unknown> => ({
  id,
  type: 'function',
  function: { name, arguments: given },
})

export const output = (content: unknown, id?: string): Record<string, unknown> => ({
  role: 'tool',
  content,
  ...(id === undefined ? {} : { tool_call_id: id }),
})
