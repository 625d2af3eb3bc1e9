import { join } from '../provider/address.ts'
import { authorize } from '../provider/auth.ts'
import type { Aim } from '../route/aim.ts'
import { toProvider } from '../wire/headers.ts'
import type { Outgoing } from './send.ts'

/** What the provider gets: the client's request with the hop's own headers gone and the provider's key in place. */
export function toOutgoing(request: Request, aim: Aim, signal: AbortSignal, tried: () => void): Outgoing {
  const { provider, body } = aim
  const headers = toProvider(request.headers)
  // The length of what is whole is for `fetch` to say: the model's name in it may have changed.
  if (body.whole() !== null) headers.delete('content-length')
  if (aim.decoded) headers.delete('content-encoding')
  // Of what is compressed nothing could be hidden or replaced.
  if (aim.hidesUsage || aim.isPlain === true) headers.set('accept-encoding', 'identity')
  const path =
    provider.key === undefined ? aim.path : authorize(headers, aim.path, provider.key, provider.dialects)
  for (const [name, value] of Object.entries(provider.headers)) headers.set(name, value)
  const url = join(provider.url, path)
  return { url, method: request.method, headers, body: body.open, replayable: body.replayable, signal, tried }
}
