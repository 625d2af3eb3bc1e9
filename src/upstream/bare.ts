/**
 * The least a gateway on this platform can do: the provider's answer handed on untouched and unseen. The benchmarks
 * measure Weir against it, in the same run.
 */
export function forwardBare(request: Request, origin: string): Promise<Response> {
  const { url, method, headers, body } = request
  const rest = url.slice(url.indexOf('/', url.indexOf('//') + 2))
  return fetch(origin + rest, { method, headers, body, decompress: false, redirect: 'manual' })
}
