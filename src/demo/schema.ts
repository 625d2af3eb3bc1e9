import {
  isList,
  isObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
  valueAt,
  type Json,
  type JsonObject,
} from './json.ts'

/** Reading of JSON schemas: references, choices and types, as far as tools use them. */
/** Shared by all branches of a schema: one that refers to itself several times would grow without end. */
type Steps = { left: number }

const maxSteps = 64

/** Follows references, takes the first way of a choice that is not null, and joins what must all hold. */
export function resolve(schema: JsonObject, root: JsonObject, steps: Steps = { left: maxSteps }): JsonObject {
  let found = schema
  while (steps.left-- > 0) {
    const reference = stringAt(found, '$ref')
    const branch = branchOf(found)
    if (reference !== null) found = lookUp(reference, root)
    else if (branch !== null) found = { ...without(found, ['anyOf', 'oneOf']), ...branch }
    else if (listAt(found, 'allOf').length > 0) found = joined(found, root, steps)
    else return found
  }
  return found
}

/** The first type that is not null. Gemini writes types in capitals. */
export function typeOf(schema: JsonObject): string {
  const type = valueAt(schema, 'type')
  const names = typeof type === 'string' ? [type] : stringsAt(schema, 'type')
  const name = names.find((each) => each.toLowerCase() !== 'null') ?? names[0]
  if (name !== undefined) return name.toLowerCase()
  if (objectAt(schema, 'properties') !== null) return 'object'
  return objectAt(schema, 'items') === null ? 'string' : 'array'
}

/** The value that the schema leaves no choice about. */
export function fixed(schema: JsonObject): Json | undefined {
  return valueAt(schema, 'const') ?? listAt(schema, 'enum')[0]
}

function branchOf(schema: JsonObject): JsonObject | null {
  const all = [...listAt(schema, 'anyOf'), ...listAt(schema, 'oneOf')].filter(isObject)
  return all.find((branch) => typeOf(branch) !== 'null') ?? all[0] ?? null
}

function joined(schema: JsonObject, root: JsonObject, steps: Steps): JsonObject {
  const parts = listAt(schema, 'allOf').filter(isObject)
  const all = [without(schema, ['allOf']), ...parts.map((part) => resolve(part, root, steps))]
  return all.reduce((left, right) => ({
    ...left,
    ...right,
    properties: { ...objectAt(left, 'properties'), ...objectAt(right, 'properties') },
    required: [...stringsAt(left, 'required'), ...stringsAt(right, 'required')],
  }))
}

function without(schema: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)))
}

function lookUp(reference: string, root: JsonObject): JsonObject {
  let found: Json | undefined = root
  for (const step of reference.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    found = isList(found) ? found[Number(key)] : valueAt(found, key)
  }
  return isObject(found) ? found : {}
}
