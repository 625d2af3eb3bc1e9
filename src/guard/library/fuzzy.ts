import { checkTime, countSteps, type Meter } from '../value/meter.ts'
import { trouble } from '../value/trouble.ts'
import { textOf, type Context } from '../value/value.ts'
import { define } from './define.ts'

/**
 * `fuzzy_contains(text, query, query_similarity_threshold=0.8, use_semantic=False)`: whether the text has the query
 * with so few letters added, left out or exchanged. The meaning is asked of `llm` only where the rule says so.
 */
const mostErrors = 10

export const fuzzyContains = define(
  'fuzzy_contains',
  ['text', 'query', 'query_similarity_threshold?', 'use_semantic?'],
  (context, { need, get, text }) => {
    const whole = need('text')
    const threshold = get('query_similarity_threshold') ?? 0.8
    if (typeof threshold !== 'number') return trouble('type', 'the threshold of fuzzy_contains is a number')
    const query = [...text('query')]
    const errors = Math.max(0, Math.min(mostErrors, Math.trunc(query.length * (1 - threshold))))
    const found = findFuzzy([...(textOf(whole) ?? text('text'))], query, errors, context.meter)
    if (found !== null) {
      context.mark(whole, found.from, found.to)
      return true
    }
    return get('use_semantic') === true && means(context, text('text'), text('query'))
  },
  new Map([['use_semantic', 'llm']]),
)

/** The leftmost part of the text that is the query but for so many errors, in UTF-16 offsets. */
function findFuzzy(
  text: readonly string[],
  query: readonly string[],
  errors: number,
  meter: Meter,
): { readonly from: number; readonly to: number } | null {
  countSteps(meter, text.length * (query.length + 1))
  checkTime(meter)
  // From the right, so that the last start that fits is the leftmost (Sellers' algorithm on both reversed).
  let start = -1
  let row = query.map((_, at) => at + 1)
  if (query.length <= errors) start = text.length
  for (let at = text.length - 1; at >= 0; at--) {
    let diagonal = 0
    let before = 0
    row = row.map((above, index) => {
      const cost = text[at] === query[query.length - 1 - index] ? 0 : 1
      before = Math.min(diagonal + cost, above + 1, before + 1)
      diagonal = above
      return before
    })
    if ((row.at(-1) ?? 0) <= errors) start = at
  }
  if (start === -1) return null
  const end = endOf(text, query, start, errors)
  const from = text.slice(0, start).join('').length
  return { from, to: from + text.slice(start, end).join('').length }
}

/** Where the best match that starts there ends. */
function endOf(text: readonly string[], query: readonly string[], start: number, errors: number): number {
  let row = [0, ...query.map((_, at) => at + 1)]
  let best = { cost: row.at(-1) ?? 0, end: start }
  const last = Math.min(text.length, start + query.length + errors)
  for (let at = start; at < last; at++) {
    const next = [at - start + 1]
    for (let index = 0; index < query.length; index++) {
      const cost = text[at] === query[index] ? 0 : 1
      const left = next[index] ?? 0
      next.push(Math.min((row[index] ?? 0) + cost, (row[index + 1] ?? 0) + 1, left + 1))
    }
    row = next
    const cost = row.at(-1) ?? 0
    if (cost < best.cost) best = { cost, end: at + 1 }
  }
  return best.end
}

function means(context: Context, text: string, query: string): boolean {
  const prompt =
    `Does the following text say the same as, or ask for, "${query}", in whatever words? ` +
    `Answer with one word, YES or NO.\n\n${text}`
  const { value } = context.detect('llm', prompt, {})
  return typeof value === 'string' && /^\s*yes\b/i.test(value)
}
