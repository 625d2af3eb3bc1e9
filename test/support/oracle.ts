import { isObject, objectAt, objectsAt } from '../../src/conversation/json.ts'
import type { JsonObject } from '../../src/conversation/json.ts'
import type { DialectName, Reply } from '../../src/dialect/dialect.ts'
import { crossCheckOf, missing } from './recorded.ts'

/** What each dialect's official SDK leaves to compare, and what it is known to lose. */
type Compare = (expected: JsonObject, reply: Reply) => string[]

export const compare: Readonly<Record<DialectName, Compare>> = {
  'openai-responses': (expected, { body }) => both(expected['terminal_payload'], body),
  anthropic: compareMessage,
  'openai-chat': compareCompletion,
  gemini: compareGeneration,
}

function both(wanted: unknown, actual: unknown): string[] {
  return [...missing(wanted, actual), ...missing(actual, wanted)]
}

function compareMessage(expected: JsonObject, { body }: Reply): string[] {
  const { final } = expected
  if (!isObject(final))
    return compareText(expected, textOf(objectsAt(isObject(body) ? body : {}, 'content'), 'text'))
  // Usage counts that the SDK has no field for are named in the notes and kept by us.
  const extra = Array.isArray(expected['notes']) && expected['notes'].join().includes('not taken over')
  return extra ? missing(final, body) : both(final, body)
}

function compareCompletion(expected: JsonObject, { body }: Reply): string[] {
  const completion = isObject(body) ? body : {}
  const { obfuscation: _noise, ...final } = objectAt(expected, 'final') ?? {}
  const notes = String(expected['notes'])
  // What the notes name the SDK has lost or mangled: the mechanical join of the deltas stands for it.
  const lost = new Set([...notes.matchAll(/choices\[\d+\]\.message\.(\w+)/g)].map(([, key]) => key))
  const kept = {
    ...final,
    choices: objectsAt(final, 'choices').map(({ message, ...choice }) => ({
      ...choice,
      message: Object.fromEntries(Object.entries(message ?? {}).filter(([key]) => !lost.has(key))),
    })),
  }
  const byIndex = new Map(objectsAt(completion, 'choices').map((choice) => [String(choice['index']), choice]))
  const joins = Object.entries(objectAt(expected, 'delta_concat') ?? {}).flatMap(([index, join]) =>
    isObject(join) ? compareJoin(join, byIndex.get(index) ?? {}) : [],
  )
  const list = objectAt(byIndex.get('0'), 'message') ?? {}
  const listed = Array.isArray(list['content'])
    ? compareText(expected, textOf(objectsAt(list, 'content'), 'text'))
    : []
  return [...(expected['final'] === undefined ? [] : missing(kept, completion)), ...joins, ...listed]
}

/** Strings that a chunk repeats instead of continuing. */
const repeated = new Set(['role', 'channel'])

function compareJoin(join: JsonObject, choice: JsonObject): string[] {
  const message = objectAt(choice, 'message') ?? {}
  const strings = Object.entries(objectAt(join, 'keys') ?? {}).filter(([key]) => !repeated.has(key))
  const texts = strings.flatMap(([key, text]) => {
    const told = message[key]
    // Of a list (Mistral) the join knows only what was told outside of it: the cross-check has all.
    return Array.isArray(told) ? [] : missing(text, told, `message.${key}`)
  })
  const calls = objectsAt(message, 'tool_calls').map((call) => ({
    ids: [call['id']],
    names: [objectAt(call, 'function')?.['name']],
    arguments: objectAt(call, 'function')?.['arguments'],
  }))
  const wanted = objectsAt(join, 'tool_calls').map(({ ids, names, arguments: text }) => ({
    ids,
    names,
    arguments: text,
  }))
  return [
    ...texts,
    ...missing(wanted, calls, 'tool_calls'),
    ...missing(join['finish_reason'], choice['finish_reason']),
  ]
}

function compareGeneration(expected: JsonObject, { body }: Reply): string[] {
  const generation = isObject(body) ? body : {}
  const final = objectAt(expected, 'final') ?? {}
  const candidate = objectsAt(generation, 'candidates')[0] ?? {}
  const parts = objectsAt(objectAt(candidate, 'content') ?? {}, 'parts')
  const told = (key: string) => parts.map((part) => part[key]).filter((value) => value !== undefined)
  const isStreamed = String(expected['notes']).includes('streamed in fragments')
  const calls = isStreamed
    ? { wanted: crossCheckCalls(expected), actual: told('functionCall').map(toCrossCheck) }
    : { wanted: final['functionCalls'], actual: told('functionCall') }
  return [
    ...missing(
      final['text'],
      textOf(
        parts.filter((part) => part['thought'] !== true),
        'text',
      ),
      'text',
    ),
    ...missing(
      final['thought_text'],
      textOf(
        parts.filter((part) => part['thought'] === true),
        'text',
      ),
      'thought',
    ),
    ...missing(calls.wanted, calls.actual, 'functionCalls'),
    ...missing(final['executableCode'], told('executableCode'), 'executableCode'),
    ...missing(final['codeExecutionResult'], told('codeExecutionResult'), 'codeExecutionResult'),
    ...missing(final['inlineData'], told('inlineData').map(toDigest), 'inlineData'),
    ...missing(final['thoughtSignatures'], told('thoughtSignature'), 'thoughtSignatures'),
    ...['finishReason', 'finishMessage', 'safetyRatings', 'groundingMetadata', 'urlContextMetadata'].flatMap(
      (key) => missing(final[key], candidate[key], key),
    ),
    ...['usageMetadata', 'modelVersion', 'responseId', 'promptFeedback'].flatMap((key) =>
      missing(final[key], generation[key], key),
    ),
  ]
}

function crossCheckCalls(expected: JsonObject): unknown {
  return objectsAt(crossCheckOf(expected), 'toolCalls').map(({ name, input }) => ({ name, input }))
}

function toCrossCheck(call: unknown): unknown {
  return isObject(call) ? { name: call['name'], input: JSON.stringify(call['args'] ?? {}) } : call
}

function toDigest(inline: unknown): unknown {
  if (!isObject(inline)) return inline
  return { mimeType: inline['mimeType'], bytes: String(inline['data']).length }
}

/** Token counts as the third party's accumulator has them. */
export function compareUsage(expected: JsonObject, { usage }: Reply): string[] {
  const told = objectAt(crossCheckOf(expected), 'usage') ?? {}
  const input = objectAt(told, 'inputTokens')
  const output = objectAt(told, 'outputTokens')
  const count = (wanted: unknown, actual: number | null | undefined, path: string) =>
    // What nobody told that accumulator calls zero, and we do not know.
    wanted === 0 && actual === null ? [] : missing(wanted, actual, path)
  return [
    ...count(input?.['total'], usage?.input, 'input'),
    ...count(input?.['cacheRead'], usage?.cachedInput, 'cachedInput'),
    ...count(input?.['cacheWrite'], usage?.cacheWrite, 'cacheWrite'),
    ...count(output?.['total'], usage?.output, 'output'),
    ...count(output?.['reasoning'], usage?.reasoning, 'reasoning'),
  ]
}

function compareText(expected: JsonObject, text: string): string[] {
  return missing(crossCheckOf(expected)['text'], text, 'text')
}

function textOf(parts: readonly JsonObject[], key: string): string {
  return parts.map((part) => (typeof part[key] === 'string' ? part[key] : '')).join('')
}
