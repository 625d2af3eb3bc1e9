import type { DetectorName } from '../detector.ts'
import type { Expression } from '../syntax/tree.ts'
import type { Value } from '../value/value.ts'
import type { Code } from './frame.ts'
import type { Predicate } from './predicate.ts'

/** What names mean while code is made: variables are slots of a frame, everything else is known by then. */
export type Scope = {
  readonly slots: Map<string, number>
  /** `isDead`: a name of the rule never has a value, so that it cannot fire.
   * The slot of the frame that is free next; comprehensions and quantifiers take theirs from the same frame. */
  readonly frame: { size: number; isDead: boolean }
  readonly policy: PolicyScope
  /** Whether what is false here may come out as true. */
  readonly isNegated?: boolean
}

export type PolicyScope = {
  /** Imports and built-ins. */
  readonly names: ReadonlyMap<string, Value>
  readonly constants: ReadonlyMap<string, Constant>
  readonly predicates: ReadonlyMap<string, Predicate>
  /** Detectors that it asks, and who asks each first: a function, or a value type in a pattern. */
  readonly needs: Map<DetectorName, { readonly at: number; readonly by: string }>
  readonly wants: WantedKind[]
  readonly warn: (at: number, message: string) => void
}

export type Constant = {
  readonly index: number
  readonly code: () => Code
  /** Its expression, if it is one. */
  readonly value: Expression | null
}

/** A kind of findings that the policy names, and where. */
export type WantedKind = { readonly detector: DetectorName; readonly kind: string; readonly at: number }

export function slotFor(scope: Scope, name: string): number {
  const slot = scope.frame.size++
  scope.slots.set(name, slot)
  return slot
}

/** A scope that knows one more name, for as long as a comprehension lasts. */
export function inner(scope: Scope, name: string): { readonly scope: Scope; readonly slot: number } {
  const slots = new Map(scope.slots)
  const extended = { ...scope, slots }
  return { scope: extended, slot: slotFor(extended, name) }
}

/** What a name of the policy means apart from variables; undefined for those. */
export function constantOf(scope: Scope, node: Expression): Value | undefined {
  if (node.kind === 'name') {
    const isLocal = scope.slots.has(node.name) || scope.policy.constants.has(node.name)
    return isLocal ? undefined : scope.policy.names.get(node.name)
  }
  if (node.kind !== 'member') return undefined
  const object = constantOf(scope, node.object)
  if (typeof object !== 'object' || object === null || object.kind !== 'module') return undefined
  return object.members.get(node.name)
}

/** The first who asks is told where the detector is missing. */
export function noteNeed({ policy }: Scope, need: DetectorName, at: number, by: string): void {
  if (!policy.needs.has(need)) policy.needs.set(need, { at, by })
}
