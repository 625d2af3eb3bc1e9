import { lowest, readExpression } from './expression.ts'
import type { Reader } from './reader.ts'
import { isImport, readImport } from './statement.ts'
import type { Condition } from './tree.ts'

/** The lines of a rule, a quantifier or a declaration: those that are deeper than the line that opened them. */
export function readBlock(reader: Reader, opener: number): Condition[] {
  const first = reader.peek()
  if (!first.isFirst || first.indent <= opener || first.kind === 'end') {
    return reader.fail('expected an indented block')
  }
  return reader.within(opener, () => {
    const conditions: Condition[] = []
    for (;;) {
      const token = reader.peek()
      if (token.kind === 'end' || (token.isFirst && token.indent <= opener)) return conditions
      if (token.isFirst && token.indent < first.indent) {
        reader.fail('this line is indented less than the first of its block, and more than what opened it')
      }
      if (!token.isFirst) reader.fail(`expected a new line before ${JSON.stringify(token.text)}`)
      conditions.push(readCondition(reader))
    }
  })
}

export function readCondition(reader: Reader): Condition {
  reader.refresh()
  if (isImport(reader)) return readImport(reader)
  const [name, assign] = [reader.peek(), reader.peek(1)]
  if (name.kind !== 'word' || assign.kind !== 'mark' || assign.text !== ':=') {
    return readExpression(reader, lowest)
  }
  reader.take()
  reader.take()
  return { kind: 'assign', at: name.at, name: name.text, value: readExpression(reader, lowest) }
}
