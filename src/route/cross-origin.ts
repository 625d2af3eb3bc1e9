/**
 * Pages of other origins. They may use a route as far as they bring the provider's key themselves: a key that is in the
 * configuration is not lent to whatever page a browser on this machine has open.
 */
const methods = 'GET, POST, PUT, PATCH, DELETE, OPTIONS'
const usualHeaders =
  'Authorization, Content-Type, Invariant-Authorization, Invariant-Guardrails, X-Api-Key, X-Goog-Api-Key'
const daySeconds = 86_400

/** What a browser asks before it sends what is not plain. */
export function preflight({ headers }: Request, isOpen: boolean): Response {
  if (!isOpen) return new Response(null, { status: 204, headers: { vary: 'Origin' } })
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': headers.get('origin') ?? '*',
      'access-control-allow-methods': methods,
      'access-control-allow-headers': headers.get('access-control-request-headers') ?? usualHeaders,
      'access-control-max-age': String(daySeconds),
      vary: 'Origin, Access-Control-Request-Headers',
    },
  })
}

/** The answer itself, told to be readable for the page that asked. */
export function allowed(response: Response, { headers }: Request, isOpen: boolean): Response {
  const origin = headers.get('origin')
  if (origin === null || !isOpen) return response
  response.headers.set('access-control-allow-origin', origin)
  response.headers.set('access-control-expose-headers', '*')
  response.headers.append('vary', 'Origin')
  return response
}
