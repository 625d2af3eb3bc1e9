import { isObject, objectAt, type JsonObject } from '../../../conversation/json.ts'
import type { Finding } from '../../detector.ts'
import type { Moderated } from '../schema.ts'
import { askBatches } from './batches.ts'
import { createCaller } from './caller.ts'
import { classification, labelsIn, type Label } from './classify.ts'
import { fail } from './failure.ts'
import type { Made, Means } from './means.ts'
import { numberOf, numbersOf, textOf } from './options.ts'
import { linesOf } from './pieces.ts'
import { askJson } from './post.ts'

/**
 * Moderation by a service. As upstream does it, a text is judged line by line, long lines in pieces, and a piece is
 * found where one of its categories has a higher score than its threshold.
 */
export function createModerated(settings: Moderated, means: Means): Made {
  const { fetch } = means
  const caller = createCaller(settings, means)
  const size = settings.maxBatch ?? (settings.kind === 'openai' ? 32 : 1)
  const ask = async (texts: readonly string[], signal: AbortSignal): Promise<readonly Labels[]> => {
    const answer = await askJson(settings, fetch, requestOf(texts, settings), signal)
    return scoresIn(answer, texts.length, settings)
  }
  return {
    kind: 'remote',
    kinds: [],
    mostTexts: settings.maxTexts,
    detect: async (texts, options, signal) => {
      const thresholdOf = thresholdsOf(options, settings)
      const separator = textOf(options, 'split') ?? '\n'
      const lines = texts.map((text) => linesOf(text, separator, settings.maxCharacters))
      const asked = lines.flat().map(({ text }) => text)
      const scores = await askBatches(asked, { caller, size, ask }, signal)
      const findingsOf = ({ from, text }: { from: number; text: string }): Finding[] =>
        (scores.get(text) ?? [])
          .filter(({ label, score }) => score > thresholdOf(label))
          .map(({ label, score }) => ({ kind: label, start: from, end: from + text.length, score }))
      return lines.map((ofText) => ({ findings: ofText.flatMap(findingsOf) }))
    },
  }
}

type Labels = readonly Label[]

function requestOf(texts: readonly string[], { kind, model }: Moderated): unknown {
  if (kind === 'text-classification') return classification(texts)
  return { input: texts.map((text) => text.toWellFormed()), ...(model === undefined ? {} : { model }) }
}

function scoresIn(answer: unknown, count: number, settings: Moderated): readonly Labels[] {
  if (settings.kind === 'text-classification')
    return labelsIn(answer, count).map((labels) => categoriesOf(labels, settings))
  const results = isObject(answer) && Array.isArray(answer['results']) ? answer['results'] : []
  if (results.length !== count)
    return fail(
      'service',
      `its answer has ${results.length} results for ${count === 1 ? 'a text' : `${count} texts`}`,
    )
  return results.map((result: unknown) => scoresOf(isObject(result) ? result : {}))
}

/** Some servers of this form tell no scores, but only whether a category was found. */
function scoresOf(result: JsonObject): Label[] {
  const told = objectAt(result, 'category_scores') ?? objectAt(result, 'categories') ?? {}
  const labels = Object.entries(told).flatMap(([label, value]) => {
    if (typeof value === 'number') return [{ label, score: value }]
    return typeof value === 'boolean' ? [{ label, score: Number(value) }] : []
  })
  return labels.length > 0 ? labels : fail('service', 'one of its results has no categories')
}

/** KoalaAI/Text-Moderation, which upstream asks where a rule says nothing else. */
const known = new Map([
  ['H', 'hate'],
  ['H2', 'hate/threatening'],
  ['HR', 'harassment'],
  ['S', 'sexual'],
  ['S3', 'sexual/minors'],
  ['SH', 'self-harm'],
  ['V', 'violence'],
  ['V2', 'violence/graphic'],
])
const knownSafe = ['OK', 'SAFE', 'NEUTRAL', 'NON-TOXIC', 'NOT_TOXIC', 'NONTOXIC']

function categoriesOf(labels: Labels, { labels: given, safeLabels }: Moderated): Label[] {
  const renamed = new Map([...known, ...Object.entries(given)])
  return labels
    .filter(({ label }) => !safeLabels.includes(label) && !knownSafe.includes(label.toUpperCase()))
    .map(({ label, score }) => ({ label: renamed.get(label) ?? label, score }))
}

/** Rules write categories as OpenAI does (`self-harm`) or as upstream does inside (`self_harm`). */
function thresholdsOf(options: JsonObject, settings: Moderated): (category: string) => number {
  const standard = numberOf(options, 'default_threshold') ?? settings.threshold
  const own = new Map([...numbersOf(options, 'cat_thresholds')].map(([name, value]) => [plain(name), value]))
  return (category) => own.get(plain(category)) ?? standard
}

function plain(category: string): string {
  return category.toLowerCase().replaceAll('_', '-')
}
