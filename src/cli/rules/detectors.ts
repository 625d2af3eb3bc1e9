import { problemText } from '../../config/problem.ts'
import { unconfigured } from '../../guard/detect/local.ts'
import type { DetectorName, Detectors } from '../../guard/detector.ts'
import { defaultLimits, type Limits } from '../../guard/limits.ts'
import { compile, type Compiled } from '../../guard/policy.ts'
import type { Given } from '../command.ts'
import { detectorNamesOf } from '../policies.ts'
import { loadSettings } from '../settings.ts'
import type { World } from '../world.ts'

/** Whom rules may ask, and how far they may go, as `weir serve` has it with the same configuration. */
export type Askable = {
  /** Rules that ask another are refused. Null without a configuration: it is not known where they are to hold. */
  readonly names: ReadonlySet<DetectorName> | null
  readonly connect: () => Detectors
  readonly limits: Limits
}

export async function findDetectors(given: Given, world: World): Promise<Askable> {
  const { file, loaded } = await loadSettings(given, world)
  if (loaded.kind === 'faulty') {
    const problems = loaded.problems.map(problemText).join('\n')
    throw new Error(`The configuration does not say whom rules may ask:\n${problems}`)
  }
  if (file === null) return { names: null, connect: () => unconfigured, limits: defaultLimits }
  const { config } = loaded
  const { detectors, judging } = config
  return {
    names: detectorNamesOf(detectors),
    connect: () => world.connect(config),
    limits: judging.limits,
  }
}

export function compileFor({ names }: Askable, text: string): Compiled {
  return compile(text, names === null ? {} : { detectors: names })
}
