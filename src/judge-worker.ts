import { wallClock } from './core/clock.ts'
import { createAnswerJudge } from './judge/held.ts'
import type { ToJudge } from './judge/messages.ts'
import { createSitting } from './judge/sitting.ts'

/** Entry of the thread that judges, beside main.ts as worker.ts is. */
declare const self: Worker

const sitting = createSitting({ detectors: new Map(), createAnswerJudge, now: wallClock }, (said, transfer) =>
  self.postMessage(said, transfer),
)
self.onmessage = ({ data }: MessageEvent<ToJudge>) => sitting.receive(data)
