import { Fault } from '../core/fault.ts'
import { projectOf } from '../merge/begin.ts'
import type { Recorder } from '../merge/recorder.ts'
import type { Recording } from '../merge/recording.ts'
import { credentialOf } from '../provider/auth.ts'
import type { Aim } from '../route/aim.ts'
import { asksForEvents, clientDialect, pathname, type Door } from '../route/door.ts'
import type { FindOrders, Orders } from './given.ts'
import { orderOf } from './header.ts'
import { createHearing, type Hearing } from './hearing.ts'
import type { Judges } from './judges.ts'
import type { Question } from './messages.ts'
import { takeMinutes } from './minutes.ts'
import type { Observe } from './observe.ts'
import type { Judging } from './schema.ts'

/** Which rules hold for an exchange, and their hearing; null if there are none: then nothing of all this is made. */
export type Hear = (exchange: Concerned) => Hearing | null

export type Concerned = {
  readonly request: Request
  readonly door: Door
  readonly recording: Recording
  readonly abort: AbortController
  readonly wait: { readonly forNext: () => void }
  readonly keepAlive: () => void
}

export type HearOptions = {
  readonly find: FindOrders
  /** Whether requests may bring rules. */
  readonly isHeaderAllowed: boolean
  readonly settings: Judging
  readonly judges: Judges
  readonly recorder: Pick<Recorder, 'reply' | 'annotate'>
  readonly observe: Observe
  readonly now: () => number
}

export function createHear(options: HearOptions): Hear {
  const { find, isHeaderAllowed, settings, judges, recorder, observe, now } = options
  return (exchange) => {
    const { request, door, recording, abort, wait } = exchange
    const own = orderOf(request.headers)
    if (own !== null && !isHeaderAllowed)
      throw new Fault('forbidden', 'Requests may not bring rules: the header Invariant-Guardrails is refused')
    const orders = find({ project: projectOf(request.headers), own })
    if (orders === null) return null
    return createHearing({
      orders,
      at: judges.open(orders),
      question: (aim) => questionOf({ request, door, orders, aim, settings }),
      settings,
      minutes: takeMinutes(recording, recorder, orders.version),
      observe,
      abort: (fault) => abort.abort(fault),
      came: wait.forNext,
      // Another one once the answer flows.
      waiting: () => exchange.keepAlive(),
      now,
    })
  }
}

type Questioned = Pick<Concerned, 'request' | 'door'> & {
  readonly orders: Orders
  readonly aim: Aim
  readonly settings: Judging
}

function questionOf({ request, door, orders, aim, settings }: Questioned): Omit<Question, 'orders'> {
  const { headers } = request
  const project = projectOf(headers)
  const { dialect, model, provider, path, decoded } = aim
  return {
    scope: [orders.version, project, hashOf(credentialOf(headers, door.path) ?? '')].join(' '),
    dialect,
    near: clientDialect(door),
    form: formOf(aim),
    encoding: decoded ? '' : (headers.get('content-encoding') ?? ''),
    contentType: headers.get('content-type') ?? '',
    history: settings.history,
    mostHeldBytes: settings.mostHeldBytes,
    metadata: { project, provider: provider.name, model, dialect, path: pathname(path) },
  }
}

function formOf({ dialect, stream, path }: Aim): Question['form'] {
  if (!stream) return 'whole'
  return dialect === 'gemini' && !asksForEvents(path) ? 'elements' : 'events'
}

/** What was judged for one client is not known for another. The credential itself stays in this thread. */
function hashOf(credential: string): string {
  return new Bun.CryptoHasher('sha256').update(credential).digest('base64')
}
