import { stoppedBy } from '../dialect/stopped.ts'
import type { Trace } from './client.ts'
import { formatCount, visible } from './format.ts'

/** What is told of an answer beside its words: why it stopped, whether it came whole, and who gave it. */
export type Fact = readonly [name: string, value: string]

const mostCharacters = 200
const endings = { complete: 'whole', error: 'an error', cut: 'cut off' } as const

type Told = Pick<Trace, 'answer' | 'dialect' | 'model' | 'reply'>

export function answerFacts(told: Told): readonly Fact[] {
  return factsOf(told).map(([name, value]) => [name, visible(shortened(value))])
}

function factsOf({ answer, dialect, model, reply }: Told): readonly Fact[] {
  const reasons = stoppedBy(dialect, reply)
  const facts: Fact[] = []
  if (reasons.length > 0) facts.push(['stopped by', reasons.join(', ')])
  if (answer === null) return facts
  facts.push(['ended as', endings[answer.ending]])
  if (answer.model !== null && answer.model !== model) facts.push(['answered by', answer.model])
  const unknown = Object.entries(answer.unknownEvents)
  if (unknown.length > 0) facts.push(['unknown events', unknown.map(toCounted).join(', ')])
  return facts
}

/** In a list of facts; the JSON has all of it. */
function shortened(text: string): string {
  if (text.length <= mostCharacters) return text
  return `${text.slice(0, mostCharacters).replace(/[\ud800-\udbff]$/, '')}…`
}

function toCounted([type, count]: readonly [string, number]): string {
  return count === 1 ? type : `${type} × ${formatCount(count)}`
}
