import { expect, test } from 'bun:test'
import {
  createModelAnswers,
  createModels,
  type FromModels,
  type ToModels,
} from '../../../src/guard/models.ts'

const model = { path: '/v1/embeddings', body: {}, maxResponseBytes: 1000 } as const

test('of whom nobody waits for a model is not asked', async () => {
  const told: FromModels[] = []
  const { ask } = createModels((message) => told.push(message))
  await expect(ask(model, AbortSignal.abort())).rejects.toThrow('nobody waits')
  expect(told).toEqual([])
})

test('what a dead thread had asked does not take the way to leave from a question of the same number', async () => {
  const answers: (() => void)[] = []
  const left: boolean[] = []
  const heard: ToModels[] = []
  let post = (message: ToModels): void => void heard.push(message)
  const { asks, leaves } = createModelAnswers(
    (_, signal) => {
      const at = left.push(false) - 1
      signal.addEventListener('abort', () => (left[at] = true))
      return new Promise((resolve) => answers.push(() => resolve('YES')))
    },
    () => post,
  )
  const first = asks(1, model)
  post = (message) => void heard.push(message)
  const second = asks(1, model)
  answers[0]?.()
  await first
  leaves(1)
  expect(left).toEqual([false, true])
  answers[1]?.()
  await second
  expect(heard).toEqual([{ kind: 'told', number: 1, value: 'YES', failure: null }])
})
