import { KindGuard, type TSchema } from '@sinclair/typebox'
import { isMap, isMapSchema, memberSchema, pathText, type Path } from './path.ts'
import type { Finding } from './problem.ts'
import type { Environment } from './server.ts'

/**
 * `$NAME` and `${NAME}` in values become the environment's variables, `$$` a dollar. Which values were made from
 * variables is kept, because a message must show the variable's name and never what it held.
 */
export type Expanded = {
  readonly value: unknown
  /** Values with variables in them, as they are written, by their path's text. */
  readonly written: ReadonlyMap<string, string>
  readonly findings: readonly Finding[]
}

export function expand(value: unknown, schema: TSchema, environment: Environment): Expanded {
  const written = new Map<string, string>()
  const findings: Finding[] = []

  function visit(inner: unknown, innerSchema: TSchema | undefined, path: Path): unknown {
    if (typeof inner === 'string') return inner.includes('$') ? replace(inner, innerSchema, path) : inner
    if (Array.isArray(inner)) {
      return inner.map((item, index) => visitMember(item, innerSchema, [...path, String(index)]))
    }
    if (isMap(inner)) {
      const members = Object.entries(inner).map(([key, member]) => {
        return [key, visitMember(member, innerSchema, [...path, key])] as const
      })
      return Object.fromEntries(members)
    }
    return inner
  }

  function visitMember(member: unknown, outer: TSchema | undefined, path: Path): unknown {
    const own = outer === undefined ? undefined : memberSchema(outer, path.at(-1) ?? '')
    // `timeouts:` with every line below it commented out is an empty map to its reader, and null to YAML.
    if (member === null && own !== undefined && isMapSchema(own)) return {}
    return visit(member, own, path)
  }

  function replace(text: string, innerSchema: TSchema | undefined, path: Path): unknown {
    const missing = new Set<string>()
    let isVariable = false
    const expanded = text.replace(reference, (whole, inBraces?: string, bare?: string) => {
      if (whole === '$$') return '$'
      isVariable = true
      const name = inBraces ?? bare ?? ''
      const found = environment[name]
      if (found === undefined) missing.add(name)
      return found ?? whole
    })
    for (const name of missing) findings.push({ path, message: fault(name) })
    if (!isVariable) return expanded
    written.set(pathText(value, path), text)
    return missing.size === 0 ? toScalar(expanded, innerSchema) : expanded
  }

  return { value: visit(value, schema, []), written, findings }
}

/** A dollar that begins no name is itself: patterns end with one. */
const reference = /\$(?:\$|\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g

function fault(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `the environment variable ${name} is not set`
  return `"\${${name}}" is not the name of an environment variable (a plain dollar is written $$)`
}

/** Variables are text: where a number or a truth value is wanted, such a text counts as one. */
function toScalar(text: string, schema: TSchema | undefined): unknown {
  if (schema === undefined) return text
  if (KindGuard.IsInteger(schema) || KindGuard.IsNumber(schema)) {
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  }
  if (KindGuard.IsBoolean(schema)) return text === 'true' ? true : text === 'false' ? false : text
  return text
}
