import { below } from './part.ts'

/** Where in the bodies of an exchange the messages come from that rules judge, to mask there or to note there. */
export type Source = {
  readonly body: 'request' | 'reply'
  /** Where the whole message stands. */
  readonly at: string
  /** By the path within the message: `content`, `content.1.text`, `tool_calls.0.function.arguments`. */
  readonly paths: ReadonlyMap<string, Form>
}

/**
 * How something stands in the body: as the same text, character for character; as the same JSON value, or a text of
 * that JSON; or said otherwise, so that only the whole of it can be pointed at.
 */
export type Form = { readonly at: string; readonly is: 'text' | 'json' | 'whole' }

export type Found = {
  readonly body: Source['body']
  /** A JSON pointer into the body. */
  readonly at: string
  /**
   * Where `at` holds a text of JSON: a JSON pointer into what that text says. Where it holds the value itself, the two
   * pointers joined lead on. Empty if nothing is meant but what stands at `at`.
   */
  readonly within: string
  /** Of the text, counted as in the address; null if all of it is meant, or no part of it can be told. */
  readonly range: { readonly start: number; readonly end: number } | null
}

const addressForm = /^messages\.(\d+)(?:\.(.+?))?(?::(\d+)-(\d+))?$/s

/** What an address (`messages.3.content:1-7`) means in the bodies; null if there is no such message. */
export function locate(sources: readonly Source[], address: string): Found | null {
  const [, index, path = '', start, end] = addressForm.exec(address) ?? []
  const source = index === undefined ? undefined : sources[Number(index)]
  if (source === undefined) return null
  const { body } = source
  const steps = path === '' ? [] : path.split('.')
  for (let length = steps.length; length > 0; length--) {
    const form = source.paths.get(steps.slice(0, length).join('.'))
    if (form === undefined) continue
    const isText = form.is === 'text' && length === steps.length
    const within = form.is === 'json' ? steps.slice(length).reduce(below, '') : ''
    const isTold = start !== undefined && end !== undefined && (isText || within !== '')
    return { body, at: form.at, within, range: isTold ? { start: Number(start), end: Number(end) } : null }
  }
  return { body, at: source.at, within: '', range: null }
}
