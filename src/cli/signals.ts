import { interrupted } from './command.ts'

/** What the system tells this process to do. */
export type Signals = {
  readonly onReload: (listener: () => void) => void
  /** At the first that asks to end. Whoever asks a second time does not want to wait: the process ends then and there. */
  readonly onStop: (listener: () => void) => void
}

export const processSignals: Signals = {
  onReload: (listener) => void process.on('SIGHUP', listener),
  onStop: (listener) => {
    let isAsked = false
    const hear = (): void => {
      if (isAsked) process.exit(interrupted)
      isAsked = true
      listener()
    }
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, hear)
  },
}
