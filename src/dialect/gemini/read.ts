import type { Conversation, Message, Tool } from '../../conversation/conversation.ts'
import { isObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { below, foreignBody, isTextOrNone, rest, withRest } from '../../conversation/part.ts'
import { readToolList } from '../../conversation/tool.ts'
import { joinTurns } from '../../conversation/turn.ts'
import { readContent } from './content.ts'
import { fieldOf } from './fields.ts'

/**
 * The body of a request for a generation, for a count of its tokens (which may hold one for a generation), or for
 * embeddings. The model is mostly named by the path alone.
 */
export function readRequest(body: unknown): Conversation {
  if (!isObject(body)) return foreignBody(body)
  const within = fieldOf(body, 'generateContentRequest', 'generate_content_request')
  if (within === undefined || !isObject(within.value)) return readFields(body, '')
  const inner = readFields(within.value, `/${within.key}`)
  return { ...inner, settings: { ...rest(body, new Set([within.key])), [within.key]: inner.settings } }
}

function readFields(body: JsonObject, at: string): Conversation {
  const read = new Set<string>()
  const told: Message[] = []
  const system = fieldOf(body, 'systemInstruction', 'system_instruction')
  if (system !== undefined) {
    read.add(system.key)
    told.push({ ...readContent(system.value, `${at}/${system.key}`, 'system'), role: 'system' })
  }
  for (const key of ['contents', 'content', 'requests']) {
    if ((body[key] ?? null) === null) continue
    read.add(key)
    for (const message of readContents(body[key], `${at}/${key}`)) told.push(message)
  }
  const lists = readToolList(body['tools'], `${at}/tools`, readDeclared)
  if (lists !== undefined) read.add('tools')
  const tools = (lists ?? []).flatMap((list) => list.tools)
  const { model } = body
  if (typeof model === 'string') read.add('model')
  return {
    model: typeof model === 'string' ? model : null,
    messages: told,
    tools,
    settings: rest(body, read),
  }
}

/** A list, or one content alone; of a batch, each request is kept whole unless it is just its content. */
function readContents(contents: unknown, at: string): Message[] {
  if (!Array.isArray(contents)) return [readContent(contents, at, 'user')]
  return joinTurns(contents.map((content, index) => readOne(content, `${at}/${index}`)))
}

const batchFields = new Set(['content'])

function readOne(content: unknown, at: string): Message {
  if (!isObject(content) || content['content'] === undefined) return readContent(content, at, 'user')
  const message = readContent(content['content'], `${at}/content`, 'user')
  return { ...message, extra: withRest(rest(content, batchFields), 'content', message.extra) }
}

const declarationFields = new Set([
  'name',
  'description',
  'parameters',
  'parametersJsonSchema',
  'parameters_json_schema',
])

/** One entry of the list may declare many functions, and be a tool of Google's own as well. */
function readDeclared(entry: JsonObject, at: string): { tools: Tool[] } | undefined {
  const declared = fieldOf(entry, 'functionDeclarations', 'function_declarations')
  const tools: Tool[] = []
  for (const key in entry) {
    const place = below(at, key)
    if (key === declared?.key) {
      const functions = readToolList(declared.value, place, readFunction)
      if (functions === undefined) return undefined
      for (const tool of functions) tools.push(tool)
    } else {
      tools.push({ name: key, description: null, parameters: null, at: place, extra: { [key]: entry[key] } })
    }
  }
  return { tools }
}

function readFunction(told: JsonObject, at: string): Tool | undefined {
  const { name, description, parameters } = told
  const schema = fieldOf(told, 'parametersJsonSchema', 'parameters_json_schema')
  if (!isTextOrNone(name) || !isTextOrNone(description)) return undefined
  if (schema !== undefined && parameters !== undefined) return undefined
  return {
    name: name ?? '',
    description: description ?? null,
    parameters: schema?.value ?? parameters ?? null,
    at,
    extra: rest(told, declarationFields),
  }
}
