import { expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { cut } from '../../src/trace/pieces.ts'
import { createReader } from '../../src/trace/read.ts'
import { batchOf, createFolder, keeperOf, storeAt, whole } from '../support/traces.ts'

/** Text as agents send it: words, names, numbers, line ends, quotes. The same for the same seed. */
function createText(seed: number): (length: number) => string {
  let state = seed
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 8) / 0x1000000
  }
  const syllables =
    'ta re con sis lo mi ver ning tion able un per form at ed gra ph set get val ue in dex'.split(' ')
  const word = () =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, () => syllables[Math.floor(random() * 25)]).join('')
  const words = Array.from({ length: 6000 }, word)
  const token = () => {
    if (random() < 0.1) return `"${Math.floor(random() * 100_000)}"`
    return `${words[Math.floor(random() ** 2 * words.length)]}${random() < 0.1 ? '\n  ' : ' '}`
  }
  return (length) => {
    let text = ''
    while (text.length < length) text += token()
    return text.slice(0, length)
  }
}

test('250 turns of one agent, growing to 1.9 MB, cost the store less than 4 MB', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  const store = storeAt(path)
  const keeper = keeperOf(store)
  const text = createText(1)
  const messages: unknown[] = [{ role: 'system', content: text(12_000) }]
  const tools = Array.from({ length: 15 }, (_, at) => ({ name: `tool${at}`, description: text(800) }))
  let last = ''
  for (let turn = 1; turn <= 250; turn++) {
    messages.push({ role: 'assistant', tool_calls: [{ id: `call_${turn}`, arguments: text(600) }] })
    messages.push({ role: 'tool', tool_call_id: `call_${turn}`, content: text(6300) })
    last = JSON.stringify({ model: 'large', stream: false, messages, tools, temperature: turn / 250 })
    const reply = JSON.stringify({ choices: [{ message: { content: text(1200) } }] })
    expect(keeper.keep(batchOf(turn, whole(`turn${turn}`, last, reply)))).toMatchObject({ finished: 1 })
  }
  expect(last.length).toBeGreaterThan(1_850_000)
  expect(createReader(store).requestBody('turn250')?.toString()).toBe(last)
  store.close()
  expect(statSync(path).size).toBeLessThan(4_000_000)
}, 30_000)

test('a body of 2 MB is cut in a few milliseconds', () => {
  const text = createText(2)
  const messages = Array.from({ length: 500 }, () => ({ role: 'user', content: text(4000) }))
  const body = new TextEncoder().encode(JSON.stringify({ model: 'large', messages }))
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now()
    expect(cut(body).length).toBeGreaterThan(500)
    return performance.now() - start
  })
  // Twice what a quiet machine takes at its slowest: this is to notice a scan that went quadratic.
  expect(Math.min(...times)).toBeLessThan(20)
})
