/** One JSON line per event to stderr. The only place that writes there while the gateway runs. */
export type Level = 'debug' | 'info' | 'warn' | 'error'
export type Fields = { readonly [name: string]: string | number | boolean | null | undefined }
export type Log = (level: Level, event: string, fields?: Fields) => void

const order: Record<Level, number> = { debug: 0, info: 1, warn: 2, error: 3 }

/** `least` may change while it runs. */
export function createLog(write: (line: string) => void, least: () => Level): Log {
  return (level, event, fields) => {
    if (order[level] < order[least()]) return
    write(toLine(level, event, fields))
  }
}

export function toLine(level: Level, event: string, fields?: Fields): string {
  return JSON.stringify({ at: new Date().toISOString(), level, event, ...fields }) + '\n'
}

/** What a caught value says of itself, for a log line only: never for a client. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `: ${causeOf(error.cause)}`
  return `${error.message}${cause}`
}
