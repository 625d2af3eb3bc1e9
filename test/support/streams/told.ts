import type { Reply } from '../../../src/dialect/dialect.ts'

/** A stream written by hand, and what must be rebuilt from it. The name says what it shows. */
export type Told = {
  readonly name: string
  readonly text: string
  /** Only what the stream is about: the rest of the reply is not looked at. */
  readonly reply: Partial<Reply>
}

/** Fields as a provider may send them. */
export type Fields = Readonly<Record<string, unknown>>
export type Event = Fields & { readonly type: string }

/** Events with nothing but data, as chat completions and Gemini send them. */
export function dataOnly(...values: readonly unknown[]): string {
  return values
    .map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`)
    .join('')
}

/** Events named by their type, as Responses and Anthropic send them. */
export function named(...values: readonly Event[]): string {
  return values.map((value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`).join('')
}

export function withCrlf(text: string): string {
  return text.replaceAll('\n', '\r\n')
}
