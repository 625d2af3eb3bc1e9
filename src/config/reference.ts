import { KindGuard, type TSchema } from '@sinclair/typebox'
import { isMapSchema } from './path.ts'
import { mustBe } from './problem.ts'
import { Written } from './schema.ts'

/** The manual of the configuration, printed from the schemas: `docs/configuration.md` is this text. */
export function configurationManual(example: string, restartNote: RestartNote): string {
  return (
    [
      preface,
      ...sections(Written, restartNote),
      `## Example\n\n\`\`\`yaml\n${example.trimEnd()}\n\`\`\``,
    ].join('\n\n') + '\n'
  )
}

/** What a key of the top level needs beside a new file; null where that is enough. */
export type RestartNote = (key: string) => string | null

const preface = `# Configuration

This page is printed from the schemas by \`bun scripts/configuration.ts\`; change those.

Weir reads \`--config FILE\`, else the file that \`WEIR_CONFIG\` names, else \`weir.yaml\` in the folder it is started
in, if there is one. The file is YAML, which JSON is too. Everything has a default, so an empty file is a valid one.

- \`$NAME\` or \`\${NAME}\` in a value is the environment variable of that name; \`$$\` is a dollar. A variable that is
  not set is an error.
- Paths of files and folders count from the folder of the configuration file.
- An unknown key is an error, as is a key given twice. \`weir check\` tells all errors with their lines.
- \`--listen\`, \`--data\`, \`--token\` and \`--insecure\`, and \`WEIR_LISTEN\`, \`WEIR_DATA\` and \`WEIR_TOKEN\`, go before
  the file; arguments before the environment.
- The file is read again when it changes and on SIGHUP. One with an error changes nothing, and is logged. A change takes
  effect at once, but for the keys that say that it needs a restart: these are logged.`

/** One section for each key of the top level, with what is below it as a list. */
function sections(schema: TSchema, restartNote: RestartNote): string[] {
  return entries(schema).map(([key, member]) => {
    const below = entriesBelow(member)
    const text = [described(member), restartNote(key) ?? ''].filter((part) => part !== '').join(' ')
    const own = text === '' ? `## \`${key}\`` : `## \`${key}\`\n\n${text}`
    if (below.length > 0) return `${own}\n\n${listed(below).join('\n')}`
    return isMapSchema(member) ? own : `${own}\n\nIt is ${valueOf(member, '. Default: ')}.`
  })
}

/** Keys of which the same is to be said share a line. */
function listed(members: readonly [string, TSchema][]): string[] {
  const keys = Map.groupBy(members, ([, schema]) => {
    const value = isMapSchema(schema) ? 'a map' : valueOf(schema, '; default ')
    return `(${value}): ${described(schema)}`
  })
  return [...keys].map(([said, same]) => `- ${same.map(([key]) => `\`${key}\``).join(', ')} ${said}`)
}

function valueOf(schema: TSchema, before: string): string {
  const standard: unknown = schema['default']
  const shown = typeof standard === 'object' ? JSON.stringify(standard) : String(standard)
  return mustBe(schema) + (standard === undefined ? '' : `${before}\`${shown}\``)
}

function described(schema: TSchema): string {
  const description: unknown = schema['description']
  if (typeof description !== 'string') return ''
  return description.endsWith('.') ? description : `${description}.`
}

function entries(schema: TSchema): [string, TSchema][] {
  if (KindGuard.IsUnion(schema)) return schema.anyOf.flatMap(entries)
  return KindGuard.IsObject(schema) ? Object.entries(schema.properties) : []
}

/** What is below a key; of a map by name, what each name may have; of maps in a map, what is in each. */
function entriesBelow(schema: TSchema): [string, TSchema][] {
  if (KindGuard.IsArray(schema)) return within('[]', entries(schema.items))
  if (KindGuard.IsRecord(schema))
    return within('<name>', Object.values(schema.patternProperties).flatMap(entriesTwice))
  return entriesTwice(schema)
}

function entriesTwice(schema: TSchema): [string, TSchema][] {
  return entries(schema).flatMap(([name, member]) => [[name, member], ...within(name, entries(member))])
}

function within(outer: string, members: readonly [string, TSchema][]): [string, TSchema][] {
  return members.map(([name, member]) => [`${outer}.${name}`, member])
}
