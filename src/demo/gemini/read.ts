import {
  isObject,
  listAt,
  numberAt,
  objectAt,
  stringAt,
  stringsAt,
  valueAt,
  type Json,
  type JsonObject,
} from '../json.ts'
import { refused, type Asking, type Reading } from '../turn.ts'
import type { Choice, Message, Tool } from '../prompt.ts'

/** A generateContent request: the model and whether to stream are told by its address. */
export function read(body: JsonObject, asking: Asking): Reading {
  const contents = listAt(body, 'contents').filter(isObject)
  if (contents.length === 0) {
    return refused('* GenerateContentRequest.contents: contents is not specified\n', 'contents')
  }
  const settings = objectAt(body, 'generationConfig')
  const system = objectAt(body, 'systemInstruction') ?? objectAt(body, 'system_instruction')
  const thinking = objectAt(settings, 'thinkingConfig')
  return {
    kind: 'prompt',
    prompt: {
      model: asking.model ?? '',
      stream: asking.stream,
      messages: [{ role: 'system', parts: toTexts(system ?? {}) }, ...contents.flatMap(toMessages)],
      tools: listAt(body, 'tools').flatMap(toTools),
      choice: toChoice(body),
      maxTokens: numberAt(settings, 'maxOutputTokens'),
      stop: stringsAt(settings, 'stopSequences'),
      choices: 1,
      seed: numberAt(settings, 'seed'),
      thinking: valueAt(thinking, 'includeThoughts') === true,
      schema: toSchema(settings),
    },
  }
}

function toMessages(content: JsonObject): readonly Message[] {
  const role = stringAt(content, 'role') === 'model' ? 'assistant' : 'user'
  const results = listAt(content, 'parts').map((part) => objectAt(part, 'functionResponse'))
  const told = results
    .filter((result) => result !== null)
    .map((result): Message => ({ role: 'tool', parts: [toResult(valueAt(result, 'response'))] }))
  const parts = toTexts(content)
  return parts.length === 0 && told.length > 0 ? told : [...told, { role, parts }]
}

/** Google's SDKs wrap what a tool said in `output` or `result`. */
function toResult(response: Json | undefined): string {
  const said = valueAt(response, 'output') ?? valueAt(response, 'result') ?? response ?? null
  return typeof said === 'string' ? said : JSON.stringify(said)
}

function toTexts(content: JsonObject): readonly string[] {
  return listAt(content, 'parts').flatMap((part) => {
    const call = objectAt(part, 'functionCall')
    const text = call === null ? stringAt(part, 'text') : JSON.stringify(call)
    return text === null ? [] : [text]
  })
}

function toTools(entry: Json): readonly Tool[] {
  const declared = [...listAt(entry, 'functionDeclarations'), ...listAt(entry, 'function_declarations')]
  return declared.flatMap((tool): readonly Tool[] => {
    const name = stringAt(tool, 'name')
    const schema = objectAt(tool, 'parametersJsonSchema') ?? objectAt(tool, 'parameters') ?? {}
    return name === null ? [] : [{ kind: 'function', name, schema }]
  })
}

function toChoice(body: JsonObject): Choice {
  const settings = objectAt(objectAt(body, 'toolConfig'), 'functionCallingConfig')
  const [only, ...others] = stringsAt(settings, 'allowedFunctionNames')
  const mode = stringAt(settings, 'mode')?.toUpperCase()
  if (mode === 'NONE') return { kind: 'none' }
  if (mode !== 'ANY') return { kind: 'auto' }
  return only !== undefined && others.length === 0 ? { kind: 'named', name: only } : { kind: 'required' }
}

function toSchema(settings: JsonObject | null): JsonObject | null {
  const schema = objectAt(settings, 'responseJsonSchema') ?? objectAt(settings, 'responseSchema')
  if (schema !== null) return schema
  if (stringAt(settings, 'responseMimeType') !== 'application/json') return null
  return { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] }
}
