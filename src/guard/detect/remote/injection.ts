import type { PromptInjection } from '../schema.ts'
import { askBatches } from './batches.ts'
import { createCaller } from './caller.ts'
import { classification, labelsIn, shownLabel, type Label } from './classify.ts'
import { fail } from './failure.ts'
import type { Made, Means } from './means.ts'
import { numberOf } from './options.ts'
import { piecesOf } from './pieces.ts'
import { askJson } from './post.ts'

/**
 * Prompt injections by a classifier: as upstream has it, a text is one if its first label says so with a higher score
 * than the threshold. Long texts are asked in pieces, because a model does not see what is behind its first tokens.
 */
const injections = ['INJECTION', 'JAILBREAK', 'MALICIOUS', 'LABEL_1']
const harmless = ['SAFE', 'BENIGN', 'LEGIT', 'LABEL_0']

/** An injection that is cut in two is whole in the next piece. */
const overlap = 100

export function createInjection(settings: PromptInjection, means: Means): Made {
  const { fetch } = means
  const caller = createCaller(settings, means)
  const scoreOf = createScore(settings)
  const ask = async (texts: readonly string[], signal: AbortSignal): Promise<readonly number[]> => {
    const answer = await askJson(settings, fetch, classification(texts), signal)
    return labelsIn(answer, texts.length).map(scoreOf)
  }
  return {
    kind: 'remote',
    kinds: ['INJECTION'],
    mostTexts: settings.maxTexts,
    detect: async (texts, options, signal) => {
      const threshold = numberOf(options, 'threshold') ?? settings.threshold
      const pieces = texts.map((text) => piecesOf(text, settings.maxCharacters, overlap))
      const asked = pieces.flat().map(({ text }) => text)
      const given = asked.filter((text) => text.trim() !== '')
      const scores = await askBatches(given, { caller, size: settings.maxBatch, ask }, signal)
      return pieces.map((ofText) => ({
        findings: ofText.flatMap(({ from, text }) => {
          const score = scores.get(text) ?? 0
          return score > threshold ? [{ kind: 'INJECTION', start: from, end: from + text.length, score }] : []
        }),
      }))
    },
  }
}

/** Zero where the first label says that it is none. A label that nobody knows would make every rule silent. */
function createScore({ labels, safeLabels }: PromptInjection): (given: readonly Label[]) => number {
  // What the configuration says goes before what is known of other models: in its model LABEL_0 may be the injection.
  const isInjection = new Map([
    ...injections.map((label) => [label, true] as const),
    ...harmless.map((label) => [label, false] as const),
    ...labels.map((label) => [label.toUpperCase(), true] as const),
    ...safeLabels.map((label) => [label.toUpperCase(), false] as const),
  ])
  return (given) => {
    const top = given.reduce((best, label) => (label.score > best.score ? label : best))
    const isFound = isInjection.get(top.label.toUpperCase())
    if (isFound === undefined)
      fail('service', `the label ${shownLabel(top.label)} is neither in its labels nor in its safeLabels`)
    return isFound ? top.score : 0
  }
}
