import { absorb, absorbField, extend, overlay } from '../../conversation/accumulate.ts'
import { isObject, objectsAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { indexAt, lists, parts, places, statuses } from './schema.ts'
import type { List, Place } from './schema.ts'

/**
 * The output of a response as its events tell it, for streams that end before the answer is told whole. Items are
 * known by their place, never by id (some providers change it with every event), and a missing parent is made.
 */
export type Output = {
  /** False if this is no event about an item. `name` is the type without `response.`. */
  readonly add: (name: string, told: JsonObject) => boolean
  /** Items that a snapshot of the response brings along. */
  readonly begin: (response: JsonObject) => void
  readonly items: () => unknown[]
}

/** Elements by the index they were told with: a list would grow a hole of any size. */
type Item = {
  fields: JsonObject
  readonly lists: Record<List['list'], Map<number, JsonObject>>
  readonly commands: Map<number, JsonObject>
  readonly outputs: Map<number, JsonObject>
}

export function createOutput(): Output {
  const items = new Map<number, Item>()
  function itemOf(told: JsonObject, type: string): Item {
    const index = indexAt(told, 'output_index')
    return items.get(index) ?? keep(index, emptyItem(type))
  }
  function keep(index: number, fields: JsonObject): Item {
    const item = toItem(fields)
    items.set(index, item)
    return item
  }
  function add(name: string, told: JsonObject): boolean {
    const dot = name.lastIndexOf('.')
    const subject = name.slice(0, dot)
    const verb = name.slice(dot + 1)
    const { item, part } = told
    if (subject === 'output_item') {
      if (isObject(item)) keep(indexAt(told, 'output_index'), item)
      return true
    }
    const list = parts.get(subject)
    if (list !== undefined) {
      const owner = itemOf(told, list.list === 'summary' ? 'reasoning' : 'message')
      if (isObject(part)) owner.lists[list.list].set(indexAt(told, list.index), part)
      return true
    }
    const place = places.get(subject)
    if (place !== undefined) {
      addText(itemOf(told, place.item), place, verb, told)
      return true
    }
    return addOther(subject, verb, told, itemOf)
  }
  return {
    add,
    begin: (response) => {
      const list = objectsAt(response, 'output')
      for (const [index, item] of list.entries()) if (!items.has(index)) keep(index, item)
    },
    items: () => byIndex(items).map(toOutput),
  }
}

function addText(item: Item, place: Place, verb: string, told: JsonObject): void {
  const owner = place.within === null ? item.fields : partOf(item, place.within, place.part, told)
  let target = owner
  for (const key of place.path.slice(0, -1)) {
    const next = target[key]
    target = isObject(next) ? next : (target[key] = {})
  }
  const field = place.path.at(-1) ?? place.told
  if (verb === 'delta') absorbField(target, field, told['delta'])
  else if (verb === 'done' && told[place.told] !== undefined) target[field] = told[place.told]
  const { logprobs } = told
  if (!Array.isArray(logprobs)) return
  // The last event has all of them again.
  if (verb === 'done') owner['logprobs'] = logprobs
  else absorbField(owner, 'logprobs', logprobs)
}

function partOf(item: Item, { list, index }: List, type: string, told: JsonObject): JsonObject {
  const at = indexAt(told, index)
  let part = item.lists[list].get(at)
  if (part === undefined) {
    part = type === 'output_text' ? { type, text: '', annotations: [] } : { type }
    item.lists[list].set(at, part)
  }
  return part
}

/** Annotations, shell commands, images in the making, and how far a call has come. */
function addOther(
  subject: string,
  verb: string,
  told: JsonObject,
  itemOf: (told: JsonObject, type: string) => Item,
): boolean {
  const { delta, command } = told
  switch (subject) {
    case 'output_text.annotation': {
      const part = partOf(itemOf(told, 'message'), lists.content, 'output_text', told)
      absorbField(part, 'annotations', [told['annotation']])
      return true
    }
    case 'shell_call_command': {
      const { commands } = itemOf(told, 'shell_call')
      const text = slot(commands, indexAt(told, 'command_index'))
      if (verb === 'delta') absorbField(text, 'text', delta)
      else if (typeof command === 'string') text['text'] = command
      return true
    }
    case 'shell_call_output_content': {
      const { outputs } = itemOf(told, 'shell_call_output')
      const output = slot(outputs, indexAt(told, 'command_index'))
      if (verb === 'delta' && isObject(delta)) absorb(output, delta)
      else for (const element of objectsAt(told, 'output')) overlay(output, element)
      return true
    }
    case 'image_generation_call':
      if (verb !== 'partial_image') break
      addImage(itemOf(told, subject).fields, told)
      return true
    case 'mcp_list_tools':
      break
  }
  if (!statuses.has(verb) || !(subject.endsWith('_call') || subject === 'mcp_list_tools')) return false
  itemOf(told, subject).fields['status'] = verb
  return true
}

/** Not part of a finished answer, but all there is of a picture when the stream breaks off. */
function addImage(fields: JsonObject, told: JsonObject): void {
  const { type: _type, sequence_number: _number, output_index: _index, item_id: _id, ...image } = told
  const { partial_images: before } = fields
  fields['partial_images'] = extend(Array.isArray(before) ? before : [], [image])
}

function slot(slots: Map<number, JsonObject>, index: number): JsonObject {
  const known = slots.get(index)
  if (known !== undefined) return known
  const made: JsonObject = {}
  slots.set(index, made)
  return made
}

function emptyItem(type: string): JsonObject {
  if (type === 'message') return { type, status: 'in_progress', role: 'assistant', content: [] }
  return type === 'reasoning' ? { type, summary: [] } : { type, status: 'in_progress' }
}

function toItem(fields: JsonObject): Item {
  const listed = (key: List['list']) => new Map(objectsAt(fields, key).entries())
  return {
    fields,
    lists: { content: listed('content'), summary: listed('summary') },
    commands: new Map(),
    outputs: new Map(),
  }
}

function toOutput({ fields, lists: { content, summary }, commands, outputs }: Item): JsonObject {
  const item = { ...fields }
  if (content.size > 0) item['content'] = byIndex(content)
  if (summary.size > 0) item['summary'] = byIndex(summary)
  if (outputs.size > 0) item['output'] = byIndex(outputs)
  if (commands.size > 0) {
    const action = isObject(item['action']) ? item['action'] : {}
    item['action'] = { ...action, commands: byIndex(commands).map(({ text }) => text ?? '') }
  }
  return item
}

function byIndex<Value>(slots: Map<number, Value>): Value[] {
  return [...slots].toSorted(([a], [b]) => a - b).map(([, value]) => value)
}
