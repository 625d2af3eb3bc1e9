import type { Part } from '../../conversation/conversation.ts'
import { isObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import {
  callFreeform,
  callWithValue,
  idOf,
  isIdOrNone,
  isListOrNone,
  isTextOrNone,
  otherPart,
  rest,
  textPart,
  withRest,
} from '../../conversation/part.ts'
import type { ArgumentTexts } from '../dialect.ts'
import { fieldOf } from './fields.ts'

/**
 * Parts that are calls or what came of them: functions for the client, and code and tools (`toolCall`) that Google
 * runs. Not every API of Google's gives calls an id.
 */

/** A field of a part that says what the part is. */
export type Told = {
  readonly part: JsonObject
  readonly key: string
  readonly fields: JsonObject
  readonly at: string
  readonly texts: ArgumentTexts
}

const callFields = new Set(['id', 'name', 'args'])
const serversFields = new Set(['id', 'args'])

export function readCall({ part, key, fields: told, at, texts }: Told): Part | undefined {
  const isServers = isServersField(key)
  const name = isServers ? fieldOf(told, 'toolType', 'tool_type')?.value : told['name']
  if (!isTextOrNone(name) || !isIdOrNone(told['id'])) return undefined
  const left = rest(told, isServers ? serversFields : callFields)
  const fields = {
    id: idOf(told['id']),
    name: name ?? '',
    at,
    argumentsAt: `${at}/${key}/args`,
    isServers,
    extra: withRest(rest(part, new Set([key])), key, left),
  }
  return callWithValue(fields, told['args'], texts[fields.argumentsAt])
}

function isServersField(key: string): boolean {
  return key.startsWith('tool')
}

const resultFields = new Set(['id', 'name', 'response', 'parts'])
const serversResultFields = new Set(['id', 'response', 'parts'])

export function readResult(
  { part, key, fields: told, at }: Told,
  readPart: (part: unknown, at: string) => Part,
): Part | undefined {
  const isServers = isServersField(key)
  const name = isServers ? fieldOf(told, 'toolType', 'tool_type')?.value : told['name']
  const { id, response, parts } = told
  if (!isTextOrNone(name) || !isListOrNone(parts) || !isIdOrNone(id)) return undefined
  const place = `${at}/${key}`
  const { content, isPlain } = readResponse(response, `${place}/response`)
  const media = (parts ?? []).map((inner, index) => readPart(inner, `${place}/parts/${index}`))
  return {
    kind: 'result',
    callId: idOf(id),
    name: name ?? null,
    // By Google's convention the key tells it.
    isError: isObject(response) && (response['error'] ?? null) !== null,
    isServers,
    parts: [...content, ...media],
    isPlain: isPlain && media.length === 0,
    at,
    extra: withRest(
      rest(part, new Set([key])),
      key,
      rest(told, isServers ? serversResultFields : resultFields),
    ),
  }
}

/** A response must be an object; one that is a single text under any name stands for that text. */
function readResponse(response: unknown, at: string): { content: readonly Part[]; isPlain: boolean } {
  if (response === undefined || response === null) return { content: [], isPlain: false }
  if (isObject(response)) {
    for (const key of wrappers) {
      const text = response[key]
      if (typeof text !== 'string' || Object.keys(response).length > 1) continue
      return { content: [textPart(text, `${at}/${key}`)], isPlain: true }
    }
  }
  return { content: [otherPart(response, at)], isPlain: false }
}

/** What clients put a text into, as Google's own SDKs, LangChain and other gateways do. */
const wrappers = ['output', 'result', 'error', 'content'] as const

const codeFields = new Set(['id', 'code'])

export function readCode({ part, key, fields: told, at }: Told): Part | undefined {
  const { id, code } = told
  if (typeof code !== 'string' || !isIdOrNone(id)) return undefined
  const extra = withRest(rest(part, new Set([key])), key, rest(told, codeFields))
  const argumentsAt = `${at}/${key}/code`
  return callFreeform({ id: idOf(id), name: 'code_execution', at, argumentsAt, isServers: true, extra }, code)
}

const outputFields = new Set(['id', 'output'])

/** The outcome stays as it was told beside what it means. */
export function readCodeResult({ part, key, fields: told, at }: Told): Part | undefined {
  const { id, outcome, output } = told
  if (!isTextOrNone(output) || !isIdOrNone(id)) return undefined
  return {
    kind: 'result',
    callId: idOf(id),
    name: 'code_execution',
    isError: typeof outcome === 'string' && outcome !== 'OUTCOME_OK',
    isServers: true,
    parts: typeof output === 'string' ? [textPart(output, `${at}/${key}/output`)] : [],
    isPlain: typeof output === 'string',
    at,
    extra: withRest(rest(part, new Set([key])), key, rest(told, outputFields)),
  }
}
