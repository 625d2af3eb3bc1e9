import type { DetectorSettings } from './schema.ts'

/** What no schema can say of detectors: fields that must fit each other. Paths begin within `detectors`. */
export type Misfit = { readonly path: readonly string[]; readonly message: string }

export function misfits(settings: DetectorSettings): Misfit[] {
  return (['semgrep', 'ocr'] as const).flatMap((name): Misfit[] => {
    const given = settings[name]
    if (given === undefined) return []
    if (given.command === undefined && given.url === undefined)
      return [{ path: [name], message: 'needs a command or a url' }]
    if (given.command !== undefined && given.url !== undefined)
      return [{ path: [name, 'url'], message: 'cannot be set beside command: one of them answers' }]
    const idle = given.command === undefined ? (['env'] as const) : (['key', 'headers', 'proxy'] as const)
    return idle
      .filter((field) => given[field] !== undefined)
      .map((field) => ({
        path: [name, field],
        message: `has no effect: it belongs to a ${given.command === undefined ? 'command' : 'url'}`,
      }))
  })
}
