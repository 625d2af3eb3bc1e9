import { isThing, memberOf, message, toolCall, toolOutput } from '../trace/sorts.ts'
import { tool } from '../trace/tools.ts'
import type { Trace } from '../trace/read.ts'
import { isList } from '../value/operators.ts'
import { typeName, type Value } from '../value/value.ts'
import type { Level } from './plan.ts'

/** What a typed variable ranges over: all values of its type in the trace, or in the value after `in`. */
const sorts = new Map([message, toolCall, toolOutput, tool].map((sort) => [sort.name, sort]))

export function wholeDomain(trace: Trace, type: string): readonly Value[] {
  const sort = sorts.get(type)
  if (sort !== undefined) return trace.ofSort(sort)
  const known = trace.found.get(type)
  if (known !== undefined) return known
  const found: Value[] = []
  for (const event of trace.events) walk(event, type, found, 0)
  trace.found.set(type, found)
  return found
}

export function select(levels: readonly Level[], domain: number, value: Value): readonly Value[] {
  const binder = levels.find((level) => level.binder?.domain === domain)?.binder
  const type = binder?.type ?? ''
  const found: Value[] = []
  // The value itself is meant only if it is no container: `(x: list) in [[1], [2]]` is about the inner lists.
  if (typeof value === 'object' && value !== null && value.kind === 'dict') {
    for (const item of value.entries.values()) walk(item, type, found, 1)
  } else if (isList(value) && value.sort !== 'contents') {
    for (const item of value.items) walk(item, type, found, 1)
  } else walk(value, type, found, 0)
  return found
}

const mostDepth = 100

function walk(value: Value, type: string, found: Value[], depth: number): void {
  if (value === null || depth > mostDepth) return
  if (typeName(value) === type) {
    found.push(value)
    return
  }
  if (typeof value !== 'object') return
  if (isList(value)) for (const item of value.items) walk(item, type, found, depth + 1)
  else if (value.kind === 'dict')
    for (const item of value.entries.values()) walk(item, type, found, depth + 1)
  else if (isThing(value)) {
    for (const name of value.type.walked) walk(memberOf(value, name) ?? null, type, found, depth + 1)
  }
}
