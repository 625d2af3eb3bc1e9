import { wallClock } from './core/clock.ts'
import { dialects } from './dialect/index.ts'
import { createChecking } from './guard/checking.ts'
import { createDetectors } from './guard/detect/create.ts'
import { localDetectors } from './guard/detect/local.ts'
import type { ToService } from './guard/service-thread.ts'
import type { ToWorker } from './merge/pool.ts'
import { createRebuild } from './merge/rebuild.ts'
import { createSending, type ToSender } from './push/sending.ts'
import type { Target } from './push/schema.ts'
import type { Question } from './trace/desk.ts'
import type { Duty } from './trace/duty.ts'
import { createKeeping } from './trace/keeping.ts'
import { createReading } from './trace/reading.ts'

/**
 * Entry of the workers: one keeps (rebuilds and stores what the main thread passed on), one reads, one judges for
 * others, one sends traces elsewhere. Beside main.ts on purpose: a worker's address is relative to the entry, both from source and in the executable.
 */
declare const self: Worker

self.onmessage = ({ data: duty }: MessageEvent<Duty<Target>>) => {
  if (duty.kind === 'keep') {
    const keeping = createKeeping(
      { ...duty, createRebuild, dialects, now: wallClock },
      (said, transfer = []) => self.postMessage(said, transfer),
    )
    self.onmessage = ({ data }: MessageEvent<ToWorker>) => keeping.receive(data)
    return
  }
  if (duty.kind === 'check') {
    const checking = createChecking(
      (settings, ask) => createDetectors(settings, { builtin: localDetectors, ask, fetch }),
      (said) => self.postMessage(said),
    )
    self.onmessage = ({ data }: MessageEvent<ToService>) => checking.receive(data)
    return
  }
  if (duty.kind === 'push') {
    const sending = createSending({ ...duty, fetch, now: wallClock }, (said) => self.postMessage(said))
    self.onmessage = ({ data }: MessageEvent<ToSender>) => sending.receive(data)
    return
  }
  const reading = createReading(duty.path, wallClock, (reply) => self.postMessage(reply))
  self.onmessage = ({ data }: MessageEvent<Question>) => reading.answer(data)
}
