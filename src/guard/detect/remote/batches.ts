import type { Caller } from './caller.ts'

/** Asks a service for many texts: each text once, so many in one call. */
export type Batches<Answer> = {
  readonly caller: Caller
  readonly size: number
  /** One answer for each text, in their order. */
  readonly ask: (texts: readonly string[], signal: AbortSignal) => Promise<readonly Answer[]>
}

export async function askBatches<Answer>(
  texts: Iterable<string>,
  { caller, size, ask }: Batches<Answer>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Answer>> {
  const each = [...new Set(texts)]
  const batches = Array.from({ length: Math.ceil(each.length / size) }, (_, at) =>
    each.slice(at * size, (at + 1) * size),
  )
  const answers = await caller.each(batches, ask, signal)
  const known = new Map<string, Answer>()
  answers.forEach((list, batch) => {
    list.forEach((answer, at) => {
      const text = batches[batch]?.[at]
      if (text !== undefined) known.set(text, answer)
    })
  })
  return known
}
