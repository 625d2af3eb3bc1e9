import type { Finding, LocalDetector } from '../detector.ts'
import { lowered } from './pii/context.ts'
import { isWord } from './pii/reading.ts'
import { assignedSecrets, awsSecrets } from './secrets/assigned.ts'
import { secretSorts, type SecretSort } from './secrets/sorts.ts'

/**
 * Keys, tokens and passwords: those that tell themselves by how they begin, and those that their names tell. The
 * original's four sorts come first and are found wherever it finds them; a span is told once, by the first sort.
 */
export const secretsDetector: LocalDetector = {
  kind: 'local',
  name: 'secrets',
  kinds: [...secretSorts.map(({ kind }) => kind), 'GENERIC_SECRET'],
  detect: (text) => {
    const lower = lowered(text)
    const found = [
      ...secretSorts.flatMap((sort) => secretsOf(sort, text)),
      ...awsSecrets(text, lower),
      ...assignedSecrets(text, lower),
    ]
    return { findings: bounded(apart(found), text.length) }
  },
}

const [underscore, hyphen] = [0x5f, 0x2d]

function secretsOf({ kind, starts, pattern, isAnywhere }: SecretSort, text: string): Finding[] {
  const found: Finding[] = []
  for (const start of starts) {
    for (let at = text.indexOf(start); at !== -1;) {
      const before = at === 0 ? 0 : text.charCodeAt(at - 1)
      const isWithin = isWord(before) || before === underscore || before === hyphen
      let next = at + start.length
      if (isAnywhere === true || !isWithin) {
        pattern.lastIndex = at
        if (pattern.test(text)) {
          next = pattern.lastIndex
          found.push({ kind, start: at, end: next })
        }
      }
      at = text.indexOf(start, next)
    }
  }
  return found
}

/** Without what overlaps something that an earlier sort found. */
function apart(found: readonly Finding[]): Finding[] {
  const ranks = new Map(secretSorts.map(({ kind }, rank) => [kind, rank]))
  const rankOf = ({ kind }: Finding): number => ranks.get(kind) ?? secretSorts.length
  const kept: Finding[] = []
  for (const finding of [...found].sort(
    (left, right) => left.start - right.start || rankOf(left) - rankOf(right),
  )) {
    const last = kept.at(-1)
    if (last === undefined || last.end <= finding.start) kept.push(finding)
    else if (rankOf(finding) < rankOf(last)) kept[kept.length - 1] = finding
  }
  return kept
}

/** So many are told one by one; then everything from the next one on is one, and nothing is lost. */
const mostFindings = 10_000

function bounded(findings: readonly Finding[], length: number): readonly Finding[] {
  const next = findings[mostFindings]
  return next === undefined ? findings : [...findings.slice(0, mostFindings), { ...next, end: length }]
}
