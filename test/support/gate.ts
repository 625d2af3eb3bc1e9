import { type Call, createProvider, whole } from './provider.ts'

/**
 * An address that stays while what is behind it comes and goes, and that breaks connections as it is told to: before or
 * after what is behind has had the request.
 */
export type Gate = {
  readonly url: string
  /** Where requests go; null: nobody is there, as between the end of a process and its next start. */
  open: string | null
  /** Asked for each request. */
  behave: (request: Pick<Call, 'method' | 'target'>) => Passage
  /** What came, in its order. */
  readonly seen: readonly Call[]
  readonly stop: () => Promise<void>
}

export type Passage = 'pass' | 'cut-before' | 'cut-after' | '502-after'

export async function createGate(): Promise<Gate> {
  const provider = await createProvider((call) => carry(call))
  const gate: Gate = {
    url: provider.url,
    open: null,
    behave: () => 'pass',
    seen: provider.calls,
    stop: provider.stop,
  }

  async function carry(call: Call): Promise<void> {
    const passage = gate.behave(call)
    const body = await call.body()
    if (passage === 'cut-before' || gate.open === null) return call.reset()
    const { status, text } = await forward(call, body, gate.open)
    if (passage === 'cut-after') return call.reset()
    if (passage === '502-after') return call.send(whole('<h1>Bad gateway</h1>', [], '502 Bad Gateway'))
    call.send(whole(text, json, `${status} Told`))
  }

  return gate
}

const json = ['Content-Type: application/json']

async function forward({ method, target, header }: Call, body: Buffer, to: string) {
  const authorization = header('authorization')
  const response = await fetch(to + target, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(authorization !== undefined && { authorization }),
    },
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  })
  return { status: response.status, text: await response.text() }
}
