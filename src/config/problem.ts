import { KindGuard, type TSchema } from '@sinclair/typebox'
import { ValueErrorType, type ValueError } from '@sinclair/typebox/errors'
import { fromPointer, isMap, isMarked, schemasAlong, type Path } from './path.ts'
import { suggest } from './suggest.ts'

/** What is wrong with a configuration, in words. No message may hold a secret: values are shown one by one here. */
export type Problem = {
  readonly file: string
  /** Null where the fault is not in the file: in an argument, or in what the environment lacks. */
  readonly line: number | null
  /** Where it is worth telling: within a policy. */
  readonly column?: number
  readonly key: string
  readonly message: string
}

/** A problem before its place in the text is known. `near` leads to the line if the path itself has none. */
export type Finding = { readonly path: Path; readonly near?: Path; readonly message: string }

/** `weir.yaml:12: providers.openai.url: must be ...`, which editors and grep know as a place. */
export function problemText(problem: Problem): string {
  const { file, line, column } = problem
  const place = [file, ...(line === null ? [] : [line]), ...(column === undefined ? [] : [column])].join(':')
  return problem.key === '' ? `${place}: ${problem.message}` : `${place}: ${problem.key}: ${problem.message}`
}

type Context = {
  readonly root: TSchema
  /** How the value at a path is written, if variables are in it. */
  readonly writtenAt: (path: Path) => string | undefined
}

export function toFinding(error: ValueError, context: Context): Finding {
  const path = fromPointer(error.path)
  if (error.type === ValueErrorType.ObjectAdditionalProperties) {
    return { path, message: unknownKey(path.at(-1) ?? '', error.schema) }
  }
  const must = mustBe(error.schema)
  if (error.type === ValueErrorType.ObjectRequiredProperty) return { path, message: `is missing: ${must}` }
  const value = error.value
  const hint = typeof value === 'string' && hidden(path, context) === null ? meant(value, error.schema) : ''
  return { path, message: `must be ${must}, ${shown(value, path, context)}${hint}` }
}

function unknownKey(key: string, schema: TSchema): string {
  if (!KindGuard.IsObject(schema)) return `is not ${text(schema['names'], 'a possible name')}`
  const known = Object.keys(schema.properties)
  const near = suggest(key, known)
  if (near !== null) return `is unknown; did you mean "${near}"?`
  return known.length === 0
    ? 'is unknown; nothing is set here'
    : `is unknown; known here: ${known.join(', ')}`
}

export function mustBe(schema: TSchema): string {
  const own = text(schema['must'], '')
  if (own !== '') return own
  if (KindGuard.IsInteger(schema)) return `a whole number${rangeOf(schema.minimum, schema.maximum)}`
  if (KindGuard.IsNumber(schema)) return `a number${rangeOf(schema.minimum, schema.maximum)}`
  if (KindGuard.IsBoolean(schema)) return 'true or false'
  if (KindGuard.IsString(schema)) return 'text'
  if (KindGuard.IsArray(schema)) return 'a list'
  if (KindGuard.IsObject(schema) || KindGuard.IsRecord(schema)) return 'a map of keys'
  const literals = literalsOf(schema)
  return literals.length === 0 ? 'something else' : `one of ${literals.join(', ')}`
}

function rangeOf(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined && most < Number.MAX_SAFE_INTEGER)
    return ` from ${least} to ${most}`
  return least === undefined ? '' : ` of at least ${least}`
}

function literalsOf(schema: TSchema): string[] {
  if (KindGuard.IsLiteral(schema)) return [String(schema.const)]
  if (KindGuard.IsUnion(schema)) return [...new Set(schema.anyOf.flatMap(literalsOf))]
  return KindGuard.IsArray(schema) ? literalsOf(schema.items) : []
}

function meant(value: string, schema: TSchema): string {
  const near = suggest(value, literalsOf(schema))
  return near === null ? '' : `; did you mean "${near}"?`
}

/** What stands there, as far as it may be shown. */
function shown(value: unknown, path: Path, context: Context): string {
  const instead = hidden(path, context)
  if (instead !== null) return instead
  if (value === null || value === undefined) return 'has no value'
  if (Array.isArray(value)) return 'is a list'
  if (isMap(value)) return 'is a map of keys'
  if (typeof value !== 'string') return `is ${String(value)}`
  const schema = schemasAlong(context.root, path).at(-1)
  // A key written one level too high, `openai: sk-...`, is still a key.
  if (schema === undefined || !takesText(schema)) return 'is text'
  return `is ${JSON.stringify(withoutCredentials(value))}`
}

function hidden(path: Path, context: Context): string | null {
  const written = context.writtenAt(path)
  if (isMarked(context.root, path, 'secret')) return 'which it is not (the value stays hidden)'
  return written === undefined ? null : `is ${withoutCredentials(written)}`
}

function takesText(schema: TSchema): boolean {
  if (KindGuard.IsUnion(schema)) return schema.anyOf.some(takesText)
  return !KindGuard.IsObject(schema) && !KindGuard.IsRecord(schema) && !KindGuard.IsArray(schema)
}

/** User and password before an address's host, and its query, which may hold a key. Long text is cut. */
function withoutCredentials(value: string): string {
  const masked = value.replace(/\/\/[^/]*@/, '//***@').replace(/\?.*$/s, '?***')
  return masked.length > 80 ? `${masked.slice(0, 80)}…` : masked
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}
