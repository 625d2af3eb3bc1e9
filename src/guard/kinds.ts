import type { DetectorName, Detectors } from './detector.ts'
import type { WantedKind } from './run/scope.ts'

/**
 * Kinds of findings that a policy names and its detector does not have. To ask for them would find nothing, and the
 * rule would seem to hold.
 */
export function unknownKinds(
  wants: readonly WantedKind[],
  detectors: ReadonlySet<DetectorName> | Detectors | undefined,
): { readonly at: number; readonly message: string }[] {
  if (detectors === undefined || !('get' in detectors)) return []
  return wants.flatMap(({ detector: name, kind, at }) => {
    const detector = detectors.get(name)
    if (detector === undefined || detector.kinds.length === 0 || detector.kinds.includes(kind)) return []
    const who = detector.kind === 'local' ? 'built-in' : 'configured'
    const cure = detector.kind === 'local' ? ': that takes a remote one' : ''
    const known = detector.kinds.join(', ')
    return [{ at, message: `the ${who} detector ${name} does not know ${kind}${cure}. It knows ${known}` }]
  })
}
