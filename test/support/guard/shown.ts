import type { Condition, Expression, Parameter, Statement, Tree } from '../../../src/guard/syntax/tree.ts'

/** Trees as S-expressions, to compare them at a glance. */
export function shownTree({ statements }: Tree): unknown[] {
  return ['policy', ...statements.map(shownStatement)]
}

function shownStatement(node: Statement): unknown[] {
  switch (node.kind) {
    case 'import': {
      const names = node.names.map(({ name, alias }) => (alias === null ? name : [name, alias]))
      return ['import', node.module, names, ...(node.alias === null ? [] : [node.alias])]
    }
    case 'rule':
      return ['raise', shown(node.head), node.body.map(shownCondition)]
    case 'declaration':
      return [
        'decl',
        node.parameters === null ? ['id', node.name] : signature(node.name, node.parameters),
        node.body.map(shownCondition),
      ]
    case 'definition':
      return ['def', signature(node.name, node.parameters), node.statements.map(shownStatement)]
  }
}

function signature(name: string, parameters: readonly Parameter[]): unknown[] {
  return ['sig', name, parameters.map((parameter) => [parameter.name, parameter.type])]
}

function shownCondition(node: Condition): unknown {
  if (node.kind === 'import') return shownStatement(node)
  return node.kind === 'assign' ? [':=', ['id', node.name], shown(node.value)] : shown(node)
}

export function shown(node: Expression): unknown {
  switch (node.kind) {
    case 'none':
      return ['none']
    case 'boolean':
      return ['bool', node.value]
    case 'number':
      return ['num', typeof node.value === 'bigint' ? Number(node.value) : node.value]
    case 'string':
      return node.prefix === '' ? ['str', node.value] : ['str', node.value, node.prefix]
    case 'name':
      return ['id', node.name]
    case 'variable':
      return ['var', node.name, node.type]
    case 'list':
      return ['list', ...node.items.map(shown)]
    case 'dict':
      return ['obj', ...node.entries.map(({ key, value }) => [key, shown(value)])]
    case 'first':
      return shown(node.value)
    case 'comprehension': {
      const filter = node.filter === null ? [] : [shown(node.filter)]
      return ['comp', shown(node.element), node.variable, shown(node.iterable), ...filter]
    }
    case 'ternary':
      return ['if', shown(node.test), shown(node.yes), shown(node.no)]
    case 'binary':
      return [node.operator, shown(node.left), shown(node.right)]
    case 'unary':
      return [node.operator === 'not' ? 'unot' : `u${node.operator}`, shown(node.operand)]
    case 'member':
      return ['.', shown(node.object), node.name]
    case 'index':
      return ['[]', shown(node.object), shown(node.key)]
    case 'call': {
      const named = node.named.map(({ name, value }) => [name, shown(value)])
      const kwargs = named.length === 0 ? [] : [Object.fromEntries(named)]
      return ['call', shown(node.callee), node.arguments.map(shown), ...kwargs]
    }
    case 'tool':
      return ['tool', node.name]
    case 'pattern':
      return ['pattern', node.name, node.arguments.map(shown)]
    case 'wildcard':
      return ['*']
    case 'value-type':
      return ['value', node.name]
    case 'quantifier':
      return ['quant', shown(node.callee), node.body.map(shownCondition)]
  }
}
