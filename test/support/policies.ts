import { createPolicies } from '../../src/guard/policies.ts'
import { createPolicyService } from '../../src/guard/service.ts'

/** Judges for others in the test's own thread. */
export const checkPolicies = createPolicyService({ policies: createPolicies() })
