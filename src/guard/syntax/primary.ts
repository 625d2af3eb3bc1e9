import { goesOn, lowest, readExpression } from './expression.ts'
import { told, type Reader } from './reader.ts'
import type { Token } from './scan.ts'
import type { Expression } from './tree.ts'

/** Literals, names, brackets, and what follows them: members, indexes, calls. */
export function readPrimary(reader: Reader): Expression {
  let node = readAtom(reader)
  for (;;) {
    const token = reader.peek()
    if (token.kind !== 'mark' || !goesOn(reader, token) || !['.', '[', '('].includes(token.text)) return node
    reader.spend()
    if (token.text === '.') node = readMember(reader, node)
    else if (token.text === '[') node = readIndex(reader, node)
    else node = readCall(reader, node)
  }
}

function readMember(reader: Reader, object: Expression): Expression {
  reader.take()
  const { text } = reader.word('the name of a member after "."')
  if (text === 'None' || text === 'True' || text === 'False') reader.fail(`${text} is no member`)
  return { kind: 'member', at: object.at, object, name: text }
}

function readIndex(reader: Reader, object: Expression): Expression {
  reader.take()
  return reader.bracketed(() => {
    const key = readExpression(reader, lowest)
    reader.expect(']', 'after the index')
    return { kind: 'index', at: object.at, object, key }
  })
}

function readCall(reader: Reader, callee: Expression): Expression {
  reader.take()
  const list = reader.bracketed(() => readArguments(reader))
  if (callee.kind === 'tool') return { kind: 'pattern', at: callee.at, name: callee.name, ...list }
  return { kind: 'call', at: callee.at, callee, ...list }
}

type Arguments = {
  readonly arguments: readonly Expression[]
  readonly named: readonly { readonly name: string; readonly value: Expression }[]
}

function readArguments(reader: Reader): Arguments {
  const positional: Expression[] = []
  const named: { name: string; value: Expression }[] = []
  if (!reader.is(')')) {
    do {
      const next = reader.peek(1)
      const isNamed = reader.peek().kind === 'word' && next.kind === 'mark' && next.text === '='
      if (!isNamed && named.length > 0) reader.fail('a positional argument cannot follow a named one')
      const name = isNamed ? reader.take().text : ''
      if (isNamed) reader.take()
      const value = readExpression(reader, lowest)
      if (isNamed) named.push({ name, value })
      else positional.push(value)
    } while (took(reader, ','))
  }
  reader.expect(')', 'after the arguments')
  return { arguments: positional, named }
}

export function took(reader: Reader, text: string): boolean {
  if (!reader.is(text)) return false
  reader.take()
  return true
}

function readAtom(reader: Reader): Expression {
  const token = reader.take()
  const { at, text } = token
  switch (token.kind) {
    case 'number':
      return { kind: 'number', at, value: toNumber(text) }
    case 'string':
      return { kind: 'string', at, value: text, prefix: token.prefix }
    case 'value-type':
      return { kind: 'value-type', at, name: text }
    case 'word':
      return readWord(reader, token)
    case 'mark':
      if (text === '(') return reader.bracketed(() => readParenthesis(reader, token))
      if (text === '[') return reader.bracketed(() => readList(reader, token))
      if (text === '{') return reader.bracketed(() => readDict(reader, token))
      if (text === '*') return { kind: 'wildcard', at }
      return reader.fail(`expected an expression, not ${told(token)}`, token)
    case 'end':
      return reader.fail('the policy ends within an expression', token)
  }
}

function toNumber(text: string): number | bigint {
  if (!/^\d+$/.test(text)) return Number(text)
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

function readWord(reader: Reader, { at, text }: Token): Expression {
  if (text === 'None') return { kind: 'none', at }
  if (text === 'True' || text === 'False') return { kind: 'boolean', at, value: text === 'True' }
  const next = reader.peek(1)
  const isTool = text === 'tool' && reader.is(':') && !next.isFirst && ['word', 'string'].includes(next.kind)
  if (!isTool) return { kind: 'name', at, name: text }
  reader.take()
  return { kind: 'tool', at, name: reader.take().text }
}

function readParenthesis(reader: Reader, { at }: Token): Expression {
  const [name, colon, type, close] = [reader.peek(), reader.peek(1), reader.peek(2), reader.peek(3)]
  const isVariable =
    name.kind === 'word' && colon.text === ':' && colon.kind === 'mark' && type.kind === 'word'
  if (isVariable && close.kind === 'mark' && close.text === ')') {
    for (let count = 0; count < 4; count++) reader.take()
    return { kind: 'variable', at: name.at, name: name.text, type: type.text }
  }
  const node = readExpression(reader, lowest)
  // Upstream keeps the first of "(a, b)", and so must existing policies find it; the check warns.
  const others = [...rest(reader)]
  reader.expect(')', 'to close the parenthesis')
  const enclosed = node.kind === 'binary' ? { ...node, isEnclosed: true } : node
  return others.length === 0 ? enclosed : { kind: 'first', at, value: enclosed, others }
}

function* rest(reader: Reader): Generator<Expression> {
  while (took(reader, ',')) yield readExpression(reader, lowest)
}

function readList(reader: Reader, { at }: Token): Expression {
  if (took(reader, ']')) return { kind: 'list', at, items: [] }
  const first = readExpression(reader, lowest)
  if (reader.is('for')) return readComprehension(reader, at, first)
  const items = [first, ...rest(reader)]
  reader.expect(']', 'to close the list')
  return { kind: 'list', at, items }
}

function readComprehension(reader: Reader, at: number, element: Expression): Expression {
  reader.take()
  const variable = reader.word('a variable after "for"').text
  reader.expect('in', 'after the variable of "for"')
  const iterable = readExpression(reader, lowest + 1)
  const filter = took(reader, 'if') ? readExpression(reader, lowest) : null
  reader.expect(']', 'to close the comprehension')
  return { kind: 'comprehension', at, element, variable, iterable, filter }
}

function readDict(reader: Reader, { at }: Token): Expression {
  const entries: { key: string; value: Expression }[] = []
  if (took(reader, '}')) return { kind: 'dict', at, entries }
  do {
    const key = reader.take()
    if (key.kind !== 'word' && key.kind !== 'string') {
      reader.fail(`expected a key, a name or a string, not ${told(key)}`, key)
    }
    reader.expect(':', 'after the key')
    entries.push({ key: key.text, value: readExpression(reader, lowest) })
  } while (took(reader, ','))
  reader.expect('}', 'to close the dictionary')
  return { kind: 'dict', at, entries }
}
