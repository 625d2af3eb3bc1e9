import type { Config } from '../config/schema.ts'
import type { Clock } from '../core/clock.ts'
import { createIds } from '../core/id.ts'
import { createDemo } from '../demo/demo.ts'
import type { Exchange } from '../exchange.ts'
import { createDetectors } from '../guard/detect/create.ts'
import { localDetectors } from '../guard/detect/local.ts'
import type { Ask } from '../guard/detect/remote/means.ts'
import type { Fetch } from '../guard/detect/remote/post.ts'
import type { Detectors } from '../guard/detector.ts'
import { createRecorder, type Keeper } from '../merge/recorder.ts'
import { createCall } from '../upstream/call.ts'
import { createPatience } from '../upstream/patience.ts'
import { createAskSelf } from './ask-self.ts'
import { gatewayOf } from './gateway.ts'

/** The detectors of a configuration for a command, in whose process no Weir runs: models are asked by a gateway of its own. */
export function connectDetectors(
  config: Config,
  tools: { readonly fetch: Fetch; readonly now: Clock },
): Detectors {
  const { fetch, now } = tools
  return createDetectors(config.detectors, { builtin: localDetectors, ask: askAlone(config, now), fetch })
}

/** It has no store: what a command asks leaves no trace. The detectors have time limits of their own. */
function askAlone(config: Config, now: Clock): Ask {
  const { timeouts, keepAliveMs } = config
  const gateway = gatewayOf(config, {
    call: createCall(createDemo({ now })),
    recorder: createRecorder(nowhere, config.traces, now),
    hear: () => null,
    patience: createPatience(() => ({ ...timeouts, keepAliveMs }), now),
    createId: createIds(now),
    settled: () => {},
    log: () => {},
    now,
    load: { running: new Set<Exchange>(), stopping: false },
  })
  return createAskSelf(
    () => gateway,
    () => {},
  )
}

const nowhere: Keeper = {
  post: (_reports, _chunks, kept) => kept(),
  drain: async () => {},
  state: () => ({ lagMs: 0 }),
}
