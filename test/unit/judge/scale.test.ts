import { expect, test } from 'bun:test'
import type { Detection, Detector, Detectors } from '../../../src/guard/detector.ts'
import { createAnswerJudge } from '../../../src/judge/held.ts'
import { bytesOf, inSteps } from '../../support/cuts.ts'
import { answerIn, judged, orderOf } from '../../support/judged.ts'

/** How much is judged, and what is waited for, seen by a detector that every judgement asks. */
const order = orderOf(
  'from invariant.detectors import moderated\nraise "hate" if:\n    (msg: Message)\n    moderated(msg.content)',
)

function detecting(detect: (text: string) => Detection): Detectors {
  const detector: Detector = { kind: 'local', name: 'moderated', kinds: [], detect }
  return new Map([['moderated', detector]])
}

const clean: Detection = { findings: [] }

test('however long an answer gets, judging it reads all of it no more than four times', async () => {
  for (const count of [500, 5000]) {
    let [asked, reads] = [0, 0]
    const detectors = detecting((text) => {
      asked++
      reads += text.length
      return clean
    })
    const pieces = Array.from({ length: count }, (_, at) => `This is sentence ${at}. `)
    const text = answerIn('openai-chat', [{ kind: 'text', pieces }])
    const { bytes } = await judged('openai-chat', inSteps(bytesOf(text), 170), [order], { detectors })
    expect(bytes.length).toBe(text.length)
    expect(reads).toBeLessThan(4 * pieces.join('').length)
    expect(asked).toBeLessThan(40)
  }
})

test('what is there once is judged once, however often the clock asks', async () => {
  let asked = 0
  const detectors = detecting(() => {
    asked++
    return clean
  })
  const of = {
    dialect: 'anthropic',
    encoding: '',
    isStream: true,
    request: null,
    orders: [order],
    detectors,
  } as const
  const judge = createAnswerJudge(of)
  await judge.take(
    new Uint8Array(bytesOf(answerIn('anthropic', [{ kind: 'text', pieces: ['One ', 'two '] }]))),
  )
  const before = asked
  for (let times = 0; times < 5; times++) await judge.tick()
  await judge.end('complete')
  expect([before, asked]).toEqual([1, 1])
})

test('a detector that answers later holds the answer until it has', async () => {
  const texts: string[] = []
  const detector: Detector = {
    kind: 'remote',
    name: 'moderated',
    kinds: [],
    detect: async (all) => {
      texts.push(...all)
      return all.map((text) => {
        const start = text.indexOf('hate')
        return { findings: start === -1 ? [] : [{ kind: 'hate', start, end: start + 4 }] }
      })
    },
  }
  const detectors: Detectors = new Map([['moderated', detector]])
  const said = (last: string) =>
    bytesOf(answerIn('openai-responses', [{ kind: 'text', pieces: ['One. ', 'Two. ', last] }]))
  const fine = await judged('openai-responses', inSteps(said('Three.'), 60), [order], { detectors })
  expect(fine.bytes).toEqual(new Uint8Array(said('Three.')))
  expect(texts.at(-1)).toBe('One. Two. Three.')
  const stopped = await judged('openai-responses', inSteps(said('I hate it.'), 60), [order], { detectors })
  expect([stopped.stop?.kind, stopped.text.includes('hate')]).toEqual(['block', false])
})

test('a detector that fails is a block, or not, as the order has it', async () => {
  const detector: Detector = {
    kind: 'remote',
    name: 'moderated',
    kinds: [],
    detect: async () => Promise.reject(new Error('gone')),
  }
  const detectors: Detectors = new Map([['moderated', detector]])
  const bytes = bytesOf(answerIn('gemini', [{ kind: 'text', pieces: ['One. '] }]))
  expect((await judged('gemini', [bytes], [order], { detectors })).stop?.finding.kind).toBe('error')
  const allowed = await judged('gemini', [bytes], [{ ...order, onError: 'allow' }], { detectors })
  expect([allowed.bytes, allowed.findings.length > 0]).toEqual([new Uint8Array(bytes), true])
})
