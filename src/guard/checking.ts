import { createDetections } from './detections.ts'
import { unconfigured } from './detect/local.ts'
import type { Detectors } from './detector.ts'
import { createPolicies } from './policies.ts'
import { createServiceThread, type FromService } from './service-thread.ts'
import { createPolicyService } from './service.ts'

/** The thread that judges for others: what it compiled and what detectors said is kept from one question to the next. */
export function createChecking(tell: (message: FromService) => void, detectors: Detectors = unconfigured) {
  const policies = createPolicies({ detectors: new Set(detectors.keys()) })
  return createServiceThread(
    createPolicyService({ policies, detectors, detections: createDetections() }),
    tell,
  )
}
