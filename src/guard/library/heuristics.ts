import { invisibleIn } from '../detect/signs/invisible.ts'
import type { Sign } from '../detect/signs/sign.ts'
import { harmSigns, injectionSigns } from '../detect/signs/signs.ts'
import { textsOf } from '../value/content.ts'
import { list, textOf, type Callable } from '../value/value.ts'
import { define } from './define.ts'

/**
 * `weir.heuristics`: signs by pattern, under names of their own. They are no classifiers and do not stand in for
 * `prompt_injection` and `moderated`; each gives the kinds that it found, and marks them.
 */
const mostTold = 1_000

function signs(name: string, find: (text: string) => readonly Sign[]): Callable {
  return define(name, ['data'], ({ mark }, { need }) => {
    const kinds = textsOf(need('data')).flatMap((text) =>
      find(textOf(text) ?? '')
        .slice(0, mostTold)
        .map(({ kind, start, end }) => {
          mark(text, start, end)
          return kind
        }),
    )
    return list(kinds)
  })
}

export const injectionSignsIn = signs('injection_signs', injectionSigns)
export const invisibleText = signs('invisible_text', invisibleIn)
export const harmSignsIn = signs('harm_signs', harmSigns)
