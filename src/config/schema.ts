import { Type, type Static } from '@sinclair/typebox'
import { DetectorSettings } from '../guard/detect/schema.ts'
import { Ledger } from '../ledger/schema.ts'
import { Judging, Rules } from '../judge/schema.ts'
import { Limits } from '../limit/schema.ts'
import { Providers } from '../provider/schema.ts'
import { Traces } from '../trace/schema.ts'
import { Upstream } from '../upstream/schema.ts'
import { Server, type Address } from './server.ts'

/** The whole configuration: each part's own schema under its key. The order is that of the manual. */
export const Written = Type.Object(
  {
    ...Server.properties,
    providers: Providers,
    ...Upstream.properties,
    rules: Rules,
    judging: Judging,
    limits: Limits,
    traces: Traces,
    ledger: Ledger,
    detectors: DetectorSettings,
  },
  { additionalProperties: false },
)
/** As a file says it, defaults filled in. */
export type Written = Static<typeof Written>

/** As the parts get it: frozen, with every file's path whole. */
export type Config = Readonly<Omit<Written, 'listen' | 'data'>> & {
  readonly listen: Address
  readonly data: string
}
