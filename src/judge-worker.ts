import { createDetections } from './guard/detections.ts'
import type { Detector, DetectorName } from './guard/detector.ts'
import { createPolicies } from './guard/policies.ts'
import { createPolicyService } from './guard/service.ts'
import { createServiceThread, type ToService } from './guard/service-thread.ts'

/**
 * Entry of the threads that judge. Beside main.ts on purpose: a worker's address is relative to the entry, both from
 * source and in the executable.
 */
declare const self: Worker

const detectors = new Map<DetectorName, Detector>()
const policies = createPolicies({ detectors: new Set(detectors.keys()) })
const check = createPolicyService({ policies, detectors, detections: createDetections() })
const thread = createServiceThread(check, (message) => self.postMessage(message))
self.onmessage = ({ data }: MessageEvent<ToService>) => thread.receive(data)
