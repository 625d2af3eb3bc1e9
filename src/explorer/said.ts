/**
 * Requests and answers as something to read: who said what. Made for the eye only and therefore forgiving: what
 * is not understood is shown as the JSON it is, and nothing throws.
 */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thinking'; readonly text: string }
  | { readonly kind: 'call'; readonly name: string; readonly text: string }
  | { readonly kind: 'result'; readonly name: string; readonly text: string }
  | { readonly kind: 'other'; readonly name: string; readonly value: unknown }

export type Said = { readonly role: string; readonly parts: readonly Part[] }

/** Fields of an object; of anything else, none. */
export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {}
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Arguments and results: text as it is, everything else as JSON. */
export function printed(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined ? '' : JSON.stringify(value, null, 2)
}

export function textPart(value: unknown): readonly Part[] {
  return typeof value === 'string' && value !== '' ? [{ kind: 'text', text: value }] : []
}

export function thinkingPart(value: unknown): readonly Part[] {
  return typeof value === 'string' && value !== '' ? [{ kind: 'thinking', text: value }] : []
}

export function other(value: unknown): Part {
  return { kind: 'other', name: text(fields(value)['type']) || 'part', value }
}

/** A content that is one text or a list of parts. */
export function contentOf(value: unknown, read: (part: unknown) => readonly Part[]): readonly Part[] {
  return typeof value === 'string' ? textPart(value) : list(value).flatMap(read)
}
