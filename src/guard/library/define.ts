import type { DetectorName } from '../detector.ts'
import { memberOf } from '../trace/sorts.ts'
import { trouble } from '../value/trouble.ts'
import {
  textOf,
  typeName,
  type Callable,
  type Context,
  type Named,
  type Sort,
  type Thing,
  type Value,
} from '../value/value.ts'

/** What a function of the library is made of: its parameters by name, and what it does with them. */
export type Given = {
  /** A parameter that must be there. */
  readonly need: (name: string) => Value
  /** A parameter that may be left out. */
  readonly get: (name: string) => Value | undefined
  readonly text: (name: string) => string
}

/** Parameters that end in `?` may be left out. */
export function define(
  name: string,
  parameters: readonly string[],
  run: (context: Context, given: Given) => Value,
  needs: readonly DetectorName[] | Map<string, DetectorName> = [],
): Callable {
  const names = parameters.map((parameter) => parameter.replace('?', ''))
  const call = (context: Context, positional: readonly Value[], named: Named): Value => {
    if (positional.length > names.length) {
      return trouble('type', `${name} takes ${names.length} arguments, not ${positional.length}`)
    }
    const values = new Map<string, Value>()
    positional.forEach((value, at) => values.set(names[at] ?? '', value))
    for (const [key, value] of named) {
      if (!names.includes(key)) return trouble('type', `${name} has no parameter ${key}`)
      if (values.has(key)) return trouble('type', `${name} is given ${key} twice`)
      values.set(key, value)
    }
    const need = (key: string): Value => values.get(key) ?? absent(values, name, key)
    return run(context, {
      need,
      get: (key) => values.get(key),
      text: (key) =>
        textOf(need(key)) ?? trouble('type', `${name} needs a string, not ${typeName(need(key))}`),
    })
  }
  return { kind: 'callable', name, call, ...(needs instanceof Map ? { needsIf: needs } : { needs }) }
}

/** None is a value like any other. */
function absent(values: ReadonlyMap<string, Value>, name: string, key: string): Value {
  return values.has(key) ? null : trouble('type', `${name} needs the argument ${key}`)
}

/** A function of any number of arguments. */
export function variadic(name: string, run: (context: Context, given: readonly Value[]) => Value): Callable {
  const call = (context: Context, given: readonly Value[], named: Named): Value => {
    const [other] = named.keys()
    return other === undefined ? run(context, given) : trouble('type', `${name} has no parameter ${other}`)
  }
  return { kind: 'callable', name, call }
}

/** A sort of result with these members. */
export function resultSort(name: string, members: readonly string[]): Sort {
  return {
    name,
    members: Object.fromEntries(members.map((member) => [member, () => null])),
    walked: [],
    isEvent: false,
    shown: (result) =>
      Object.fromEntries(members.map((member) => [member, shown(memberOf(result, member) ?? null)])),
  }
}

function shown(value: Value): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? value.toString() : value
  return value.kind === 'list' ? value.items.map(shown) : (textOf(value) ?? null)
}

export function result(sort: Sort, members: Readonly<Record<string, Value>>): Thing {
  const known = new Map(Object.entries(members))
  return { kind: 'thing', type: sort, source: {}, place: null, order: -1, known, call: null, server: null }
}
