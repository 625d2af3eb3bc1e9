import { isObject } from '../../../conversation/json.ts'
import { fail } from './failure.ts'

/**
 * Text classification as Hugging Face serves it: labels with scores for each text. Servers differ in how deep they
 * nest the lists, and in whether they tell all labels or the first only.
 */
const mostLabels = 50

export type Label = { readonly label: string; readonly score: number }

/**
 * A list means two sentences to some servers, so that one text is sent as itself. Truncation is not asked for: what is
 * behind the first 512 tokens would pass unseen, where a server that refuses the text makes the rule fail.
 */
export function classification(texts: readonly string[]): unknown {
  const sent = texts.map((text) => text.toWellFormed())
  return { inputs: sent.length === 1 ? sent[0] : sent, parameters: { top_k: mostLabels } }
}

export function labelsIn(answer: unknown, count: number): readonly (readonly Label[])[] {
  const lists = listsIn(answer, count)
  if (lists === null || lists.length !== count)
    return fail(
      'service',
      `its answer is no list of labels for ${count === 1 ? 'the text' : `${count} texts`}`,
    )
  return lists
}

function listsIn(answer: unknown, count: number): Label[][] | null {
  if (!Array.isArray(answer)) return null
  if (answer.every((each) => Array.isArray(each))) {
    const lists = answer.map((each: readonly unknown[]) => labelsOf(each))
    return lists.every((each) => each !== null) ? lists : null
  }
  const labels = labelsOf(answer)
  if (labels === null) return null
  return count === 1 ? [labels] : labels.map((label) => [label])
}

function labelsOf(list: readonly unknown[]): Label[] | null {
  const labels = list.flatMap((each) => {
    const { label, score } = isObject(each) ? each : {}
    return typeof label === 'string' && typeof score === 'number' ? [{ label, score }] : []
  })
  return labels.length === list.length && labels.length > 0 ? labels : null
}

/** A label as part of a message: a model's author gave it, so that nothing of a text is in it, but be careful. */
export function shownLabel(label: string): string {
  return /^[\w ./-]{1,40}$/.test(label) ? `"${label}"` : 'of another kind'
}
