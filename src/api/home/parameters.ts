import { type Static, type TObject, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { Fault } from '../../core/fault.ts'

/**
 * The parameters of these routes. Names that mean nothing are passed over, as Invariant's own server did; a value that
 * cannot be is refused with the end of a sentence that says what it must be.
 */
const flag = Type.Optional(
  Type.Union([Type.Literal('true'), Type.Literal('false'), Type.Literal('1'), Type.Literal('0')], {
    description: 'true or false',
  }),
)
const count = (most: number, digits: number) =>
  Type.Optional(
    Type.String({ pattern: `^\\d{1,${digits}}$`, description: `a whole number of at most ${most}`, most }),
  )

const mostTraces = 10_000

export const TraceParameters = Type.Object({
  max_length: count(100_000, 6),
  include_annotations: flag,
})
export const SnippetParameters = Type.Object({ limit: count(1000, 4) })
export const ListParameters = Type.Object({
  kind: Type.Optional(
    Type.Union(
      (['private', 'public', 'homepage', 'any'] as const).map((kind) => Type.Literal(kind)),
      { description: 'private, public, homepage or any' },
    ),
  ),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'at most 200 characters' })),
  limit: count(1000, 4),
})
export const TracesParameters = Type.Object({
  limit: count(mostTraces, 5),
  offset: count(1e9, 10),
  indices: Type.Optional(
    Type.String({
      pattern: '^\\d{1,10}(,\\d{1,10}){0,9999}$',
      description: 'whole numbers with commas between, at most 10000 of them',
    }),
  ),
})
export const ExportParameters = Type.Object({ include_trace_ids: flag })
export const SearchParameters = Type.Object({
  query: Type.Optional(Type.String({ maxLength: 2000, description: 'at most 2000 characters' })),
})

export function readParameters<Schema extends TObject>(request: Request, schema: Schema): Static<Schema> {
  const given = new URL(request.url).searchParams
  const values: Record<string, string> = {}
  for (const name of Object.keys(schema.properties)) {
    const value = given.get(name)
    // Their page sends empty ones for what is not set.
    if (value !== null && value !== '') values[name] = value
  }
  if (!Value.Check(schema, values)) throw wrongIn(schema, values)
  for (const [name, { most }] of Object.entries(schema.properties)) {
    if (typeof most === 'number' && Number(values[name] ?? 0) > most) throw wrong(name, schema)
  }
  return values
}

function wrongIn(schema: TObject, values: unknown): Fault {
  const path = Value.Errors(schema, values).First()?.path ?? '/'
  return wrong(path.slice(1), schema)
}

function wrong(name: string, schema: TObject): Fault {
  const { description = 'something else' } = schema.properties[name] ?? {}
  return new Fault('bad-request', `The parameter "${name}" must be ${description}`)
}

export function isOn(value: string | undefined, usually: boolean): boolean {
  return value === undefined ? usually : value === 'true' || value === '1'
}

/** What can be no id is of nothing that is here. */
export function readId(id: string | undefined, what: string): string {
  if (id !== undefined && /^[\w-]{1,64}$/.test(id)) return id
  throw new Fault('not-found', `${what} not found`)
}
