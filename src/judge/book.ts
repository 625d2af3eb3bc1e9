import { basename, extname } from 'node:path'
import type { DetectorName } from '../guard/detector.ts'
import { compile } from '../guard/policy.ts'
import { emptyBook, type Book, type GivenOrder } from './given.ts'
import type { Rule } from './schema.ts'

/** The policies that a configuration names, read and compiled once, so that a mistake in one is told before it holds. */
export type BookOptions = {
  readonly rules: readonly Rule[]
  readonly projects: Readonly<Record<string, { readonly rules: readonly Rule[] }>>
}

/** Null if there is no such file; throws where it cannot be read. */
export type ReadText = (path: string) => Promise<string | null>

/** In a policy; `line` is null where the file itself is the trouble. */
export type BookProblem = {
  readonly file: string
  readonly line: number | null
  readonly column: number | null
  readonly message: string
}

export type ReadBook =
  | { readonly kind: 'read'; readonly book: Book; readonly warnings: readonly BookProblem[] }
  | { readonly kind: 'faulty'; readonly problems: readonly BookProblem[] }

export async function readBook(
  { rules, projects }: BookOptions,
  readText: ReadText,
  detectors: ReadonlySet<DetectorName>,
): Promise<ReadBook> {
  const all = [...rules, ...Object.values(projects).flatMap((project) => project.rules)]
  if (all.length === 0) return { kind: 'read', book: emptyBook, warnings: [] }
  const files = new Map<string, ReadFile>()
  for (const { file } of all) if (!files.has(file)) files.set(file, await readFile(file, readText, detectors))
  const problems = [...files.values()].flatMap((read) => read.problems)
  if (problems.length > 0) return { kind: 'faulty', problems }
  const orderOf = (rule: Rule): GivenOrder => toOrder(rule, files.get(rule.file)?.text ?? '')
  const named = Object.entries(projects).filter(([, project]) => project.rules.length > 0)
  return {
    kind: 'read',
    book: {
      all: rules.map(orderOf),
      projects: new Map(named.map(([name, project]) => [name, project.rules.map(orderOf)])),
    },
    warnings: [...files.values()].flatMap((read) => read.warnings),
  }
}

/** Every file that a configuration names, once. */
export function policyFiles({ rules, projects }: BookOptions): string[] {
  const all = [...rules, ...Object.values(projects).flatMap((project) => project.rules)]
  return [...new Set(all.map(({ file }) => file))]
}

function toOrder(
  { file, name, action, mode, on, onError, strict, input = {} }: Rule,
  text: string,
): GivenOrder {
  const given = name ?? basename(file, extname(file))
  return { name: given, text, action, mode, on, onError, strict, input, isClients: false }
}

type ReadFile = {
  readonly text: string
  readonly problems: readonly BookProblem[]
  readonly warnings: readonly BookProblem[]
}

async function readFile(
  file: string,
  readText: ReadText,
  detectors: ReadonlySet<DetectorName>,
): Promise<ReadFile> {
  const missing = (message: string): ReadFile => {
    return { text: '', problems: [{ file, line: null, column: null, message }], warnings: [] }
  }
  const text = await readText(file).catch((error: unknown) => {
    // A folder, a right that is missing: the message names the path and no more.
    if (error instanceof Error) return error
    throw error
  })
  if (text === null) return missing('there is no such file')
  if (typeof text !== 'string') return missing(`cannot be read: ${text.message}`)
  const compiled = compile(text, { detectors })
  const told = compiled.kind === 'policy' ? compiled.policy.warnings : compiled.warnings
  const place = ({
    line,
    column,
    message,
  }: {
    line: number
    column: number
    message: string
  }): BookProblem => {
    return { file, line, column, message }
  }
  return {
    text,
    problems: compiled.kind === 'problems' ? compiled.problems.map(place) : [],
    warnings: told.map(place),
  }
}
