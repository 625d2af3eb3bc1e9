import { declaredIn, namesIn, passingIn, type Declared } from '../syntax/children.ts'
import type { Condition } from '../syntax/tree.ts'
import { compileExpression } from './expression.ts'
import type { Code } from './frame.ts'
import { levelsOf } from './levels.ts'
import { slotFor, type Scope } from './scope.ts'

/**
 * A body as it is evaluated: one variable is bound at a time, and each condition is checked as soon as all of its
 * variables are bound, so that a binding is given up as early as it can be. The models, and their order, are those of
 * trying every combination.
 */
export type Body = {
  /** The first is what needs no variable; each other binds one and checks what that makes decidable. */
  readonly levels: readonly Level[]
  /** All of its variables by name: they make the key and the ranges of a violation. */
  readonly variables: readonly { readonly name: string; readonly slot: number }[]
  /** Variables of comprehensions, which upstream counts among them in its keys. */
  readonly passing: readonly string[]
  /** The last level that binds something of the whole trace; -1 if none does. */
  readonly lastWhole: number
}

export type Level = { readonly binder: Binder | null; readonly steps: readonly Step[] }

export type Binder = {
  readonly slot: number
  readonly type: string
  /** Its number among the domains that are computed; null for the whole trace. */
  readonly domain: number | null
}

export type Step = {
  readonly kind: 'check' | 'assign' | 'domain'
  readonly code: Code
  /** The slot, or the domain's number. */
  readonly target: number
  readonly index: number
  readonly at: number
  /**
   * `early`: a condition before it is not decided yet and may guard it, so that what it throws is put off.
   * `late`: it runs again if it was put off. `due`: now or never.
   */
  readonly time: 'due' | 'early' | 'late'
}

type Part = {
  readonly kind: Step['kind']
  readonly code: Code
  readonly target: number
  readonly names: ReadonlySet<string>
  readonly at: number
}

export function planBody(body: readonly Condition[], scope: Scope): Body {
  const declared = declaredIn(body)
  const slots = new Map(declared.map(({ name }) => [name, slotFor(scope, name)]))
  const levels = levelsOf(body, declared)
  const typed = declared
    .filter(({ kind }) => kind === 'typed')
    .sort((a, b) => (levels.get(a.name) ?? 0) - (levels.get(b.name) ?? 0))
  const domains = new Map(
    typed.filter(({ domain }) => domain !== null).map(({ name }, number) => [name, number]),
  )
  const parts = partsOf(body, scope, slots, domains)
  const steps: Step[][] = Array.from({ length: typed.length + 1 }, () => [])
  let safe = 0
  parts.forEach((part, index) => {
    const ready = Math.max(0, ...[...part.names].map((name) => levels.get(name) ?? 0))
    safe = Math.max(safe, ready)
    const { kind, code, target, at } = part
    const step = { kind, code, target, index, at }
    const last = kind === 'domain' ? bindingLevel(typed, domains, target) - 1 : safe
    if (kind === 'domain') steps[Math.min(Math.max(ready, safe), last)]?.push({ ...step, time: 'due' })
    else if (ready === safe) steps[ready]?.push({ ...step, time: 'due' })
    else {
      steps[ready]?.push({ ...step, time: 'early' })
      steps[safe]?.push({ ...step, time: 'late' })
    }
  })
  // What is never bound decides nothing, and so nothing can be a model.
  if ([...levels.values()].some((level) => level > typed.length)) {
    scope.policy.warn(declared[0]?.at ?? 0, 'variables of this body need each other: this rule never fires')
    scope.frame.isDead = true
  }
  const binders = typed.map(({ name, type }) => ({
    slot: slots.get(name) ?? 0,
    type: typeOf(scope, type),
    domain: domains.get(name) ?? null,
  }))
  return {
    levels: steps.map((list, level) => ({
      binder: level === 0 ? null : (binders[level - 1] ?? null),
      steps: list.sort((a, b) => a.index - b.index),
    })),
    variables: [...slots].map(([name, slot]) => ({ name, slot })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    passing: passingIn(body),
    lastWhole: 1 + binders.findLastIndex(({ domain }) => domain === null) || -1,
  }
}

function bindingLevel(
  typed: readonly Declared[],
  domains: ReadonlyMap<string, number>,
  target: number,
): number {
  return 1 + typed.findIndex(({ name }) => domains.get(name) === target)
}

/** An imported type may have another name in the policy. */
function typeOf(scope: Scope, name: string): string {
  const value = scope.policy.names.get(name)
  return typeof value === 'object' && value !== null && value.kind === 'type' ? value.name : name
}

/** The conditions as code; an assignment stands before what uses it, wherever it was written. */
function partsOf(
  body: readonly Condition[],
  scope: Scope,
  slots: ReadonlyMap<string, number>,
  domains: ReadonlyMap<string, number>,
): Part[] {
  const parts = body.flatMap((condition): Part[] => {
    if (condition.kind === 'import' || condition.kind === 'variable') return []
    const { at } = condition
    const ranged = declaredIn([condition]).flatMap(({ name, domain }): Part[] => {
      if (domain === null) return []
      const code = compileExpression(domain, scope)
      return [{ kind: 'domain', code, target: domains.get(name) ?? 0, names: namesIn(domain), at: domain.at }]
    })
    const names = namesIn(condition)
    if (condition.kind === 'assign') {
      const code = compileExpression(condition.value, scope)
      return [...ranged, { kind: 'assign', code, target: slots.get(condition.name) ?? 0, names, at }]
    }
    const isDomain =
      condition.kind === 'binary' && condition.operator === 'in' && condition.left.kind === 'variable'
    if (isDomain) return ranged
    return [...ranged, { kind: 'check', code: compileExpression(condition, scope), target: 0, names, at }]
  })
  const assigned = body.flatMap((condition) => (condition.kind === 'assign' ? [condition.name] : []))
  return assigned.length === 0 ? parts : ordered(parts, assigned, slots)
}

function ordered(
  parts: readonly Part[],
  assigned: readonly string[],
  slots: ReadonlyMap<string, number>,
): Part[] {
  const done: Part[] = []
  const open = new Set(parts)
  const sources = new Map(parts.filter(({ kind }) => kind === 'assign').map((part) => [part.target, part]))
  const put = (part: Part): void => {
    if (!open.delete(part)) return
    for (const name of assigned) {
      if (!part.names.has(name)) continue
      const source = sources.get(slots.get(name) ?? -1)
      if (source !== undefined) put(source)
    }
    done.push(part)
  }
  for (const part of parts) put(part)
  return done
}
