import { absorb, absorbField, extend, overlay } from '../../conversation/accumulate.ts'
import { isObject, objectsAt, put, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { indexAt, lists, places, statuses, toPlace } from './schema.ts'
import type { List, Place } from './schema.ts'

/** One item of a response's output, and what an event does to it. */

/** Elements by the index they were told with: a list would grow a hole of any size. */
export type Item = {
  readonly fields: JsonObject
  readonly lists: Record<List['list'], Map<number, JsonObject>>
  readonly commands: Map<number, JsonObject>
  readonly outputs: Map<number, JsonObject>
}

export type ItemEvent = { readonly subject: string; readonly verb: string; readonly told: JsonObject }
type ItemOf = (told: JsonObject, type: string) => Item

/** False if nobody knows this event; a text that grows is kept all the same, where its name says. */
export function addEvent(event: ItemEvent, itemOf: ItemOf): boolean {
  const { subject, verb, told } = event
  const place = places.get(subject)
  if (place !== undefined) {
    addText(itemOf(told, place.item), place, verb, told)
    return true
  }
  if (addOther(event, itemOf)) return true
  const isAbout = typeof told['output_index'] === 'number' || textAt(told, 'item_id') !== null
  if (isAbout && (verb === 'delta' || verb === 'done')) {
    const unknown = toPlace(subject, told)
    addText(itemOf(told, unknown.item), unknown, verb, told)
  }
  return false
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
  else if (verb === 'done' && told[place.told] !== undefined) put(target, field, told[place.told])
  // The item may never have been announced.
  if (place.within === null && owner['name'] === undefined && typeof told['name'] === 'string')
    owner['name'] = told['name']
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
function addOther({ subject, verb, told }: ItemEvent, itemOf: ItemOf): boolean {
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
