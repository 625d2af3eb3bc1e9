import { problem, warn, type Check, type Names } from './found.ts'
import { uncallable } from './library/index.ts'
import { valueTypes } from './run/pattern.ts'
import type { Expression } from './syntax/tree.ts'

/** Functions whose name says that they answer with something else than yes or no. */
const results: Readonly<Record<string, string>> = {
  ...{ len: 'a number', sum: 'a number', tool_call: 'a call', json_loads: 'no boolean', tuple: 'a tuple' },
  ...{ find: 'a list', text: 'a list', image: 'a list', secrets: 'a list', pii: 'a list', unicode: 'a list' },
  ...{ copyright: 'a list', links: 'a list', ocr: 'a list', semgrep: 'a list', llm: 'a string' },
}

/** A line that can be neither true nor false makes its rule silent for ever. */
export function checkCondition(checking: Check, node: Expression, names: Names): void {
  const kinds: Partial<Record<Expression['kind'], string>> = {
    string: 'a string',
    number: 'a number',
    list: 'a list',
    dict: 'a dictionary',
    none: 'None',
    comprehension: 'a list',
    tool: 'a tool',
    pattern: 'a pattern',
  }
  const isArithmetic = node.kind === 'binary' && ['+', '-', '*', '/', '%', '**'].includes(node.operator)
  const isEach = node.kind === 'binary' && node.operator === 'in' && node.left.kind === 'list'
  const called = node.kind === 'call' && node.callee.kind === 'name' ? node.callee.name : ''
  const given = names.has(called) || !Object.hasOwn(results, called) ? undefined : results[called]
  const isSigned = node.kind === 'unary' && node.operator !== 'not'
  const kind = isArithmetic
    ? 'a number or a string'
    : isEach
      ? 'a list (use any(...))'
      : isSigned
        ? 'a number'
        : (given ?? kinds[node.kind])
  if (kind !== undefined) {
    warn(checking, node.at, `this condition is ${kind}, neither true nor false: the rule never fires`)
  }
}

/** What reads differently here than where the policy may come from. */
export function remark(checking: Check, node: Expression): void {
  if (node.kind === 'string' && node.prefix === 'f') {
    warn(checking, node.at, 'an f-string is taken as it is: nothing is put in its braces')
  } else if (node.kind === 'first') {
    warn(checking, node.at, 'of "(a, b)" only a is kept')
  } else if (node.kind === 'binary' && (node.operator === 'and' || node.operator === 'or')) {
    const other = node.operator === 'and' ? 'or' : 'and'
    const isMixed = [node.left, node.right].some(
      (part) => part.kind === 'binary' && part.operator === other && !part.isEnclosed,
    )
    if (isMixed)
      warn(checking, node.at, '"and" binds tighter than "or" here, not so upstream: set parentheses')
  }
}

export function checkValueType(
  checking: Check,
  { at, name }: Extract<Expression, { kind: 'value-type' }>,
  isPattern: boolean,
): void {
  if (!isPattern) {
    problem(checking, at, 'types', 'You cannot use value references outside of semantic patterns')
  } else if (!Object.hasOwn(valueTypes, name)) {
    problem(
      checking,
      at,
      'types',
      `Unsupported value type ${name}; known are ${Object.keys(valueTypes).join(', ')}`,
    )
  }
}

export function checkCallee(checking: Check, callee: Expression, names: Names): void {
  const isType = callee.kind === 'name' && !names.has(callee.name) && uncallable.has(callee.name)
  const told = isType
    ? "<class 'type'>"
    : callee.kind === 'string'
      ? "<class 'str'>"
      : callee.kind === 'none'
        ? 'None'
        : ''
  if (told !== '') problem(checking, callee.at, 'types', `Expected function, got ${told}`)
}
