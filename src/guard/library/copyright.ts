import { textsOf } from '../value/content.ts'
import { list, textOf, type Callable } from '../value/value.ts'

/**
 * `copyright(x)`: licences by the words of their headings, as upstream does, which takes half of the words for the
 * whole: the word "License" alone is the MIT licence (docs/guardrail-quirks.md, Q32).
 */
const headings: readonly (readonly [string, string])[] = [
  ['GNU_AGPL_V3', 'GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 19 November 2007'],
  ['GNU_GPL_V2', 'GNU GENERAL PUBLIC LICENSE\nVersion 2, June 1991'],
  ['GNU_LGPL_V3', 'GNU LESSER GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007'],
  ['MOZILLA_PUBLIC_LICENSE_2.0', 'Mozilla Public License Version 2.0'],
  ['APACHE_LICENSE_2.0', 'Apache License\nVersion 2.0, January 2004'],
  ['MIT_LICENSE', 'MIT License'],
  ['BOOST_SOFTWARE_LICENSE', 'Boost Software License - Version 1.0 - August 17th, 2003'],
]

const enough = 0.5
const mostHeading = 500

/** Options are accepted and mean nothing. */
export const copyright: Callable = {
  kind: 'callable',
  name: 'copyright',
  call: (_context, given) =>
    list(given.flatMap((value) => textsOf(value)).flatMap((text) => licencesOf(textOf(text) ?? ''))),
}

function licencesOf(text: string): string[] {
  const unindented = text.slice(0, mostHeading).replace(/[ \t]*\n[ \t]*/g, '\n')
  const start = headings.find(([, heading]) => unindented.startsWith(heading))
  if (start !== undefined) return [start[0]]
  const words = new Set(text.split(' '))
  const found = headings.flatMap(([name, heading]) => {
    const own = heading.split(/\s/)
    return own.filter((word) => words.has(word)).length / own.length >= enough ? [name] : []
  })
  const marks = ['Copyright (C)', 'Copyright ©'].filter((mark) => text.includes(mark)).map(() => 'COPYRIGHT')
  return [...found, ...marks]
}
