import { KindGuard, type TSchema } from '@sinclair/typebox'

/**
 * Paths of keys within the configuration, and what the schema says of them. TypeBox's `TypeGuard` would do, but
 * it walks all that is below a schema each time: expanding a file of 60 lines took 0.5 ms with it.
 */
export type Path = readonly string[]

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The schemas along a path, the root's first; it ends early where the schema knows no such key. */
export function schemasAlong(root: TSchema, path: Path): TSchema[] {
  const schemas = [root]
  for (const key of path) {
    const last = schemas.at(-1)
    const next = last === undefined ? undefined : memberSchema(last, key)
    if (next === undefined) break
    schemas.push(next)
  }
  return schemas
}

export function memberSchema(schema: TSchema, key: string): TSchema | undefined {
  if (KindGuard.IsObject(schema))
    return Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined
  if (KindGuard.IsArray(schema)) return schema.items
  if (KindGuard.IsRecord(schema)) {
    const found = Object.entries(schema.patternProperties).find(([pattern]) => new RegExp(pattern).test(key))
    return found?.[1]
  }
  if (!KindGuard.IsUnion(schema)) return undefined
  return schema.anyOf.map((option) => memberSchema(option, key)).find((found) => found !== undefined)
}

export function isMapSchema(schema: TSchema): boolean {
  return KindGuard.IsObject(schema) || KindGuard.IsRecord(schema)
}

/** Whether a mark such as `secret` is set on the path's schema or on one around it. */
export function isMarked(root: TSchema, path: Path, mark: 'secret' | 'file'): boolean {
  return schemasAlong(root, path).some((schema) => schema[mark] === true)
}

/** `providers.openai.models[2]`, as a reader of the file would say it. */
export function pathText(root: unknown, path: Path): string {
  let text = ''
  let value = root
  for (const key of path) {
    if (Array.isArray(value)) text += `[${key}]`
    else text += `${text === '' ? '' : '.'}${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)}`
    value = memberValue(value, key)
  }
  return text
}

export function memberValue(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value[Number(key)]
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** `/providers/a~1b` as TypeBox tells a place (RFC 6901). */
export function fromPointer(pointer: string): Path {
  if (pointer === '') return []
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

export function isWithin(path: Path, outer: Path): boolean {
  return outer.every((key, index) => path[index] === key)
}
