import type { Result, RuleError } from './judge.ts'
import type { Trouble } from './value/trouble.ts'
import type { Violation } from './violation.ts'

/** What a judgement found, in the words and the JSON of Invariant's hosted evaluator. */

/** A thousand violations of two thousand ranges each are an answer that nobody waits for. */
const mostCharacters = 16 * 1024 * 1024

/** Whether there is room for so many characters more. */
export type Room = (characters: number) => boolean

export function createRoom(): Room {
  let left = mostCharacters
  return (characters) => (left -= characters) >= 0
}

export function tellResult({ violations, errors }: Result, room: Room) {
  const told: string[] = []
  for (const violation of violations) {
    const json = tellViolation(violation)
    if (!room(json.length)) break
    told.push(json)
  }
  const left = violations.length - told.length
  const failures = [
    ...errors.map(tellTrouble),
    ...(left > 0 ? [`${left} more violations, for which there is no room`] : []),
  ]
  return {
    entry: told.join(','),
    failure: failures.length === 0 ? null : JSON.stringify(failures.join('\n')),
  }
}

function tellViolation({ key, args, kwargs, ranges }: Violation): string {
  return JSON.stringify({ key, args, kwargs, ranges })
}

/** By these the library's client knows its own errors again; it finds them in answers of status 400. */
const beginnings: Readonly<Partial<Record<Trouble['kind'], string>>> = {
  parameter: 'Missing Policy Parameter: ',
  attribute: 'Invariant Attribute Error: ',
}
const otherBeginning = 'Error during analysis: '

/** Whether upstream tells it as a mistake of the policy's, and not as one of its evaluation. */
export function isOfPolicy({ kind }: Trouble): boolean {
  return beginnings[kind] !== undefined
}

export function tellTrouble({ kind, message, line }: RuleError): string {
  return `${beginnings[kind] ?? otherBeginning}${message} (rule in line ${line})`
}
