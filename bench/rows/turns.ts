import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { startWeir } from '../../src/cli/bench/launch.ts'
import { dropped, settled } from '../../src/cli/bench/rounds.ts'
import { createAgent, toBody, type Message } from '../support/agent.ts'
import type { Row } from '../support/bench.ts'
import { atMost, unknown } from '../support/finding.ts'

/**
 * 250 turns of one agent, each with the whole history, growing to 1.9 MB: how much the store's files grow. The provider
 * here says what the agent's next request quotes, as models and agents do.
 */
const what = '250 turns growing to 1.9 MB, store'
const target = 'under 4 MB'
const turnCount = 250
// What makes the last request 1.9 MB.
const resultBytes = 5_500

export const turns: Row = {
  name: 'turns',
  run: async ({ launcher }) => {
    const agent = createAgent(11)
    const messages: Message[] = [...agent.opening]
    const next = { turn: agent.turn(resultBytes) }
    const provider = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: async (request) => {
        await request.arrayBuffer()
        return new Response(toStream(next.turn.said), { headers: { 'content-type': 'text/event-stream' } })
      },
    })
    const weir = await startWeir('turns', provider.port ?? 0, launcher).catch((error: Error) => error.message)
    if (typeof weir === 'string') {
      await provider.stop(true)
      return [unknown(what, target, weir)]
    }
    const data = join(launcher.folder, 'turns', 'data')
    try {
      await settled(weir)
      const before = await sizeOf(data)
      let sent = 0
      for (let count = 0; count < turnCount; count++) {
        const body = toBody(messages)
        sent += body.length
        await ask(`http://127.0.0.1:${weir.port}/up/v1/chat/completions`, body)
        messages.push(next.turn.said, next.turn.result)
        next.turn = agent.turn(resultBytes)
      }
      await settled(weir)
      const grown = ((await sizeOf(data)) - before) / 1e6
      const log = (await sizeOf(data, '**/*-wal')) / 1e6
      const lost = await dropped(weir)
      const last = toBody(messages)
      const zstd = Bun.zstdCompressSync(last).byteLength
      const raw = {
        sentBytes: sent,
        lastBytes: last.length,
        lastZstdBytes: zstd,
        grownMb: grown,
        logMb: log,
        lost,
      }
      const sizes = `${(sent / 1e6).toFixed(0)} MB sent; last ${(last.length / 1e6).toFixed(2)}, alone as zstd ${(zstd / 1e6).toFixed(2)}; ${log.toFixed(1)} MB are the write-ahead log`
      const note = lost === 0 ? sizes : `${sizes}; ${lost} recordings were dropped`
      const base = { what, target, unit: 'MB', bare: null, nginx: null, weir: grown, note, raw } as const
      return [atMost(base, lost === 0 ? grown : Infinity, 4)]
    } finally {
      await weir.stop()
      await provider.stop(true)
      await rm(data, { recursive: true, force: true })
    }
  },
}

async function ask(url: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', body, headers })
  const text = await response.text()
  if (!response.ok || !text.endsWith('data: [DONE]\n\n'))
    throw new Error(`A turn failed: ${text.slice(0, 300)}`)
}

/** Word by word, as models answer. */
function toStream({ content, tool_calls }: Message): string {
  const words = content.split(/(?<= )/).map((text) => toEvent({ content: text }, null))
  const calls = (tool_calls ?? []).map((call, index) => toEvent({ tool_calls: [{ index, ...call }] }, null))
  return [...words, ...calls, toEvent({}, 'tool_calls'), 'data: [DONE]\n\n'].join('')
}

function toEvent(delta: object, finish: string | null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1767225600, model: 'bench', choices })}\n\n`
}

/** All files of the store: the database and its log of writes. */
async function sizeOf(folder: string, pattern = '**/*'): Promise<number> {
  const glob = new Bun.Glob(pattern)
  const options = { cwd: folder, absolute: true, throwErrorOnBrokenSymlink: false }
  const paths =
    (await stat(folder).catch(() => null)) === null ? [] : await Array.fromAsync(glob.scan(options))
  return paths.reduce((sum, path) => sum + Bun.file(path).size, 0)
}
