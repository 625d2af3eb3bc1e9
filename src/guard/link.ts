import { builtins, modules } from './library/index.ts'
import type { Condition, Expression, Import, Statement, Tree } from './syntax/tree.ts'
import { childrenOf } from './syntax/children.ts'
import type { Value } from './value/value.ts'

/** What the names of a policy mean: its imports, found in the library, and the built-ins. */
export type Linked = {
  readonly names: ReadonlyMap<string, Value>
  readonly problems: readonly { readonly at: number; readonly message: string }[]
}

export function link(tree: Tree): Linked {
  const names = new Map(builtins)
  const problems: { at: number; message: string }[] = []
  for (const node of importsIn(tree.statements)) {
    const module = modules.get(node.module)
    if (module === undefined) {
      problems.push({ at: node.at, message: `there is no module ${node.module}` })
      continue
    }
    if (node.names.length === 0) names.set(node.alias ?? node.module, module)
    for (const { name, alias, at } of node.names) {
      const value = module.members.get(name) ?? modules.get(`${node.module}.${name}`)
      if (value === undefined) problems.push({ at, message: `${node.module} has no ${name}` })
      else names.set(alias ?? name, value)
    }
  }
  return { names, problems }
}

/** Definitions have no effect, and so their imports need not exist. */
function importsIn(statements: readonly (Statement | Condition)[]): Import[] {
  return statements.flatMap((statement): Import[] => {
    switch (statement.kind) {
      case 'import':
        return [statement]
      case 'rule':
      case 'declaration':
        return importsIn(statement.body)
      case 'definition':
        return []
      case 'assign':
        return importsWithin(statement.value)
      default:
        return importsWithin(statement)
    }
  })
}

function importsWithin(node: Expression): Import[] {
  const own = node.kind === 'quantifier' ? importsIn(node.body) : []
  return [...own, ...childrenOf(node).flatMap(importsWithin)]
}
