import { isObject, type JsonObject } from '../../../conversation/json.ts'
import type { Finding } from '../../detector.ts'
import type { Pii } from '../schema.ts'
import { askBatches } from './batches.ts'
import { createCaller } from './caller.ts'
import { fail } from './failure.ts'
import type { Made, Means } from './means.ts'
import { numberOf } from './options.ts'
import { createOffsets, piecesOf } from './pieces.ts'
import { askJson } from './post.ts'

/** Personal data by a service: Presidio's analyzer, or token classification as Hugging Face serves it. */

/** What is cut at the end of a piece is whole in the next one: names and numbers are shorter than this. */
const overlap = 100

export function createPii(settings: Pii, means: Means): Made {
  const { fetch } = means
  const caller = createCaller(settings, means)
  const most = settings.maxCharacters ?? (settings.kind === 'presidio' ? 20_000 : 1_000)
  return {
    kind: 'remote',
    kinds: [],
    mostTexts: settings.maxTexts,
    detect: async (texts, options, signal) => {
      const threshold = numberOf(options, 'threshold') ?? settings.threshold
      const ask = async ([text = '']: readonly string[], own: AbortSignal): Promise<[readonly Scored[]]> => {
        const answer = await askJson(settings, fetch, requestOf(settings, text, options), own)
        return [findingsIn(answer, text, settings).filter(({ score }) => score > threshold)]
      }
      const pieces = texts.map((text) => piecesOf(text, most, overlap))
      const asked = pieces.flat().map(({ text }) => text)
      const found = await askBatches(
        asked.filter((text) => text.trim() !== ''),
        { caller, size: 1, ask },
        signal,
      )
      return pieces.map((ofText) => ({
        findings: merge(ofText.flatMap(({ from, text }) => (found.get(text) ?? []).map(movedBy(from)))),
      }))
    },
  }
}

function requestOf(settings: Pii, text: string, options: JsonObject): unknown {
  // A lone surrogate has no form in UTF-8, and some services fail on it. What takes its place is as long.
  const sent = text.toWellFormed()
  if (settings.kind === 'token-classification')
    return { inputs: sent, parameters: { aggregation_strategy: 'simple' } }
  const { entities } = options
  const wanted = Array.isArray(entities) ? entities.filter((entity) => typeof entity === 'string') : []
  return {
    text: sent,
    language: settings.language,
    score_threshold: numberOf(options, 'threshold') ?? settings.threshold,
    ...(wanted.length === 0 ? {} : { entities: wanted }),
  }
}

type Scored = Finding & { readonly score: number }

function findingsIn(answer: unknown, text: string, settings: Pii): Scored[] {
  const list = Array.isArray(answer) && answer.length === 1 && Array.isArray(answer[0]) ? answer[0] : answer
  if (!Array.isArray(list))
    return fail('service', `its answer is no list of findings, as ${settings.kind} gives it`)
  const toOffset = createOffsets(text)
  const labelKey = settings.kind === 'presidio' ? 'entity_type' : 'entity_group'
  return list.map((entry: unknown) => {
    const { [labelKey]: label, start, end, score } = isObject(entry) ? entry : {}
    if (typeof label !== 'string' || typeof score !== 'number')
      return fail('service', `one of its findings has no ${labelKey} or no score`)
    const [from, to] = [start, end].map((at) => (typeof at === 'number' ? toOffset(at) : undefined))
    if (from === undefined || to === undefined || from >= to)
      return fail('service', 'one of its findings is not within the text')
    return { kind: kindOf(label, settings), start: from, end: to, score }
  })
}

function movedBy(from: number): (finding: Scored) => Finding {
  return (finding) => ({ ...finding, start: finding.start + from, end: finding.end + from })
}

/** What two pieces share is found twice. */
function merge(findings: readonly Finding[]): Finding[] {
  const each = new Map(
    findings.map((finding) => [`${finding.kind} ${finding.start} ${finding.end}`, finding]),
  )
  return [...each.values()].sort((one, other) => one.start - other.start || one.end - other.end)
}

function kindOf(label: string, { labels, kind }: Pii): string {
  const given = Object.hasOwn(labels, label) ? labels[label] : undefined
  if (given !== undefined) return given
  if (kind === 'presidio') return label
  const plain = label.replace(/^[BI]-/, '').toUpperCase()
  return known.get(plain) ?? plain
}

/** Labels of the models that are used most (CoNLL, OntoNotes, and those made for personal data), in Presidio's words. */
const known: ReadonlyMap<string, string> = new Map([
  ['PER', 'PERSON'],
  ['GIVENNAME', 'PERSON'],
  ['SURNAME', 'PERSON'],
  ['FIRSTNAME', 'PERSON'],
  ['LASTNAME', 'PERSON'],
  ['LOC', 'LOCATION'],
  ['GPE', 'LOCATION'],
  ['CITY', 'LOCATION'],
  ['ORG', 'ORGANIZATION'],
  ['NORP', 'NRP'],
  ['DATE', 'DATE_TIME'],
  ['TIME', 'DATE_TIME'],
  ['EMAIL', 'EMAIL_ADDRESS'],
  ['TELEPHONENUM', 'PHONE_NUMBER'],
  ['PHONENUMBER', 'PHONE_NUMBER'],
  ['PHONE', 'PHONE_NUMBER'],
  ['CREDITCARDNUMBER', 'CREDIT_CARD'],
  ['IBAN', 'IBAN_CODE'],
  ['IP', 'IP_ADDRESS'],
  ['SSN', 'US_SSN'],
  ['SOCIALNUM', 'US_SSN'],
])
