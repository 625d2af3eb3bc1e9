import { KindGuard } from '@sinclair/typebox'
import type { ValueError } from '@sinclair/typebox/errors'
import { Value } from '@sinclair/typebox/value'
import { disagreements } from './agree.ts'
import { isMap, isMapSchema, isWithin, memberValue, type Path } from './path.ts'
import { toFinding, type Finding } from './problem.ts'
import { Written } from './schema.ts'

/** A value against the schema and against what no schema can say, with every fault of it and not the first only. */
export type Checked =
  | { readonly kind: 'sound'; readonly config: Written }
  | { readonly kind: 'faulty'; readonly findings: readonly Finding[] }

type WrittenAt = (path: Path) => string | undefined

/** `known`: what was found wrong before. A key has one finding, the first: the others follow from it. */
export function check(given: unknown, known: readonly Finding[], writtenAt: WrittenAt): Checked {
  const findings = [...known]
  // TypeBox tells one unknown key of a map, and cannot look behind a faulty one: take out what is wrong and ask
  // again. What remains can also be compared with each other.
  let rest = without(given, known)
  for (let errors = faults(rest); errors.length > 0; errors = faults(rest)) {
    const fresh = errors.map((error) => toFinding(error, { root: Written, writtenAt }))
    for (const finding of fresh) {
      if (!findings.some((earlier) => isWithin(finding.path, earlier.path))) findings.push(finding)
    }
    if (fresh.some(({ path }) => path.length === 0)) return { kind: 'faulty', findings }
    rest = without(rest, fresh)
  }
  if (!Value.Check(Written, rest)) return { kind: 'faulty', findings }
  for (const finding of disagreements(rest)) {
    const isKnown = (earlier: Finding): boolean =>
      isWithin(finding.path, earlier.path) || isWithin(earlier.path, finding.path)
    if (!findings.some(isKnown)) findings.push(finding)
  }
  return findings.length === 0 ? { kind: 'sound', config: rest } : { kind: 'faulty', findings }
}

function faults(value: unknown): ValueError[] {
  return [...Value.Errors(Written, value)].flatMap(within)
}

/**
 * Where a word or a map of keys may stand and a map does, its own faults are told, not that it is no such word. Its
 * defaults are not filled in yet: TypeBox does so only in what fits.
 */
function within(error: ValueError): ValueError[] {
  const map = KindGuard.IsUnion(error.schema) ? error.schema.anyOf.find(isMapSchema) : undefined
  if (map === undefined || !isMap(error.value)) return [error]
  const inner = [...Value.Errors(map, Value.Default(map, structuredClone(error.value)))]
  const own = inner.map((each) => ({ ...each, path: error.path + each.path })).flatMap(within)
  return own.length === 0 ? [error] : own
}

/** A copy without the faulty members, with all defaults. */
function without(value: unknown, findings: readonly Finding[]): unknown {
  const rest: unknown = structuredClone(value)
  for (const { path } of findings) remove(rest, path)
  return Value.Default(Written, rest)
}

/** Takes out a member; a list or a map that lacks a member as a whole. */
function remove(root: unknown, path: Path): void {
  const key = path.at(-1)
  if (key === undefined) return
  const outer = path.slice(0, -1)
  const parent = outer.reduce(memberValue, root)
  if (isMap(parent) && Object.hasOwn(parent, key)) delete parent[key]
  else remove(root, outer)
}
