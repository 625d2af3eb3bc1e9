/**
 * What notebooks add to Python, rewritten as IPython rewrites it: `!ls` and `%time x` become calls of
 * `get_ipython()`, so that a rule sees them among the calls, and the rest parses.
 */
export function fromNotebook(code: string): string {
  const cell = /^\s*%%(\w+)[^\n]*\n?/.exec(code)
  if (cell !== null) return `get_ipython().run_cell_magic('${cell[1] ?? ''}', '', '')${pythonOf(cell, code)}`
  let isWithin: string | null = null
  let depth = 0
  const lines = code.split('\n').map((line) => {
    const isStart = isWithin === null && depth === 0
    const changed = isStart ? fromLine(line) : line
    const state = stateAfter(changed, isWithin, depth)
    isWithin = state.quote
    depth = state.depth
    return changed
  })
  return lines.join('\n')
}

/** Cells that hold Python all the same are read on. */
const pythonCells = new Set(['time', 'timeit', 'capture', 'prun', 'python', 'python3', 'debug'])

function pythonOf([whole, name = '']: RegExpExecArray, code: string): string {
  return pythonCells.has(name) ? `\n${fromNotebook(code.slice(whole.length))}` : ''
}

const escapes: Readonly<Record<string, string>> = {
  '!': 'system',
  '!!': 'getoutput',
  '%': 'run_line_magic',
  '?': 'run_line_magic',
  '??': 'run_line_magic',
}

/** A line keeps its place; what it was given is not kept, for it is no Python. */
function fromLine(line: string): string {
  const [, space = '', escape = '', magic = ''] = /^([ \t]*)(!!?|%(?=[A-Za-z])|\?\??)(\w*)/.exec(line) ?? []
  const name = escapes[escape]
  if (name !== undefined) return space + call(name, escape === '%' ? magic : '')
  const assigned = /^([ \t]*[A-Za-z_][\w.,\[\]'" ]{0,100}=[ \t]*)([!%])([A-Za-z_.\/~]\w*)/.exec(line)
  if (assigned !== null) {
    const [, left = '', sign = '', first = ''] = assigned
    return left + call(sign === '!' ? 'getoutput' : 'run_line_magic', sign === '%' ? first : '')
  }
  // Help at the end of a name: `open?`, `x.y??`.
  const help = /^([ \t]*)[A-Za-z_][\w.*]{0,200}\?\??[ \t]*$/.exec(line)
  return help === null ? line : (help[1] ?? '') + call('run_line_magic', '')
}

function call(name: string, magic: string): string {
  return `get_ipython().${name}('${magic}')`
}

/** Whether a line ends within brackets or a string of several lines; there nothing is an escape. */
function stateAfter(
  line: string,
  before: string | null,
  depthBefore: number,
): { readonly quote: string | null; readonly depth: number } {
  let [quote, depth] = [before, depthBefore]
  for (let at = 0; at < line.length; at++) {
    const sign = line.charAt(at)
    if (sign === '\\') at++
    else if (quote !== null) {
      if (!line.startsWith(quote, at)) continue
      at += quote.length - 1
      quote = null
    } else if (sign === '#') break
    else if (sign === '"' || sign === "'") {
      quote = line.startsWith(sign.repeat(3), at) ? sign.repeat(3) : sign
      at += quote.length - 1
    } else if ('([{'.includes(sign)) depth++
    else if (')]}'.includes(sign)) depth = Math.max(0, depth - 1)
  }
  return { quote: quote?.length === 1 ? null : quote, depth }
}
