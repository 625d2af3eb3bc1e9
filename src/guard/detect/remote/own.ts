import type { Ask } from './means.ts'
import { askJson, type Fetch } from './post.ts'

/**
 * Weir asking itself: models and embeddings are called by the routes that clients use, with the keys, the limits and
 * the traces of any exchange. The mark says that a rule asks, so that what it asks is not judged in turn. It is made
 * when the process starts, because a client who knew it could pass unjudged; it ends at Weir, as every `x-weir-` does,
 * and its name ends as those of credentials do, so that no trace shows it.
 */
export const judgingHeader = 'x-weir-judging-token'

export type Own = {
  /** `http://127.0.0.1:9347`, without a path. */
  readonly url: string
  readonly mark: string
  /** For an address with a certificate of ours, which is not in the name of 127.0.0.1. */
  readonly tls?: BunFetchRequestInitTLS
}

export function createMark(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toHex()
}

export function createAsk({ url, mark, tls }: Own, fetch: Fetch): Ask {
  const headers = { [judgingHeader]: mark }
  return ({ path, body, maxResponseBytes }, signal) => {
    // Never by way of a proxy: it would learn the mark.
    const service = { url: url + path, headers, maxResponseBytes, proxy: false, tls } as const
    return askJson(service, fetch, body, signal)
  }
}

/** Whether a request was made by a rule of this process. */
export function isJudging(headers: Headers, mark: string): boolean {
  return headers.get(judgingHeader) === mark
}
