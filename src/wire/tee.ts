/**
 * The split: one body to two readers, driven by the client's reads. Both sides see the same chunk without a copy,
 * and nothing is held beyond the chunk in hand, so a slow client slows the provider and not the memory.
 *
 * A direct stream, not a pulled one: 18.6 against 20.5 µs of CPU per streamed event with 200 streams (the untouched
 * body 14.9), and 227 against 243 MB with 8,000 streams open.
 */
export type Side = {
  /** Sees each chunk before the client does. Must not change or transfer it; a promise holds it back. */
  readonly take: (chunk: Uint8Array) => Promise<void> | undefined
  /** The client has accepted so many bytes more; none if it has left. */
  readonly sent: (bytes: number) => void
  /** The source ended by itself; a promise holds the end back. */
  readonly end: () => Promise<void> | undefined
  /** The source failed: what the client is still told before its connection is reset. */
  readonly fail: (error: unknown) => string
  /** The client left; `drain` reads the source to its end all the same. */
  readonly leave: () => 'cancel' | 'drain'
}

/** What of the source its client is shown, where that is not all of it. */
export type View = {
  readonly show: (chunk: Uint8Array) => Shown
  /** What was held back, once the source is over. */
  readonly rest: () => Shown
}

/** `covers`: how many bytes of the source it stands for, hidden ones included. */
export type Shown = { readonly bytes: Uint8Array; readonly covers: number }

/** A reader of a body, or what behaves like one. */
export type Source = {
  readonly view?: View
  readonly read: () => Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  readonly cancel: () => Promise<void>
}

export type Tee = {
  readonly body: ReadableStream<Uint8Array>
  /** Puts bytes of ours between two chunks of the source; false when that is not possible now. */
  readonly insert: (text: string) => boolean
}

/** `over`: nobody waits any more, not even for a client that takes nothing; its reason is what the source failed of. */
export function tee(source: Source, over: AbortSignal, side: Side): Tee {
  // Who is still there: the client until it leaves, the source for as long as somebody wants it.
  let client: ReadableStreamDirectController | undefined
  let wanted = true
  let reading = false

  async function pull(controller: ReadableStreamDirectController): Promise<void> {
    client = controller
    try {
      await flow()
      if (source.view !== undefined) await showRest(source.view)
      if (wanted) await side.end()
    } catch (error) {
      // What was held back comes before what is said of the failure.
      const held = wanted ? source.view?.rest() : undefined
      if (held !== undefined) tellSent(held.covers)
      const farewell = wanted ? side.fail(error) : ''
      if (client !== undefined) await reset(client, farewell, held?.bytes)
    }
    client?.close()
  }

  async function flow(): Promise<void> {
    for (;;) {
      reading = true
      const { done, value } = await source.read()
      reading = false
      // What comes for nobody, because the client left in this moment, is not told either.
      if (done || value === undefined || !wanted) return
      const held = side.take(value)
      if (held !== undefined) await held
      // Without a client nothing is sent, but the next chunk is waited for all the same.
      const delivered = client === undefined ? tellSent(0) : show(client, value)
      if (delivered !== undefined) await delivered
    }
  }

  function show(controller: ReadableStreamDirectController, chunk: Uint8Array): Promise<void> | undefined {
    if (source.view === undefined) return deliver(controller, chunk, chunk.byteLength)
    const { bytes, covers } = source.view.show(chunk)
    return deliver(controller, bytes, covers)
  }

  async function showRest(view: View): Promise<void> {
    const { bytes, covers } = view.rest()
    if (client !== undefined && covers > 0) await deliver(client, bytes, covers)
  }

  function deliver(
    controller: ReadableStreamDirectController,
    chunk: Uint8Array,
    covers: number,
  ): Promise<void> | undefined {
    if (chunk.byteLength === 0) return tellSent(covers)
    const written = controller.write(chunk)
    const flushed = controller.flush()
    if (typeof written === 'number' && typeof flushed === 'number') return tellSent(covers)
    // A promise means that the client's side is full: the source waits with it.
    return unlessOver(Promise.all([written, flushed])).then(() => tellSent(covers))
  }

  async function unlessOver(taken: Promise<unknown>): Promise<void> {
    const { promise, reject } = Promise.withResolvers<never>()
    const giveUp = () => reject(over.reason)
    over.addEventListener('abort', giveUp)
    await Promise.race([taken, promise]).finally(() => over.removeEventListener('abort', giveUp))
  }

  /** Not once nobody wants it: who is told would wait for the next chunk of what is over. */
  function tellSent(bytes: number): undefined {
    if (wanted) side.sent(client === undefined ? 0 : bytes)
  }

  async function cancel(): Promise<void> {
    client = undefined
    wanted = side.leave() === 'drain'
    if (!wanted) await source.cancel()
  }

  function insert(text: string): boolean {
    if (client === undefined || !reading) return false
    client.write(text)
    client.flush()
    return true
  }

  const direct: Bun.DirectUnderlyingSource<Uint8Array> = { type: 'direct', pull, cancel }
  // The DOM's types, which the explorer needs, do not know Bun's direct streams.
  return { body: new ReadableStream(direct as unknown as UnderlyingDefaultSource<Uint8Array>), insert }
}

// A reset drops what the kernel has not been given yet, and clients drop what they have not read yet: after 1 ms 13 of
// 3,000 on Bun, 50 at a time, had not seen the farewell, after 5 ms all had.
const farewellMs = 20

async function reset(
  controller: ReadableStreamDirectController,
  farewell: string,
  held?: Uint8Array,
): Promise<never> {
  if (farewell !== '') {
    if (held !== undefined) await controller.write(held)
    await controller.write(farewell)
    await controller.flush(true)
    await new Promise((resolve) => setTimeout(resolve, farewellMs))
  }
  // Bun resets the connection when a body rejects, and prints what it rejects with unless that is undefined.
  throw undefined
}
