import { compileRegex, type Regex } from '../regex/regex.ts'
import { trouble } from '../value/trouble.ts'
import { list, textOf } from '../value/value.ts'
import { define } from './define.ts'

/** `match` at the start of a string, `find` everywhere; what `find` finds is marked. */
export const match = define('match', ['pattern', 'text'], ({ meter }, { text }) =>
  regexOf(text('pattern')).matches(text('text'), meter),
)

export const find = define('find', ['pattern', 'text'], ({ meter, mark }, { need, text }) => {
  const regex = regexOf(text('pattern'))
  const whole = need('text')
  const searched = textOf(whole) ?? text('text')
  return list(
    regex.find(searched, meter).map(({ from, to }) => {
      mark(whole, from, to)
      return searched.slice(from, to)
    }),
  )
})

function regexOf(pattern: string): Regex {
  const compiled = compileRegex(pattern, 'search')
  return compiled.kind === 'regex'
    ? compiled.regex
    : trouble('value', `no regular expression: ${compiled.message}`)
}
