import { isObject } from '../conversation/json.ts'
import type { Count } from './count.ts'

/**
 * About how many tokens a request's or an answer's body holds, in any dialect: the texts of what is said, and names
 * where they are said too, as in arguments and schemas. Images and sound are no text: they are not counted.
 */
export function estimateRequest(body: unknown, count: Count): number {
  return estimateOf(body, said.request, count)
}

export function estimateAnswer(body: unknown, count: Count): number {
  return estimateOf(body, said.answer, count)
}

const said = {
  request: [
    'messages',
    'input',
    'contents',
    'system',
    'systemInstruction',
    'system_instruction',
    'instructions',
    'prompt',
    'tools',
    'functions',
  ],
  answer: ['choices', 'output', 'content', 'candidates'],
} as const

/** Fields that say something about what is said. */
const about: ReadonlySet<string> = new Set([
  'id',
  'type',
  'object',
  'index',
  'role',
  'status',
  'call_id',
  'tool_call_id',
  'tool_use_id',
  'finish_reason',
  'finishReason',
  'stop_reason',
  'signature',
  'thoughtSignature',
  'thought_signature',
  'encrypted_content',
  'data',
  'image_url',
  'file_data',
  'fileData',
  'inlineData',
  'inline_data',
  'input_audio',
  'source',
  'cache_control',
  'logprobs',
  'annotations',
  'citations',
  'groundingMetadata',
  'safetyRatings',
])

/** Below these, names are part of what is said. */
const named: ReadonlySet<string> = new Set([
  'tools',
  'functions',
  'args',
  'arguments',
  'response',
  'input_schema',
])

/** What each message and each call takes beside its text. */
const aroundMessage = 3
/** A text without a space in so many characters is no text. */
const longestWord = 1024

function estimateOf(body: unknown, fields: readonly string[], count: Count): number {
  if (!isObject(body)) return 0
  return fields.reduce((all, field) => all + tokensIn(body[field], named.has(field), count), 0)
}

/** Without recursion: arguments nest as deep as a client likes. */
function tokensIn(value: unknown, withNames: boolean, count: Count): number {
  const left: [value: unknown, withNames: boolean][] = [[value, withNames]]
  let tokens = 0
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [inner, names] = next
    if (typeof inner === 'string') tokens += isText(inner) ? count(inner) : 0
    else if (typeof inner === 'number') tokens += names ? 1 : 0
    else if (Array.isArray(inner)) for (const element of inner) left.push([element, names])
    else if (isObject(inner)) {
      tokens += 'role' in inner ? aroundMessage : 0
      for (const [key, member] of Object.entries(inner)) {
        if (names) tokens += count(key)
        // A tool's input is an object, a request's a list or a text.
        const isNamed = names || named.has(key) || (key === 'input' && isObject(member))
        if (isNamed || !about.has(key)) left.push([member, isNamed])
      }
    }
  }
  return tokens
}

function isText(text: string): boolean {
  if (text.startsWith('data:')) return false
  return (
    text.length < longestWord ||
    /\s/.test(text.slice(0, longestWord)) ||
    /[^\w+/=-]/.test(text.slice(0, longestWord))
  )
}
