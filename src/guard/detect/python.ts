import { parser } from '@lezer/python'
import type { SyntaxNode, Tree } from '@lezer/common'
import type { LocalDetector, PythonCode } from '../detector.ts'
import { trouble } from '../value/trouble.ts'
import { pythonBuiltins } from './python/builtins.ts'
import { fromNotebook } from './python/ipython.ts'
import { prepare } from './python/prepare.ts'
import { createUnparser } from './python/unparse.ts'

/**
 * Python by a parser of its own (Lezer's), as strict as it can be told to be: what it cannot read is a syntax error,
 * and then nothing else is told, as in the original (docs/decisions/0015).
 */
const strict = parser.configure({ strict: true })

/** A step takes a microsecond or so, and a text as many steps as characters at most. */
const mostCharacters = 100_000

/**
 * Lezer gives up on chains from some 820 links on (`1 + 1 + ...`), where CPython reads 3,000 and more. What it cannot
 * read in a statement as long as this is therefore no syntax error, which would hide what else there is.
 */
const mostTokens = 1_500

export const pythonDetector: LocalDetector = {
  kind: 'local',
  name: 'python_code',
  kinds: [],
  detect: (text, options) => {
    if (text.length > mostCharacters) {
      return trouble('limit', `code of more than ${mostCharacters} characters is not read`)
    }
    const code = (options['ipython'] === true ? fromNotebook(text) : text).replace(/\r\n?/g, '\n')
    return { findings: [], value: readPython(code) }
  },
}

function readPython(code: string): PythonCode {
  // Lezer takes a file without a last line break, but not every block.
  const { code: whole, toSource, openAt, longest } = prepare(`${code}\n`)
  if (openAt !== -1) return broken(code, openAt)
  const read = parse(whole)
  if (typeof read === 'number') {
    if (longest > mostTokens && read > mostTokens)
      return trouble('limit', 'a statement may be nested too deeply to be read')
    return broken(whole, read)
  }
  const imports: (string | null)[] = []
  const builtins: string[] = []
  const calls = new Set<string>()
  const unparse = createUnparser(whole)
  let wrong = -1
  read.iterate({
    enter: (at) => {
      if (at.name === 'ImportStatement') imports.push(...importsOf(at.node, whole))
      else if (at.name === 'CallExpression') calls.add(toSource(unparse(at.node.firstChild ?? at.node)))
      else if (at.name === 'VariableName') {
        const name = toSource(whole.slice(at.from, at.to))
        if (pythonBuiltins.has(name) && isRead(at.node)) builtins.push(name)
      } else if (at.name === 'AssignStatement' && isValue(at.node.firstChild)) wrong = at.from
    },
  })
  if (wrong !== -1) return broken(whole, wrong)
  return {
    imports,
    builtins,
    function_calls: [...calls],
    syntax_error: false,
    syntax_error_exception: null,
  }
}

/** The tree, or where there is none. */
function parse(code: string): Tree | number {
  try {
    return strict.parse(code)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return Number(/\d+/.exec(error.message)?.[0] ?? 0)
  }
}

function broken(code: string, at: number): PythonCode {
  const line = code.slice(0, at).split('\n').length
  return {
    imports: [],
    builtins: [],
    function_calls: [],
    syntax_error: true,
    syntax_error_exception: `invalid syntax (<unknown>, line ${line})`,
  }
}

/** What Lezer reads and Python does not: a value where a name is to be. */
const values = new Set(['Number', 'String', 'CallExpression', 'BinaryExpression', 'Boolean', 'None'])

function isValue(target: SyntaxNode | null): boolean {
  return target !== null && values.has(target.name)
}

/** `import a.b as c, d` is a.b and d; `from .a import b` is a, and of `from . import b` nothing is known. */
function importsOf(node: SyntaxNode, code: string): (string | null)[] {
  const isFrom = node.firstChild?.name === 'from'
  const names: string[] = []
  let name = ''
  let isAlias = false
  for (let child = node.firstChild?.nextSibling ?? null; child !== null; child = child.nextSibling) {
    if (isFrom && child.name === 'import') return [name === '' ? null : name]
    if (child.name === ',') {
      names.push(name)
      name = ''
      isAlias = false
    } else if (child.name === 'as') isAlias = true
    else if (child.name === 'VariableName' && !isAlias) name += code.slice(child.from, child.to)
    else if (child.name === '.' && name !== '') name += '.'
  }
  return [...names, name]
}

/** Whether a name stands for a value, and is not itself being given to something: a parameter, a keyword, a module. */
function isRead(node: SyntaxNode): boolean {
  const { parent, prevSibling: before, nextSibling: after } = node
  switch (parent?.name) {
    case 'ImportStatement':
    case 'FunctionDefinition':
    case 'ClassDefinition':
    case 'ScopeStatement':
    case 'CapturePattern':
    case 'KeywordPattern':
      return false
    case 'ParamList':
      return before?.name === 'AssignOp'
    case 'ArgList':
      return after?.name !== 'AssignOp'
    case 'TryStatement':
      return before?.name !== 'as'
    default:
      return true
  }
}
