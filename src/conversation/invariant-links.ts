import type { ToolCall, ToolResult } from './conversation.ts'

/**
 * Which result belongs to which call, where a dialect says it by name and order alone (Gemini, functions of old). A
 * call without an id gets the same one however far the conversation has gone on since.
 */
export type Links = {
  /** The same links so far, to go on with on their own. */
  readonly fork: () => Links
  readonly idOfCall: (call: ToolCall) => string
  readonly idOfResult: (result: ToolResult) => string | null
}

export function createLinks(): Links {
  return linksFrom(new Map(), 0)
}

function linksFrom(open: Map<string, { readonly name: string }>, before: number): Links {
  let made = before
  function idOfCall({ id, name }: ToolCall): string {
    const known = id ?? `call-${++made}`
    // Set anew: ids are used again, and the latest call is meant.
    open.delete(known)
    open.set(known, { name })
    return known
  }
  function idOfResult({ callId, name }: ToolResult): string | null {
    const id = callId ?? firstOf(name)
    if (id !== null) open.delete(id)
    return id
  }
  function firstOf(name: string | null): string | null {
    for (const [id, call] of open) if (name === null || call.name === name) return id
    return null
  }
  return { idOfCall, idOfResult, fork: () => linksFrom(new Map(open), made) }
}
