import { childrenOf, declaredIn } from '../syntax/children.ts'
import type { Condition, Declaration, Expression } from '../syntax/tree.ts'

/**
 * Whether a body looks at nothing of the trace but what its variables are bound to: no quantifier, and no predicate
 * or constant that ranges over the trace itself. Each declaration is looked at once, however often it is used.
 */
export function isLocal(
  body: readonly Condition[],
  declared: ReadonlyMap<string, Declaration>,
  seen: Set<string> = new Set(),
): boolean {
  return body.every((node) => {
    if (node.kind === 'import') return true
    return isPlain(node.kind === 'assign' ? node.value : node, declared, seen)
  })
}

function isPlain(node: Expression, declared: ReadonlyMap<string, Declaration>, seen: Set<string>): boolean {
  if (node.kind === 'quantifier') return false
  if (node.kind !== 'name') return childrenOf(node).every((part) => isPlain(part, declared, seen))
  const declaration = declared.get(node.name)
  if (declaration === undefined || seen.has(node.name)) return true
  seen.add(node.name)
  const ranges = declaredIn(declaration.body).some(({ kind, domain }) => kind === 'typed' && domain === null)
  return !ranges && isLocal(declaration.body, declared, seen)
}
