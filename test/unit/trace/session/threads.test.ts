import { expect, test } from 'bun:test'
import { createThreads } from '../../../../src/trace/session/threads.ts'
import { messages } from '../../../support/said.ts'

function threadsOf(...histories: readonly (readonly string[])[]) {
  const { add, threads } = createThreads()
  for (const [at, lines] of histories.entries()) {
    add({ messages: messages(...lines), traceAt: (place) => `${at}.${place}` })
  }
  return threads().map(({ from, system, messages }) => ({
    from,
    system: system.flatMap(({ parts }) => parts.map((part) => (part.kind === 'text' ? part.text : ''))),
    said: messages.map(({ trace, message: { role, parts } }) => {
      const [part] = parts
      return `${trace} ${role[0]}:${part?.kind === 'text' ? part.text : ''}`
    }),
  }))
}

test('one history is one thread, its system messages apart', () => {
  expect(threadsOf(['s:Be kind', 'u:Hello', 'a:Hi'])).toEqual([
    { from: null, system: ['Be kind'], said: ['0.0 u:Hello', '0.1 a:Hi'] },
  ])
})

test('a branch has only what is new in it, and says where it leaves', () => {
  const threads = threadsOf(['u:1', 'a:2', 'u:3', 'a:4'], ['u:1', 'a:2', 'u:other', 'a:5'])
  expect(threads[1]).toEqual({
    from: { thread: 0, messages: 2 },
    system: [],
    said: ['1.2 u:other', '1.3 a:5'],
  })
  expect(threads[0]?.said).toHaveLength(4)
})

test('what goes on at the end of a thread is no branch', () => {
  const threads = threadsOf(['u:1', 'a:2'], ['u:1', 'a:2', 'u:3', 'a:4'], ['u:1'])
  expect(threads.map(({ said }) => said)).toEqual([['0.0 u:1', '0.1 a:2', '1.2 u:3', '1.3 a:4']])
})

test('branches of branches, and what begins by itself', () => {
  const threads = threadsOf(
    ['u:1', 'a:2', 'u:3'],
    ['u:1', 'a:2', 'u:x', 'a:y'],
    ['s:An agent', 'u:task'],
    ['u:1', 'a:2', 'u:x', 'a:z'],
  )
  expect(threads.map(({ from }) => from)).toEqual([
    null,
    { thread: 0, messages: 2 },
    null,
    { thread: 1, messages: 1 },
  ])
  expect(threads[2]?.system).toEqual(['An agent'])
})

test('messages that are alike are told each in its own place', () => {
  expect(threadsOf(['u:x', 'a:x', 'u:x', 'a:x'])[0]?.said).toHaveLength(4)
})

test('nothing said is no thread', () => {
  expect(threadsOf([], ['s:Be kind'])).toEqual([])
})
