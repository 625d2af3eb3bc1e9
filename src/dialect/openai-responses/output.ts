import { isObject, objectsAt, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { addEvent } from './item.ts'
import type { Item } from './item.ts'
import { indexAt, parts } from './schema.ts'
import type { List } from './schema.ts'

/**
 * The output of a response as its events tell it, for streams that end before the answer is told whole. Items are
 * known by their place, never by id (some providers change it with every event), and a missing parent is made.
 */
export type Output = {
  /** False if nobody knows this event; what it says of an item is kept all the same. `name`: without `response.`. */
  readonly add: (name: string, told: JsonObject) => boolean
  /** Items that a snapshot of the response brings along. */
  readonly begin: (response: JsonObject) => void
  readonly items: () => unknown[]
}

export function createOutput(): Output {
  const items = new Map<number, Item>()
  let last = 0
  /** Which item it is about: some tell only its id, or that it is the one told last. */
  function placeOf(told: JsonObject): number {
    const index = told['output_index']
    if (typeof index === 'number') return (last = index)
    const id = textAt(told, 'item_id')
    for (const [place, { fields }] of id === null ? [] : items) if (fields['id'] === id) return (last = place)
    return last
  }
  function itemOf(told: JsonObject, type: string): Item {
    const index = placeOf(told)
    return items.get(index) ?? keep(index, emptyItem(type))
  }
  function keep(index: number, fields: JsonObject): Item {
    const item = toItem(fields)
    items.set(index, item)
    return item
  }
  function addItem(verb: string, told: JsonObject): void {
    const { item } = told
    if (!isObject(item)) return
    const isPlaced = typeof told['output_index'] === 'number'
    if (!isPlaced && verb === 'added') last = items.size === 0 ? 0 : Math.max(...items.keys()) + 1
    keep(isPlaced ? placeOf(told) : placeOf({ item_id: item['id'] }), item)
  }
  function add(name: string, told: JsonObject): boolean {
    const dot = name.lastIndexOf('.')
    const subject = name.slice(0, dot)
    const verb = name.slice(dot + 1)
    if (subject === 'output_item') {
      addItem(verb, told)
      return true
    }
    const list = parts.get(subject)
    if (list === undefined) return addEvent({ subject, verb, told }, itemOf)
    const owner = itemOf(told, list.list === 'summary' ? 'reasoning' : 'message')
    const { part } = told
    if (isObject(part)) owner.lists[list.list].set(indexAt(told, list.index), part)
    return true
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
