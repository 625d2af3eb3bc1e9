import { wallClock } from './core/clock.ts'
import { createDetectors } from './guard/detect/create.ts'
import { localDetectors } from './guard/detect/local.ts'
import { createAnswerJudge } from './judge/held.ts'
import type { ToJudge } from './judge/messages.ts'
import { createSitting } from './judge/sitting.ts'

/** Entry of the thread that judges, beside main.ts as worker.ts is. */
declare const self: Worker

const sitting = createSitting(
  {
    connect: (settings, ask) => createDetectors(settings, { builtin: localDetectors, ask, fetch }),
    createAnswerJudge,
    now: wallClock,
  },
  (said, transfer) => self.postMessage(said, transfer),
)
self.onmessage = ({ data }: MessageEvent<ToJudge>) => sitting.receive(data)
