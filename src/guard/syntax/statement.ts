import { readBlock, readCondition } from './block.ts'
import { readPrimary, took } from './primary.ts'
import type { Reader } from './reader.ts'
import type { Condition, Declaration, Expression, Import, Parameter, Statement } from './tree.ts'

/** What stands at the top of a policy: imports, rules, constants, predicates, definitions. */
export function readStatement(reader: Reader): Statement {
  const [first, second] = [reader.peek(), reader.peek(1)]
  const isDeclared = second.kind === 'mark' && [':=', ':', '('].includes(second.text)
  if (first.kind !== 'word') return reader.fail('expected a rule, a declaration or an import')
  if (isDeclared) return readDeclaration(reader)
  if (isImport(reader)) return readImport(reader)
  if (first.text === 'raise') return readRule(reader)
  if (first.text === 'def') return readDefinition(reader)
  reader.take()
  return reader.fail(`expected ":=" after ${JSON.stringify(first.text)}`)
}

export function isImport(reader: Reader): boolean {
  const [first, second] = [reader.peek(), reader.peek(1)]
  const isWord = first.kind === 'word' && (first.text === 'import' || first.text === 'from')
  return isWord && second.kind === 'word' && !second.isFirst
}

export function readImport(reader: Reader): Import {
  const { at, text } = reader.take()
  const module = readName(reader)
  if (text === 'import') {
    const alias = took(reader, 'as') ? reader.word('a name after "as"').text : null
    if (alias === null && module.includes('.')) reader.fail(`import ${module} needs a name: "as NAME"`)
    return { kind: 'import', at, module, alias, names: [] }
  }
  reader.expect('import', 'after the module')
  const names: { name: string; alias: string | null; at: number }[] = []
  do {
    const name = reader.word('a name to import')
    const alias = took(reader, 'as') ? reader.word('a name after "as"').text : null
    names.push({ name: name.text, alias, at: name.at })
  } while (took(reader, ','))
  return { kind: 'import', at, module, alias: null, names }
}

function readName(reader: Reader): string {
  const parts = [reader.word('the name of a module').text]
  while (took(reader, '.')) parts.push(reader.word('a name after "."').text)
  return parts.join('.')
}

function readRule(reader: Reader): Statement {
  const { at, indent } = reader.take()
  const token = reader.peek()
  reader.refresh()
  const head = readHead(reader)
  if (!isHead(head)) reader.fail('what is raised must be a string, a name or a call', token)
  reader.expect('if', 'after what is raised')
  reader.expect(':', 'after "if"')
  return { kind: 'rule', at, head, body: readBlock(reader, indent) }
}

function readHead(reader: Reader): Expression {
  return reader.nested(() => readPrimary(reader))
}

function isHead(head: Expression): boolean {
  return head.kind === 'string' || head.kind === 'name' || head.kind === 'call'
}

function readDeclaration(reader: Reader): Declaration {
  const { at, text: name, indent } = reader.take()
  const parameters = reader.is('(') ? readParameters(reader) : null
  const open = reader.peek()
  if (!reader.is(':=') && !reader.is(':')) reader.fail('expected ":=" in this declaration')
  reader.take()
  const first = reader.peek()
  const isBlock = first.isFirst && first.indent > indent
  if (open.text === ':' && !isBlock) reader.fail('expected an indented block')
  const body: readonly Condition[] = isBlock ? readBlock(reader, indent) : [readCondition(reader)]
  return { kind: 'declaration', at, name, parameters, body }
}

function readParameters(reader: Reader): Parameter[] {
  reader.take()
  return reader.bracketed(() => {
    const parameters: Parameter[] = []
    if (took(reader, ')')) return parameters
    do {
      const { text, at } = reader.word('a parameter')
      reader.expect(':', `and a type after the parameter ${JSON.stringify(text)}`)
      parameters.push({ name: text, type: reader.word('a type').text, at })
    } while (took(reader, ','))
    reader.expect(')', 'after the parameters')
    return parameters
  })
}

function readDefinition(reader: Reader): Statement {
  const { at, indent } = reader.take()
  const name = reader.word('the name of the definition').text
  if (!reader.is('(')) reader.fail('expected "(" and parameters')
  const parameters = readParameters(reader)
  reader.expect(':', 'after the parameters')
  const first = reader.peek()
  if (!first.isFirst || first.indent <= indent || first.kind === 'end')
    reader.fail('expected an indented block')
  const statements: Statement[] = []
  while (reader.peek().kind !== 'end' && reader.peek().indent > indent) {
    statements.push(reader.nested(() => readStatement(reader)))
  }
  return { kind: 'definition', at, name, parameters, statements }
}
