import type { Condition, Expression } from './tree.ts'

/** The expressions directly within one, in the order of the text; those of a quantifier's body are its own affair. */
export function childrenOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'list':
      return node.items
    case 'dict':
      return node.entries.map(({ value }) => value)
    case 'comprehension':
      return node.filter === null ? [node.element, node.iterable] : [node.element, node.iterable, node.filter]
    case 'ternary':
      return [node.yes, node.test, node.no]
    case 'first':
      return [node.value, ...node.others]
    case 'binary':
      return [node.left, node.right]
    case 'unary':
      return [node.operand]
    case 'member':
      return [node.object]
    case 'index':
      return [node.object, node.key]
    case 'call':
      return [node.callee, ...node.arguments, ...node.named.map(({ value }) => value)]
    case 'pattern':
      return [...node.arguments, ...node.named.map(({ value }) => value)]
    case 'quantifier':
      return [node.callee]
    case 'none':
    case 'boolean':
    case 'number':
    case 'string':
    case 'name':
    case 'variable':
    case 'tool':
    case 'wildcard':
    case 'value-type':
      return []
  }
}

export type Declared = {
  readonly name: string
  readonly at: number
  readonly kind: 'typed' | 'assigned'
  readonly type: string
  /** What it ranges over; null for the whole trace, or for an assignment. */
  readonly domain: Expression | null
}

/** The variables that the lines of a body declare, without those of quantifiers within. */
export function declaredIn(body: readonly Condition[]): Declared[] {
  return body.flatMap((condition) => {
    if (condition.kind === 'import') return []
    if (condition.kind !== 'assign') return typedIn(condition)
    const { name, at, value } = condition
    return [...typedIn(value), { name, at, kind: 'assigned' as const, type: '', domain: null }]
  })
}

function typedIn(node: Expression): Declared[] {
  if (node.kind === 'variable') return [typed(node, null)]
  if (node.kind === 'binary' && node.operator === 'in' && node.left.kind === 'variable') {
    return [typed(node.left, node.right), ...typedIn(node.right)]
  }
  return childrenOf(node).flatMap(typedIn)
}

function typed(node: Extract<Expression, { kind: 'variable' }>, domain: Expression | null): Declared {
  return { name: node.name, at: node.at, kind: 'typed', type: node.type, domain }
}

/** The names that a condition needs from outside of itself. */
export function namesIn(node: Condition): Set<string> {
  const names = new Set<string>()
  if (node.kind === 'import') return names
  collect(node.kind === 'assign' ? node.value : node, names)
  return names
}

function collect(node: Expression, names: Set<string>): void {
  if (node.kind === 'name' || node.kind === 'variable') names.add(node.name)
  else if (node.kind === 'comprehension') {
    collect(node.iterable, names)
    const own = new Set<string>()
    collect(node.element, own)
    if (node.filter !== null) collect(node.filter, own)
    own.delete(node.variable)
    for (const name of own) names.add(name)
  } else if (node.kind === 'quantifier') {
    collect(node.callee, names)
    const own = new Set(node.body.flatMap((condition) => [...namesIn(condition)]))
    for (const { name } of declaredIn(node.body)) own.delete(name)
    for (const name of own) names.add(name)
  } else {
    for (const child of childrenOf(node)) collect(child, names)
  }
}
