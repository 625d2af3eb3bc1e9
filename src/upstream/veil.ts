import { isUsageEvent } from '../dialect/openai-chat/usage-event.ts'
import { addHidden, type Recording } from '../merge/recording.ts'
import type { Aim } from '../route/aim.ts'
import type { Source } from '../wire/tee.ts'
import { createVeil } from '../wire/veil.ts'

/** An answer whose usage was asked for by Weir and not by its client: the event that tells it is not shown. */
export function veiled(source: Source, response: Response, { aim, recording }: Veiling): Source {
  if (!isVeiled(response, aim)) return source
  const hidden = (at: number, length: number) => addHidden(recording, at, length)
  const view = createVeil({ hides: isUsageEvent, hidden })
  // Not spread: a reader has its functions from its class.
  return { read: () => source.read(), cancel: () => source.cancel(), view }
}

type Veiling = { readonly aim: Pick<Aim, 'hidesUsage'>; readonly recording: Recording }

/** The length that was told is not that of what will be shown: so the answer flows, without one. */
export function withoutLength(response: Response, aim: Pick<Aim, 'hidesUsage'>): Response {
  if (!isVeiled(response, aim) || !response.headers.has('content-length')) return response
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  return new Response(response.body, { status: response.status, headers })
}

function isVeiled({ headers, status }: Response, { hidesUsage }: Pick<Aim, 'hidesUsage'>): boolean {
  if (!hidesUsage || status >= 400 || headers.has('content-encoding')) return false
  return headers.get('content-type')?.startsWith('text/event-stream') ?? false
}
