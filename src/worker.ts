import { causeOf } from './core/log.ts'
import { dialects } from './dialect/index.ts'
import { createRebuild } from './merge/rebuild.ts'
import type { FromWorker, ToWorker } from './merge/pool.ts'
import { createKeeping } from './trace/keeping.ts'

/**
 * Entry of the worker: takes batches off the main thread, rebuilds, judges and stores them. Beside main.ts on purpose: a
 * worker's address is relative to the entry both from source and in the executable.
 */
declare const self: Worker

const tell = (message: FromWorker) => self.postMessage(message)

self.onmessage = ({ data }: MessageEvent<ToWorker>) => receive(data)
