import { invariantKeyHeader } from '../../route/invariant-keys.ts'

/** The credential that a request shows this Weir, and no provider: in its own header, or as the API's clients do. */
export const keyHeader = 'x-weir-key'

const bearer = /^bearer +(\S+) *$/i

export function credentialIn(headers: Headers): string | null {
  return ownKeyIn(headers) ?? bearerOf(headers.get('authorization'))
}

/** Only what is for Weir by its name: `Authorization` may hold a provider's. */
export function ownKeyIn(headers: Headers): string | null {
  const own = headers.get(keyHeader)
  if (own !== null) return bearerOf(own) ?? own.trim()
  return bearerOf(headers.get(invariantKeyHeader))
}

function bearerOf(value: string | null): string | null {
  return bearer.exec(value ?? '')?.[1] ?? null
}
