import type { Message } from '../../conversation/conversation.ts'

/** What a conversation is called in a list: the beginning of the first thing that its user said. */
export const mostTitleLength = 120
/** Looked at of one text: agents put whole files into their first message. */
const mostRead = 4096
/** What agents put before the user's own words: `<environment_context>`, `<system-reminder>`, the rules of a project. */
const isPreamble = /^\s*(?:<[\w-]+>|# AGENTS\.md|Warmup\b)/

export function titleOf(messages: readonly Message[]): string | null {
  let fallback: string | null = null
  for (const { role, parts } of messages) {
    if (role === 'assistant' && fallback !== null) return fallback
    if (role !== 'user') continue
    for (const part of parts) {
      if (part.kind !== 'text' || part.text.trim() === '') continue
      if (!isPreamble.test(part.text)) return shortened(part.text)
      fallback ??= shortened(part.text)
    }
  }
  return fallback
}

function shortened(text: string): string {
  const line = text.slice(0, mostRead).replaceAll(/\s+/g, ' ').trim()
  if (line.length <= mostTitleLength) return line
  return `${line
    .slice(0, mostTitleLength - 1)
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`
}
