import type { SyntaxNode } from '@lezer/common'

/**
 * What is called, written as Python's own `ast.unparse` writes it: blanks where it sets them, single quotes, no
 * brackets that change nothing. Rules compare this text: `"os.system" in program.function_calls`.
 */
const longest = 200

const spaced = new Set(
  (
    'ArithOp CompareOp BitOp LogicOp and or in is if else for from async ' + ':= -> = == != < > <= >= @'
  ).split(' '),
)
const followed = new Set(['not', 'lambda', 'await', 'yield', ',', ':'])
const transparent = new Set([
  'VariableName',
  'MemberExpression',
  'CallExpression',
  'ParenthesizedExpression',
  'String',
  'ContinuedString',
  'FormatString',
  'ArrayExpression',
  'DictionaryExpression',
])

/** So many parts are written well in one text; each is a part of all calls around it, and those could be many. */
const mostParts = 50_000

/** What is longer ends in `...`: of a chain of calls each is told, and otherwise each would be told whole. */
export function createUnparser(code: string): (node: SyntaxNode) => string {
  let left = mostParts
  return (node) => {
    const cut = code.slice(node.from, node.from + longest).trim()
    if (node.to - node.from > longest) return `${cut}...`
    return left > 0 ? unparse(node, code, () => left--) : cut
  }
}

function unparse(node: SyntaxNode, code: string, count: () => void): string {
  const parts: string[] = []
  const add = (text: string): void => {
    // Of two blanks that meet one is written.
    const isDoubled = text.startsWith(' ') && parts.at(-1)?.endsWith(' ') === true
    parts.push(isDoubled ? text.slice(1) : text)
  }
  const visit = (at: SyntaxNode): void => {
    count()
    if (at.name === 'Comment') return
    const inner = at.name === 'ParenthesizedExpression' ? at.firstChild?.nextSibling : null
    if (inner !== null && inner !== undefined && transparent.has(inner.name)) {
      visit(inner)
      return
    }
    if (at.name === 'ContinuedString') add(joined(at, code))
    else if (at.name === 'FormatString') add(quoted(code.slice(at.from, at.to)))
    else if (at.name === 'String') add(quoted(code.slice(at.from, at.to)))
    else if (at.firstChild === null) add(token(at, code))
    else for (const child of childrenOf(at)) visit(child)
  }
  // Brackets around all of it say nothing.
  const inner = node.name === 'ParenthesizedExpression' ? node.firstChild?.nextSibling : null
  visit(inner ?? node)
  return parts.join('').trim()
}

function token(node: SyntaxNode, code: string): string {
  const text = code.slice(node.from, node.to)
  const { parent } = node
  const isUnary = parent?.name === 'UnaryExpression' && parent.firstChild?.from === node.from
  const isNamed = node.name === 'AssignOp' && (parent?.name === 'ArgList' || parent?.name === 'ParamList')
  const isSlice = text === ':' && parent?.name === 'MemberExpression'
  if (isNamed || isSlice) return text
  if (isUnary) return text === 'not' ? 'not ' : text
  if (text === '*' || text === '**') return parent?.name === 'ArithOp' ? ` ${text} ` : text
  if (node.name === 'AssignOp' || spaced.has(node.name) || spaced.has(text)) return ` ${text} `
  // A comma before a closing bracket is not written, but after the one element of a tuple.
  if (text === ',' && isLastComma(node)) return parent?.name === 'TupleExpression' && isFirst(node) ? ',' : ''
  return followed.has(text) ? `${text} ` : text
}

function isLastComma({ nextSibling: next }: SyntaxNode): boolean {
  return next !== null && [')', ']', '}'].includes(next.name)
}

function isFirst({ prevSibling: before }: SyntaxNode): boolean {
  return before?.prevSibling?.name === '('
}

/** As Python shows a string: single quotes unless one is within, no prefixes, pieces that follow each other in one. */
function quoted(text: string): string {
  const match = /^([a-z]{0,2})("""|'''|"|')([^]*)\2$/i.exec(text)
  if (match === null) return text
  const [, prefix = '', , body = ''] = match
  const isRaw = /r/i.test(prefix)
  if (!isRaw && /\\[^ntr\\'"]/.test(body)) return text
  const plain = isRaw ? body.replaceAll('\\', '\\\\') : body.replace(/\\(["'])/g, '$1')
  const quote = plain.includes("'") && !plain.includes('"') ? '"' : "'"
  const escaped = plain.replaceAll('\n', '\\n').replaceAll('\t', '\\t')
  return `${prefix.replace(/[ru]/gi, '')}${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`
}

function joined(node: SyntaxNode, code: string): string {
  const parts = childrenOf(node).map((part) => quoted(code.slice(part.from, part.to)))
  const isPlain = parts.every((part) => part.startsWith("'"))
  return isPlain ? `'${parts.map((part) => part.slice(1, -1)).join('')}'` : parts.join(' ')
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child)
  return children
}
