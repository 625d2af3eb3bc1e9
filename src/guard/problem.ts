/**
 * What is wrong with a policy, and where: line and column of the text as it was given, both from 1. A warning leaves
 * the policy usable; an error does not.
 */
export type Problem = {
  readonly phase: 'parse' | 'names' | 'types' | 'link' | 'pattern'
  readonly message: string
  readonly line: number
  readonly column: number
  /** The line itself and a caret below, for people. */
  readonly excerpt: string
}

const mostExcerpt = 160

export function problemAt(text: string, offset: number, phase: Problem['phase'], message: string): Problem {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  const line = text.slice(start, end === -1 ? text.length : end)
  let number = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < start; at = text.indexOf('\n', at + 1)) number++
  const column = offset - start + 1
  return { phase, message, line: number, column, excerpt: excerptOf(line, column) }
}

/** The line of each offset, from 1; offsets are asked in their order. */
export function linesOf(text: string): (offset: number) => number {
  let line = 1
  let next = text.indexOf('\n')
  return (offset) => {
    for (; next !== -1 && next < offset; next = text.indexOf('\n', next + 1)) line++
    return line
  }
}

/** A long line is shown around the place only. */
function excerptOf(line: string, column: number): string {
  const from = column > mostExcerpt / 2 && line.length > mostExcerpt ? column - 1 - mostExcerpt / 2 : 0
  const shown = line.slice(from, from + mostExcerpt)
  const before = shown.slice(0, column - 1 - from).replace(/[^\t]/g, ' ')
  return `${shown}\n${before}^`
}

/** For logs and terminals. */
export function tellProblem({ line, column, message, excerpt }: Problem): string {
  return `line ${line}, column ${column}: ${message}\n${excerpt}`
}

/** How Invariant's clients and their tests know that it is the policy that is wrong. */
export function tellUnusable(problems: string): string {
  return `Failed to create policy from policy source. The following errors were found:\n${problems}`
}
