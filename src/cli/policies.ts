import type { Problem } from '../config/problem.ts'
import type { Config } from '../config/schema.ts'
import { watchConfig, type Watch } from '../config/watch.ts'
import { createDetectors } from '../guard/detect/create.ts'
import { localDetectors } from '../guard/detect/local.ts'
import type { DetectorName } from '../guard/detector.ts'
import { readBook, type BookProblem } from '../judge/book.ts'
import type { Book } from '../judge/given.ts'
import type { World } from './world.ts'

/** The policies of a configuration, read and compiled: a mistake in one is a mistake in the configuration. */
export type Policies =
  | { readonly kind: 'read'; readonly book: Book; readonly warnings: readonly Problem[] }
  | { readonly kind: 'faulty'; readonly problems: readonly Problem[] }

export async function loadPolicies(
  config: Pick<Config, 'rules' | 'projects' | 'detectors'>,
  { readText }: Pick<World, 'readText'>,
): Promise<Policies> {
  const read = await readBook(config, readText, detectorNamesOf(config.detectors))
  return read.kind === 'read'
    ? { ...read, warnings: read.warnings.map(toProblem) }
    : { kind: 'faulty', problems: read.problems.map(toProblem) }
}

/** Those that a rule may ask: nobody is asked here. */
export function detectorNamesOf(settings: Config['detectors']): ReadonlySet<DetectorName> {
  const nobody = () => Promise.reject(new Error('Nobody is asked while a configuration is read'))
  return new Set(createDetectors(settings, { builtin: localDetectors, ask: nobody, fetch: nobody }).keys())
}

function toProblem({ column, ...problem }: BookProblem): Problem {
  return { ...problem, key: '', ...(column !== null && { column }) }
}

/** One that is not there is not watched: whoever puts it there changes the configuration too, or sends the signal. */
export async function watchPolicies(files: readonly string[], onChange: () => void): Promise<Watch> {
  const watches = await Promise.all(files.map((file) => watchConfig(file, onChange).catch(missing)))
  return { stop: () => watches.forEach((watch) => watch?.stop()) }
}

function missing(error: unknown): null {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return null
  throw error
}
