import type { DetectorSettings } from './detect/schema.ts'
import type { Limits } from './limits.ts'

/** What a thread that judges is given by the configuration: whom rules may ask, and how far they may go. */
export type GivenMeans = { readonly detectors: DetectorSettings; readonly limits: Limits }
