import { Fault } from '../core/fault.ts'
import { projectOf } from '../merge/begin.ts'
import type { Recorder } from '../merge/recorder.ts'
import type { Recording } from '../merge/recording.ts'
import { credentialOf } from '../provider/auth.ts'
import type { Aim } from '../route/aim.ts'
import { asksForEvents, clientDialect, pathname, type Door } from '../route/door.ts'
import { ownPrefix } from '../wire/headers.ts'
import type { FindOrders, GivenOrder, Orders } from './given.ts'
import { bringsOrder, orderOf } from './header.ts'
import { createHearing, type Hearing } from './hearing.ts'
import type { Judges } from './judges.ts'
import type { Question } from './messages.ts'
import { takeMinutes } from './minutes.ts'
import type { Observe } from './observe.ts'
import type { Judging } from './schema.ts'

/** Which rules hold for an exchange, and their hearing; null if there are none: then nothing of all this is made. */
export type Hear = (exchange: Concerned) => Hearing | null | Promise<Hearing | null>

/** Whether a request may bring rules for a project: null if it may, else why not. */
export type MayBring = (headers: Headers, project: string) => string | null | Promise<string | null>

export type Concerned = {
  readonly request: Request
  readonly door: Door
  readonly recording: Recording
  readonly abort: AbortController
  readonly keepAlive: () => void
}

export type HearOptions = {
  readonly find: FindOrders
  readonly mayBring: MayBring
  readonly settings: Judging
  readonly judges: Judges
  readonly recorder: Pick<Recorder, 'reply' | 'annotate'>
  readonly observe: Observe
  /** A word from the judges: the exchange waits anew. */
  readonly came: (exchange: Concerned) => void
  readonly now: () => number
}

export function createHear(options: HearOptions): Hear {
  const { find, mayBring, settings, judges, recorder, observe, came, now } = options

  function hearWith(own: GivenOrder | null, exchange: Concerned): Hearing | null {
    const { request, door, recording, abort } = exchange
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
      came: () => came(exchange),
      // Another one once the answer flows.
      waiting: () => exchange.keepAlive(),
      now,
    })
  }

  /** What it brings is not even read where it may not. */
  async function hearOwn(exchange: Concerned): Promise<Hearing | null> {
    const { headers } = exchange.request
    const why = await mayBring(headers, projectOf(headers))
    if (why !== null) throw new Fault('forbidden', why)
    return hearWith(orderOf(headers), exchange)
  }

  return (exchange) => (bringsOrder(exchange.request.headers) ? hearOwn(exchange) : hearWith(null, exchange))
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
    scope: [orders.version, project, hashOf(clientOf(headers, door))].join(' '),
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

/** By all that it shows: where the provider's key is configured, its own for Weir is all there is. */
function clientOf(headers: Headers, door: Door): string {
  const own = [`${ownPrefix}key`, 'invariant-authorization'].map((name) => headers.get(name))
  return JSON.stringify([credentialOf(headers, door.path), ...own])
}

/** What was judged for one client is not known for another. The credential itself stays in this thread. */
function hashOf(credential: string): string {
  return new Bun.CryptoHasher('sha256').update(credential).digest('base64')
}
