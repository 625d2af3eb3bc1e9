import type { JsonObject } from '../../conversation/json.ts'
import type { Finding, LocalDetector } from '../detector.ts'
import { trouble } from '../value/trouble.ts'
import { driverLicence, medicalLicence, passport, socialSecurity, taxpayer } from './pii/american.ts'
import { nationalInsurance, nhs } from './pii/british.ts'
import { boosted, createContext, lowered } from './pii/context.ts'
import { dateTime } from './pii/date.ts'
import { bankNumber, creditCard, crypto, iban } from './pii/money.ts'
import { ip } from './pii/ip.ts'
import { email, mac, url } from './pii/network.ts'
import { phone } from './pii/phone.ts'
import { readTokens, type Reading } from './pii/reading.ts'
import type { Recogniser } from './pii/recogniser.ts'

/**
 * Personal data by pattern, checksum and context, with Presidio's names and scores (docs/detectors.md). Names of people
 * and places are not among them: no pattern finds those, and to say so at load is better than to find none.
 */
const recognisers: readonly Recogniser[] = [
  ...[email, phone, creditCard, iban, ip, mac, url, crypto, dateTime],
  ...[socialSecurity, taxpayer, passport, driverLicence, bankNumber, medicalLicence, nhs, nationalInsurance],
]

const kinds = recognisers.map(({ kind }) => kind)

/** What a finding must exceed, where a rule does not say. */
const defaultThreshold = 0.5

/** So many of a kind are told one by one; then everything from the next one on is one finding, and nothing is lost. */
const mostFindings = 10_000

export const piiDetector: LocalDetector = {
  kind: 'local',
  name: 'pii',
  kinds,
  detect: (text, options) => {
    const threshold = thresholdOf(options)
    const wanted = wantedOf(options)
    const reading = readTokens(text)
    let lower: string | undefined
    const findings = wanted.flatMap((recogniser) =>
      // What no context could lift above the threshold is not looked for.
      boosted(recogniser.highest) <= threshold
        ? []
        : findingsOf(recogniser, reading, threshold, () => (lower ??= lowered(text))),
    )
    return { findings: findings.sort((left, right) => left.start - right.start || right.end - left.end) }
  },
}

function thresholdOf({ threshold }: JsonObject): number {
  return typeof threshold === 'number' ? threshold : defaultThreshold
}

function wantedOf({ entities }: JsonObject): readonly Recogniser[] {
  if (!Array.isArray(entities)) return recognisers
  const unknown = entities.find((entity) => typeof entity !== 'string' || !kinds.includes(entity))
  if (unknown !== undefined) {
    return trouble(
      'detector',
      `the built-in pii detector does not know ${String(unknown)}: that takes a remote one`,
    )
  }
  return recognisers.filter(({ kind }) => entities.includes(kind))
}

type Scored = Finding & { readonly score: number }

function findingsOf(
  { kind, context, find }: Recogniser,
  reading: Reading,
  threshold: number,
  lower: () => string,
): readonly Scored[] {
  const kept: Scored[] = []
  let isOver = false
  let hasContext: ((start: number) => boolean) | undefined
  find(reading, (start, end, score) => {
    const best = boosted(score)
    if (isOver || best <= threshold) return
    if (score < 1) hasContext ??= createContext(lower(), context)
    const told = hasContext?.(start) === true && score < 1 ? best : score
    if (told <= threshold) return
    isOver = kept.length === mostFindings
    keep(kept, { kind, start, end: isOver ? reading.text.length : end, score: told })
  })
  return kept
}

/** Of two findings of a kind one within the other, the surer one stays; what is as sure is the wider one's. */
function keep(kept: Scored[], finding: Scored): void {
  for (let at = kept.length - 1; at >= 0; at--) {
    const other = kept[at]
    if (other === undefined || other.end <= finding.start) break
    if (isWithin(finding, other) && other.score >= finding.score) return
    if (isWithin(other, finding) && finding.score >= other.score) kept.splice(at, 1)
  }
  kept.push(finding)
}

function isWithin(inner: Finding, outer: Finding): boolean {
  return inner.start >= outer.start && inner.end <= outer.end
}
