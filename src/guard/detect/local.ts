import type { LocalDetector } from '../detector.ts'
import { piiDetector } from './pii.ts'
import { secretsDetector } from './secrets.ts'

/** The detectors that are built in: code alone, no model, no network (docs/detectors.md). */
export const localDetectors: readonly LocalDetector[] = [piiDetector, secretsDetector]
