import type { Message, Part } from '../../conversation/conversation.ts'
import type { SessionView } from '../../trace/session/show.ts'
import type { Thread } from '../../trace/session/threads.ts'
import { fail, type Command } from '../command.ts'
import { createPaint, type Paint, printable, printableLine, wantsColor } from '../paint.ts'
import { countText, durationText, momentText } from '../quantity.ts'
import { sourceFlags, withTraces } from '../traces/open.ts'

/** One session to be read: each message once, and the branches behind what they leave. */
export const show: Command = {
  kind: 'command',
  summary: 'Show one session: each message once, with the trace that told it',
  flags: { json: { help: 'The whole session as JSON' }, ...sourceFlags },
  takes: ['ID'],
  examples: [
    'weir sessions show 01k3v9w2b60017f3kq8s',
    "weir sessions show 01k3v9w2b60017f3kq8s --json | jq '.threads | length'",
  ],
  run: async (given, world) => {
    const id = given.rest[0] ?? ''
    return withTraces(given, world, async (source) => {
      const session = await source.session(id)
      if (session === null) return fail(world, `There is no session ${printableLine(id)}`)
      const paint = createPaint(wantsColor(world.isTerminal, world.environment))
      world.stdout(
        given.switches.has('json') ? `${JSON.stringify(session, null, 2)}\n` : pageOf(session, paint),
      )
      return 0
    })
  },
}

function pageOf(session: SessionView, paint: Paint): string {
  const facts = factsOf(session).map(
    ([name, text]) => `${paint('dim', name.padEnd(9))}${printableLine(text)}`,
  )
  const unread = session.unread.map((id) => `${paint('yellow', 'not read')} ${id}`)
  const threads = session.threads.flatMap((thread, at) => threadText(thread, at, paint))
  return `${[paint('cyan', session.id), ...facts, ...threads, ...unread].join('\n')}\n`
}

function factsOf(session: SessionView): [string, string][] {
  const { title, key, project, startedAt, endedAt, traces, messages, models, usage } = session
  return [
    ['title', title ?? 'none'],
    ['called', key ?? 'nothing, by its client'],
    ['project', project],
    ['started', `${momentText(startedAt)} UTC, for ${durationText(endedAt - startedAt)}`],
    ['holds', `${countText(messages)} messages in ${countText(traces)} traces`],
    ['models', models.join(', ') || 'unknown'],
    ['tokens', `in ${countText(usage?.input ?? null)}, out ${countText(usage?.output ?? null)}`],
  ]
}

function threadText({ from, system, messages }: Thread, at: number, paint: Paint): string[] {
  const title =
    from === null ? `Thread ${at}` : `Thread ${at}, from thread ${from.thread} after message ${from.messages}`
  return [
    '',
    paint('bold', title),
    ...system.map((message) => messageText(message, 'system', paint)),
    ...messages.map(({ trace, message }) => messageText(message, trace, paint)),
  ]
}

function messageText({ roleText, parts }: Message, from: string, paint: Paint): string {
  const head = `${paint('dim', printableLine(from))} ${paint('bold', printableLine(roleText))}`
  return `${head}\n${parts.map((part) => printable(partText(part))).join('\n')}\n`
}

function partText(part: Part): string {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text
    case 'thinking':
      return part.text === '' ? '(thinking that only the provider can read)' : `(thinking) ${part.text}`
    case 'call':
      return `(calls ${part.name}) ${part.argumentsText}`
    case 'result':
      return `(result of ${part.name ?? part.callId ?? 'a call'}) ${part.parts.map(partText).join('\n')}`
    case 'image':
    case 'audio':
    case 'video':
    case 'document':
      return `(${part.kind})`
    case 'other':
      return `(${part.type})`
  }
}
