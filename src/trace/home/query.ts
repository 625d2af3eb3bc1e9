import { isObject, type JsonObject, ownAt } from '../../conversation/json.ts'
import { codePointsBefore } from '../../guard/trace/address.ts'
import { wrong } from './said.ts'

/**
 * What is typed into the search of a project: free words (all of them as one text), `is:annotated`, `not:annotated`,
 * `meta:key>=3`; or a whole query of its own: `is:invariant`, `filter:label:1,2,3`, `idfilter:label:id,id`. What cannot be
 * understood is refused: to leave a filter out would find more than was asked for.
 */
export type Query =
  | { readonly kind: 'search'; readonly text: string; readonly filters: readonly Filter[] }
  | { readonly kind: 'invariant' }
  | { readonly kind: 'numbers'; readonly label: string; readonly numbers: readonly number[] }
  | { readonly kind: 'ids'; readonly label: string; readonly ids: readonly string[] }

export type Filter =
  | { readonly kind: 'annotated'; readonly is: boolean }
  | { readonly kind: 'meta'; readonly key: string; readonly operator: Operator; readonly value: string }

export type Operator = '=' | '>' | '<' | '>=' | '<=' | '%'

export const mostQueryCharacters = 2000
const mostListed = 10_000

export function parseQuery(text: string): Query {
  if (text.length > mostQueryCharacters) throw wrong(`A query has at most ${mostQueryCharacters} characters`)
  const query = text.trim()
  if (query === 'is:invariant') return { kind: 'invariant' }
  if (query.startsWith('filter:')) return parseNumbers(query.slice('filter:'.length))
  if (query.startsWith('idfilter:')) return parseIds(query.slice('idfilter:'.length))
  const words: string[] = []
  const filters: Filter[] = []
  for (const term of query.split(/\s+/)) {
    if (/^(is|not|meta):/.test(term)) filters.push(parseFilter(term))
    else if (term !== '') words.push(term)
  }
  return { kind: 'search', text: words.join(' '), filters }
}

function parseFilter(term: string): Filter {
  if (term === 'is:annotated') return { kind: 'annotated', is: true }
  if (term === 'not:annotated') return { kind: 'annotated', is: false }
  const [, key, written, value] = /^meta:([^\s><=%]+?)(==|>=|<=|=|>|<|%)(\S+)$/.exec(term) ?? []
  const operator = operators.find((known) => known === (written === '==' ? '=' : written))
  if (key !== undefined && value !== undefined && operator !== undefined) {
    return { kind: 'meta', key, operator, value }
  }
  throw wrong(
    `The filter "${term.slice(0, 100)}" means nothing: there are is:annotated, not:annotated, is:invariant (alone) and ` +
      'meta:<key><operator><value> with = == > < >= <= or % (contains)',
  )
}

const operators: readonly Operator[] = ['=', '>', '<', '>=', '<=', '%']

function parseNumbers(rest: string): Query {
  const { label, list } = labelled(rest, 'filter:<label>:1,2,3')
  const numbers = list.map((each) => (/^\d{1,10}$/.test(each) ? Number(each) : NaN))
  if (numbers.some(Number.isNaN))
    throw wrong('filter: takes the indices of traces, such as filter:mine:1,2,3')
  return { kind: 'numbers', label, numbers }
}

function parseIds(rest: string): Query {
  const { label, list } = labelled(rest, 'idfilter:<label>:<id>,<id>')
  if (list.every((each) => /^[\w-]{1,64}$/.test(each))) return { kind: 'ids', label, ids: list }
  throw wrong('idfilter: takes the ids of traces')
}

/** A label may have colons; what follows the last one is the list. */
function labelled(rest: string, usage: string): { label: string; list: readonly string[] } {
  const colon = rest.lastIndexOf(':')
  const label = rest.slice(0, Math.max(colon, 0)).trim()
  const list = rest
    .slice(colon + 1)
    .split(',')
    .map((each) => each.trim())
  if (label === '' || list.length > mostListed || list.some((each) => each === '')) {
    throw wrong(`This filter is written ${usage}`)
  }
  return { label, list }
}

/** Whether the metadata of a trace says so: numbers as numbers where both are, else texts. */
export function isMeta(
  { key, operator, value }: Extract<Filter, { kind: 'meta' }>,
  metadata: JsonObject,
): boolean {
  const told = ownAt(metadata, key)
  if (told === undefined || told === null) return false
  if (operator === '%') return textOf(told).toLowerCase().includes(value.toLowerCase())
  const isNumeric = typeof told === 'number' && value.trim() !== '' && !Number.isNaN(Number(value))
  return isNumeric ? compare(told, operator, Number(value)) : compare(textOf(told), operator, value)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function compare<Value extends string | number>(one: Value, operator: Operator, other: Value): boolean {
  switch (operator) {
    case '=':
      return one === other
    case '>':
      return one > other
    case '<':
      return one < other
    case '>=':
      return one >= other
    case '<=':
      return one <= other
    case '%':
      return false
  }
}

export type Mappings = Record<string, { content: string; source: 'search' }>

/** Of one trace: more of the same word would only slow down who looks. */
const mostMappings = 100

/** Where a text stands in messages, whatever its case; counted in code points, as rules count and as Explorer did. */
export function findText(messages: readonly object[], text: string): Mappings {
  const found: Mappings = {}
  let left = mostMappings
  const lower = text.toLowerCase()
  const look = (value: unknown, address: string): void => {
    if (left === 0) return
    if (typeof value === 'string') {
      const within = value.toLowerCase()
      // A letter that is longer in lower case would move all that follows.
      if (within.length !== value.length) return
      // The end of the last one found, in units of the text and in code points.
      let from = 0
      let points = 0
      for (let at = within.indexOf(lower); at !== -1 && left > 0; at = within.indexOf(lower, from)) {
        const end = at + text.length
        const start = points + codePointsBefore(value, at, from)
        points = start + codePointsBefore(value, end, at)
        from = end
        found[`${address}:${start}-${points}`] = { content: value.slice(at, end), source: 'search' }
        left--
      }
      return
    }
    if (Array.isArray(value))
      return value.forEach((each: unknown, index) => look(each, `${address}.${index}`))
    if (isObject(value)) for (const [key, each] of Object.entries(value)) look(each, `${address}.${key}`)
  }
  look(messages, 'messages')
  return found
}
