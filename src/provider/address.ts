/**
 * Where a path at Weir leads at a provider. A provider's url may end in its version (`https://host/v1`) while the
 * client's path begins with it: said twice, it counts once, so `/openai/v1/models` and `/openai/models` are the same.
 */
const version = /^v\d[a-z0-9]*$/

export function join(url: string, rest: string): string {
  const base = url.endsWith('/') ? url.slice(0, -1) : url
  const path = rest.startsWith('/') ? rest.slice(1) : rest
  const last = base.slice(base.lastIndexOf('/') + 1)
  const first = /^[^/?#]*/.exec(path)?.[0] ?? ''
  if (version.test(last) && first === last) return base + path.slice(first.length)
  return `${base}/${path}`
}

/**
 * A path of the by-model routes, as a provider with this url wants it. OpenAI's clients append `/chat/completions` to
 * a base that has a path (`https://host/api/paas/v4`), Anthropic's append `/v1/messages` to any.
 */
export function underVersion(url: string, path: string): string {
  const kept = !path.startsWith('/v1/') || path.startsWith('/v1/messages') || !hasPath(url)
  return kept ? path : path.slice('/v1'.length)
}

/** The url of a preset replaced by one that names only a host keeps the preset's own path. */
export function replaceUrl(preset: string, url: string): string {
  if (hasPath(url)) return url
  const path = /^[a-z]+:\/\/[^/]+(\/.*)$/.exec(preset)?.[1] ?? ''
  return (url.endsWith('/') ? url.slice(0, -1) : url) + path
}

function hasPath(url: string): boolean {
  return /^[a-z]+:\/\/[^/?#]+\/[^/?#]/.test(url)
}
