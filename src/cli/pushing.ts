import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { Config } from '../config/schema.ts'
import type { Pool } from '../merge/pool.ts'
import { createPushDesk, gaugePushes, type HireSender, type PushDesk } from '../push/desk.ts'
import { createRecord } from '../push/record.ts'
import { targetsOf } from '../push/schema.ts'

type Means = {
  readonly hire: HireSender
  readonly metrics: Metrics
  readonly log: Log
  readonly now: Clock
}

/** Traces on their way to others; null where no project has any go out. */
export function pushesOf({ projects }: Config, { change }: Pool, means: Means): PushDesk | null {
  if (targetsOf(projects).length === 0) return null
  const { hire, metrics, log, now } = means
  const desk = createPushDesk({ hire, write: createRecord(change, log), log })
  gaugePushes(metrics, desk.sums, now)
  return desk
}
