import type { DetectorName } from '../detector.ts'
import { compileRegex } from '../regex/regex.ts'
import type { Expression } from '../syntax/tree.ts'
import { isThing, memberOf } from '../trace/sorts.ts'
import { textsOf } from '../value/content.ts'
import { isEqual, isList, numberOf } from '../value/operators.ts'
import { work } from '../value/meter.ts'
import { trouble } from '../value/trouble.ts'
import { textOf, type Value } from '../value/value.ts'
import type { Frame } from './frame.ts'
import { noteNeed, type Scope } from './scope.ts'

/** `call is tool:name({...})`: the name and the shape of a call. None for what is no call. */
type Pattern = Extract<Expression, { kind: 'tool' | 'pattern' }>
type Matcher = (frame: Frame, value: Value) => boolean

export function compilePattern(
  node: Pattern,
  scope: Scope,
): (frame: Frame, subject: Value) => boolean | null {
  const { name } = node
  const given = node.kind === 'pattern' ? node.arguments : []
  const matchers = given.map((argument) => compileMatcher(argument, scope))
  if (node.kind === 'pattern' && node.named.length > 0) {
    scope.policy.warn(node.at, 'named arguments of a pattern are ignored')
  }
  if (given.length > 1) scope.policy.warn(node.at, 'a pattern with two arguments or more matches nothing')
  const [matcher] = matchers
  return (frame, subject) => {
    if (!isThing(subject)) return null
    const isOutput = subject.type.name === 'ToolOutput'
    if (!isOutput && subject.type.name !== 'ToolCall') return null
    const call = isOutput ? subject.call : subject
    if (call === null) return false
    const called = memberOf(call, 'function') ?? null
    if (!isThing(called) || called.source['name'] !== name) return false
    if (given.length > 1) return false
    return matcher === undefined || matcher(frame, memberOf(called, 'arguments') ?? null)
  }
}

function compileMatcher(node: Expression, scope: Scope): Matcher {
  switch (node.kind) {
    case 'wildcard':
      return () => true
    case 'dict': {
      const entries = node.entries.map(({ key, value }) => ({ key, matcher: compileMatcher(value, scope) }))
      return (frame, value) => {
        if (typeof value !== 'object' || value === null || value.kind !== 'dict') return false
        return entries.every(({ key, matcher }) => {
          const item = value.entries.get(key)
          return item !== undefined && matcher(frame, item)
        })
      }
    }
    case 'list': {
      const items = node.items.map((item) => compileMatcher(item, scope))
      return (frame, value) =>
        isList(value) &&
        value.items.length === items.length &&
        items.every((matcher, at) => matcher(frame, value.items[at] ?? null))
    }
    case 'string':
      return textMatcher(node, scope)
    case 'none':
      return (_frame, value) => value === null
    case 'boolean':
      return (_frame, value) => value === node.value
    case 'number':
      return (_frame, value) => isEqual(value, node.value)
    case 'unary': {
      const number = node.operand.kind === 'number' && node.operator === '-' ? node.operand.value : undefined
      if (number !== undefined) return (_frame, value) => numberOf(value) == -number
      return refused(node.at, scope)
    }
    case 'value-type':
      return typeMatcher(node, scope)
    default:
      return refused(node.at, scope)
  }
}

function refused(at: number, scope: Scope): Matcher {
  scope.policy.warn(at, 'a pattern holds literals only: this rule fails whenever it gets here')
  return () => trouble('value', 'a pattern holds literals only')
}

/** Equal, or matched as a whole by the string as a regular expression. */
function textMatcher({ value: pattern, at }: Extract<Expression, { kind: 'string' }>, scope: Scope): Matcher {
  const compiled = compileRegex(pattern, 'full')
  if (compiled.kind === 'refused') {
    scope.policy.warn(at, `this is no regular expression (${compiled.message}) and matches only itself`)
  }
  return (frame, value) => {
    const texts = textsOf(value).map((text) => textOf(text) ?? '')
    const text = texts.length === 1 ? (texts[0] ?? '') : texts.join('')
    work(frame.run.meter, text.length)
    if (text === pattern) return true
    return compiled.kind === 'regex' && compiled.regex.matches(text, frame.run.meter)
  }
}

export const valueTypes: Readonly<Record<string, DetectorName | null>> = {
  EMAIL_ADDRESS: 'pii',
  LOCATION: 'pii',
  PHONE_NUMBER: 'pii',
  PERSON: 'pii',
  MODERATED: 'moderated',
  DUMMY: null,
}

function typeMatcher({ name, at }: Extract<Expression, { kind: 'value-type' }>, scope: Scope): Matcher {
  const detector = Object.hasOwn(valueTypes, name) ? valueTypes[name] : undefined
  if (detector === undefined) return () => trouble('value', `unknown value type ${name}`)
  if (detector === null) return (_frame, value) => textOf(value) === '__DUMMY__'
  noteNeed(scope, detector, at, `<${name}>`)
  if (detector === 'pii') scope.policy.wants.push({ detector, kind: name, at })
  return ({ run }, value) => {
    const options = detector === 'pii' ? { entities: [name] } : {}
    let isFound = false
    for (const text of textsOf(value)) {
      for (const { kind, start, end } of run.detect(detector, textOf(text) ?? '', options).findings) {
        if (detector === 'pii' && kind !== name) continue
        run.mark(text, start, end)
        isFound = true
      }
    }
    return isFound
  }
}
