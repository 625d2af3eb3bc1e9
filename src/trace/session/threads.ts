import type { Message } from '../../conversation/conversation.ts'
import { chainOf, isLink } from './chain.ts'

/**
 * Histories to threads, each message once: the first history is a thread from its beginning to its end, and each of
 * the others begins where it leaves what has been told already.
 */
export type Thread = {
  /** The thread it leaves, and after how many of that one's own messages; null: it begins by itself. */
  readonly from: { readonly thread: number; readonly messages: number } | null
  readonly system: readonly Message[]
  readonly messages: readonly Said[]
}

/** `trace`: the exchange that told it first, as an answer or as the news of its request. */
export type Said = { readonly trace: string; readonly message: Message }

/** In order, with the answer; system messages anywhere. `traceAt` is told the place among the others. */
export type Told = { readonly messages: readonly Message[]; readonly traceAt: (at: number) => string }

type Place = { readonly thread: number; readonly messages: number }
type Open = { readonly from: Place | null; readonly system: readonly Message[]; readonly messages: Said[] }

export function createThreads() {
  const places = new Map<string, Place>()
  const threads: Open[] = []

  /** Where the next message goes: on at the end of a thread, or at the beginning of another. */
  function threadAfter(place: Place | null, told: Told): { readonly thread: Open; readonly number: number } {
    const before = place === null ? undefined : threads[place.thread]
    if (place !== null && before !== undefined && before.messages.length === place.messages) {
      return { thread: before, number: place.thread }
    }
    const system = place === null ? told.messages.filter((message) => !isLink(message)) : []
    const thread = { from: place, system, messages: [] }
    return { thread, number: threads.push(thread) - 1 }
  }

  function add(told: Told): void {
    const links = told.messages.filter(isLink)
    const { hashes } = chainOf('', links)
    let place: Place | null = null
    let at = 0
    for (; at < hashes.length; at++) {
      const known = places.get(hashes[at] ?? '')
      if (known === undefined) break
      place = known
    }
    if (at === hashes.length) return
    const { thread, number } = threadAfter(place, told)
    for (; at < hashes.length; at++) {
      const message = links[at]
      if (message === undefined) return
      thread.messages.push({ trace: told.traceAt(at), message })
      places.set(hashes[at] ?? '', { thread: number, messages: thread.messages.length })
    }
  }

  return { add, threads: (): readonly Thread[] => threads }
}
