import type { TSchema } from '@sinclair/typebox'
import { dirname, resolve } from 'node:path'
import { check } from './check.ts'
import { expand } from './expand.ts'
import { findPlaces } from './lines.ts'
import { isMap, memberSchema, pathText, type Path } from './path.ts'
import { lineOf, type Place } from './place.ts'
import type { Finding, Problem } from './problem.ts'
import { fileOrder } from '../merge/guardrail.ts'
import { Written, type Config } from './schema.ts'
import { dataFolder, parseListen, type Environment } from './server.ts'
import { faultMessage, faultyLine } from './syntax.ts'

/** Text to configuration, or to everything that is wrong with it. Reads no file and no environment of its own. */
export type Loaded =
  | { readonly kind: 'loaded'; readonly config: Config }
  | { readonly kind: 'faulty'; readonly problems: readonly Problem[] }

/** What arguments and environment say in place of the file. */
export type Overrides = {
  readonly listen?: string
  readonly data?: string
  readonly token?: string
  readonly insecure?: boolean
  /** A file with a policy, beside those of the file. */
  readonly policy?: string
  /** Tell clients which rule blocked them, unless the file says whether. */
  readonly tell?: true
}

export function loadConfig(
  text: string,
  file: string,
  environment: Environment,
  overrides: Overrides = {},
): Loaded {
  const parsed = parse(text)
  if (parsed.kind === 'faulty') {
    return { kind: 'faulty', problems: [{ file, line: parsed.line, key: '', message: parsed.message }] }
  }
  const places = findPlaces(text)
  const expanded = expand(parsed.value, Written, environment)
  const inFile = withFiles(expanded.value, Written, dirname(resolve(file)))
  const { policy, tell, ...instead } = overrides
  const written = withBeside(isMap(inFile) ? inFile : {}, { policy, tell })
  const given = { data: dataFolder(environment) ?? undefined, ...written, ...instead }

  const isOverridden = (path: Path): boolean => Object.hasOwn(instead, path[0] ?? '')
  const findings = [...repeated(places, []), ...expanded.findings].filter(({ path }) => !isOverridden(path))
  const checked = check(given, findings, (path) => {
    return isOverridden(path) ? undefined : expanded.written.get(pathText(given, path))
  })
  if (checked.kind === 'sound') return { kind: 'loaded', config: freeze(toConfig(checked.config)) }

  const problems = checked.findings.map(({ path, near, message }): Problem => {
    const isArgument = isOverridden(near ?? path)
    const line = isArgument ? null : lineOf(places, near ?? path)
    return { file: isArgument ? 'arguments' : file, line, key: pathText(given, path), message }
  })
  return { kind: 'faulty', problems: problems.sort((one, other) => (one.line ?? 0) - (other.line ?? 0)) }
}

/** What is no list or map there is told as such. */
function withBeside(
  written: Readonly<Record<string, unknown>>,
  { policy, tell }: { policy: string | undefined; tell: true | undefined },
): Readonly<Record<string, unknown>> {
  const { rules = [], judging = {} } = written
  const isNew = Array.isArray(rules) && !rules.some((rule) => isMap(rule) && rule['file'] === policy)
  return {
    ...written,
    ...(policy !== undefined && isNew && { rules: [...rules, { file: policy, name: fileOrder }] }),
    ...(tell !== undefined && isMap(judging) && { judging: { tell, ...judging } }),
  }
}

type Parsed =
  | { readonly kind: 'parsed'; readonly value: Record<string, unknown> }
  | { readonly kind: 'faulty'; readonly line: number; readonly message: string }

function parse(text: string): Parsed {
  try {
    const value: unknown = Bun.YAML.parse(text)
    if (value === null) return { kind: 'parsed', value: {} }
    if (isMap(value)) return { kind: 'parsed', value }
    return { kind: 'faulty', line: 1, message: 'must be one map of keys' }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { kind: 'faulty', line: faultyLine(text), message: faultMessage(error) }
  }
}

function repeated(place: Place, path: Path): Finding[] {
  const own = place.repeated.map(({ key }) => ({ path: [...path, key], message: 'is given twice' }))
  const below = [...place.members].flatMap(([key, member]) => repeated(member, [...path, key]))
  return [...own, ...below]
}

/** Paths of files count from the configuration's own folder, so that it works wherever it is started from. */
function withFiles(value: unknown, schema: TSchema, folder: string): unknown {
  if (typeof value === 'string')
    return schema['file'] === true && value !== '' ? resolve(folder, value) : value
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      withFiles(item, memberSchema(schema, String(index)) ?? schema, folder),
    )
  }
  if (!isMap(value)) return value
  const members = Object.entries(value).map(([key, member]) => {
    const own = memberSchema(schema, key)
    return [key, own === undefined ? member : withFiles(member, own, folder)] as const
  })
  return Object.fromEntries(members)
}

function toConfig(written: Written): Config {
  const listen = parseListen(String(written.listen))
  const { data } = written
  if (listen === null || data === undefined)
    throw new Error('A checked configuration has an address and a folder')
  return { ...written, listen, data }
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}
