import { createReader, stopped } from './reader.ts'
import { scan, type Found } from './scan.ts'
import { readStatement } from './statement.ts'
import type { Statement, Tree } from './tree.ts'

/** The text of a policy (as `readSource` gives it) to its tree, or the first place where that fails. */
export function parse(text: string): { readonly tree: Tree } | { readonly found: Found } {
  const { tokens, problem } = scan(text)
  if (problem !== null) return { found: problem }
  const end = tokens.at(-1)
  if (end === undefined) return { tree: { statements: [] } }
  const reader = createReader(tokens, end)
  const statements: Statement[] = []
  try {
    while (reader.peek().kind !== 'end') statements.push(readStatement(reader))
  } catch (error) {
    const found = stopped(error)
    if (found === undefined) throw error
    return { found }
  }
  return { tree: { statements } }
}
