import type { Config } from '../config/schema.ts'
import type { Overrides } from '../config/load.ts'
import type { Environment } from '../config/server.ts'
import type { Clock } from '../core/clock.ts'
import type { Detectors } from '../guard/detector.ts'
import type { Book } from '../judge/given.ts'
import type { KeySource } from './keys/source.ts'
import type { TraceSource, Whereabouts } from './source.ts'

/** All that a command may touch of the world around it, so that tests own it. `main.ts` builds the real one. */
export type World = {
  /** Throws the system's EPIPE when the reader has gone: the commands end quietly on it. */
  readonly stdout: (text: string | Uint8Array) => void
  readonly stderr: (text: string) => void
  readonly isTerminal: boolean
  readonly isErrorTerminal: boolean
  /** Columns of the terminal. */
  readonly width: number
  readonly environment: Environment
  readonly now: Clock
  /** Ends early once `stop` is aborted; never throws. */
  readonly wait: (ms: number) => Promise<void>
  /** Aborted when the user has had enough (SIGINT, SIGTERM). */
  readonly stop: AbortSignal
  /** The folder the command was started in. */
  readonly folder: string
  /** Null if there is no such file. */
  readonly readText: (path: string) => Promise<string | null>
  /** The same as bytes; `-` is what comes on the standard input. */
  readonly readBytes: (path: string) => Promise<Uint8Array | null>
  /** What the user types for `weir`. */
  readonly typed: string
  /** The lines of a file as they are read, `-` being the standard input; `bytes` is null where its length is not known. */
  readonly openLines: (path: string) => Promise<Lines | null>
  /** The files in a folder and those below it whose names end so, in order; a file is found itself. Null if it is not there. */
  readonly findFiles: (path: string, ending: string) => Promise<readonly string[] | null>
  /** Whether it has been written: what is there stays. */
  readonly writeNew: (path: string, text: string) => Promise<boolean>
  readonly version: string
  readonly fetch: (url: string, init: { signal: AbortSignal }) => Promise<Response>
  readonly serve: (options: ServeOptions) => Promise<number>
  /** Whom rules ask by a configuration, where no Weir runs. */
  readonly connect: (config: Config) => Detectors
  readonly openTraces: (where: Whereabouts) => Promise<TraceSource>
  readonly openKeys: (where: Whereabouts) => KeySource
}

export type Lines = {
  readonly lines: AsyncIterable<string>
  readonly bytes: number | null
  /** How many bytes have been read. */
  readonly read: () => number
}

/** What `serve` starts with; `file` and `overrides` serve to load it again. */
export type ServeOptions = {
  readonly config: Config
  /** Its policies. */
  readonly book: Book
  readonly file: string | null
  readonly overrides: Overrides
}
