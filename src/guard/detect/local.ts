import type { Detectors, LocalDetector } from '../detector.ts'
import { piiDetector } from './pii.ts'
import { pythonDetector } from './python.ts'
import { secretsDetector } from './secrets.ts'

/** The detectors that are built in: code alone, no model, no network (docs/detectors.md). */
export const localDetectors: readonly LocalDetector[] = [piiDetector, secretsDetector, pythonDetector]

/** For who judges without a configuration. */
export const unconfigured: Detectors = new Map(localDetectors.map((detector) => [detector.name, detector]))
