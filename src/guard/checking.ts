import { createDetections } from './detections.ts'
import type { Ask } from './detect/remote/means.ts'
import type { DetectorSettings } from './detect/schema.ts'
import type { Detectors } from './detector.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { createModels } from './models.ts'
import { createPolicies } from './policies.ts'
import { createServiceThread, type FromService, type ToService } from './service-thread.ts'
import { createPolicyService } from './service.ts'

/** Makes the detectors of a configuration; models are asked by `ask`. */
export type Connect = (settings: DetectorSettings, ask: Ask) => Detectors

/**
 * The thread that judges for others: what it compiled and what detectors said is kept from one question to the next. It
 * is told its means before the first of them, and whenever they change.
 */
export function createChecking(connect: Connect, tell: (message: FromService) => void) {
  const models = createModels(tell)
  const detections = createDetections()
  const serviceWith = (detectors: Detectors, limits: Limits) => {
    const policies = createPolicies({ detectors: new Set(detectors.keys()) })
    return createPolicyService({ policies, detectors, detections, limits })
  }
  let check = serviceWith(new Map(), defaultLimits)
  const thread = createServiceThread((question, signal) => check(question, signal), tell)

  return {
    receive: (message: ToService): void => {
      switch (message.kind) {
        case 'means':
          check = serviceWith(connect(message.detectors, models.ask), message.limits)
          return
        case 'told':
          return models.told(message)
        case 'ask':
        case 'leave':
          return thread.receive(message)
      }
    },
  }
}
