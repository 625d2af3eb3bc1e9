/** Tokens as the provider counted them. Null is "not told", never zero. */
export type Usage = {
  /** All tokens of the prompt, cached ones included, whatever the dialect's own field means. */
  readonly input: number | null
  readonly cachedInput: number | null
  readonly cacheWrite: number | null
  /** All tokens of the answer, reasoning included. */
  readonly output: number | null
  readonly reasoning: number | null
  /** What was told beside these; absent where nothing was. */
  readonly details?: UsageDetails
}

/** Parts of the counts above, and what is counted in other units. */
export const detailKinds = [
  // Of `cacheWrite`, by how long it is kept.
  'cacheWrite5m',
  'cacheWrite1h',
  // Of `input`; the cached ones are of `cachedInput` too.
  'inputAudio',
  'cachedAudio',
  'inputImage',
  'cachedImage',
  'toolInput',
  // Of `output`.
  'outputAudio',
  'outputImage',
  // Of what is charged by time: speech to text.
  'audioSeconds',
] as const
export type DetailKind = (typeof detailKinds)[number]

export type UsageDetails = { readonly [kind in DetailKind]?: number } & {
  /** Requests of tools that the provider ran itself, by name: `web_search`. */
  readonly serverTools?: Readonly<Record<string, number>>
  /** The service tier the provider says it served in, in its own word. */
  readonly tier?: string
  /** What other calls within the answer took, an advisor's or a compaction's: no part of the counts above. */
  readonly others?: readonly OtherUsage[]
  /** Ours, of what was not told: the counts above stay unknown. */
  readonly estimated?: { readonly input?: number; readonly output?: number }
  /** What the provider itself says that the answer costs, in dollars. */
  readonly reportedCost?: number
}

export type OtherUsage = {
  readonly kind: string
  /** Null where it is the answer's own. */
  readonly model: string | null
} & Pick<Usage, 'input' | 'cachedInput' | 'cacheWrite' | 'output'>

/** As dialects read them: null for what was not told. */
export type Told = { readonly [key in keyof UsageDetails]: UsageDetails[key] | null }

/** The counts with what is known beside them, or as they are. */
export function withDetails(usage: Usage, told: Told): Usage {
  const known = Object.entries(told).filter(([, value]) => value !== null && value !== undefined)
  return known.length === 0 ? usage : { ...usage, details: Object.fromEntries(known) }
}

/** Counts of tools by name; null where no tool ran. */
export function toolCounts(counts: Iterable<readonly [name: string, count: number | null]>) {
  const tools: Record<string, number> = {}
  for (const [name, count] of counts)
    if (count !== null && count > 0) tools[name] = (tools[name] ?? 0) + count
  return Object.keys(tools).length === 0 ? null : tools
}
