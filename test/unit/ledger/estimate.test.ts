import { expect, test } from 'bun:test'
import { estimateTokens } from '../../../src/ledger/estimate.ts'
import * as ledger from '../../../src/ledger/texts.ts'

const estimateRequest = (body: unknown) => ledger.estimateRequest(body, estimateTokens)
const estimateAnswer = (body: unknown) => ledger.estimateAnswer(body, estimateTokens)

/** Counted with o200k_base, and how far off a sentence may be: errors of opposite sign meet in longer texts. */
const counted: readonly (readonly [language: string, text: string, tokens: number, off: number])[] = [
  [
    'English',
    'It was the habit of the old miller to walk along the weir each morning, before the sun had risen above the ' +
      'alders, and to look at the water as if it could tell him something that the day would bring. He never ' +
      'spoke about it. His neighbours believed that he was counting the trout, or the branches which the flood ' +
      'had carried down; but he was listening.',
    78,
    0.05,
  ],
  [
    'German',
    'Ein Wehr lässt das Wasser ungehindert und unverändert passieren und misst es dabei. Die Durchflussmenge wird ' +
      'in Kubikmetern pro Sekunde angegeben; die Überprüfung der Messgeräte erfolgt vierteljährlich durch das ' +
      'zuständige Amt für Gewässerschutz. Über die Kosten ist noch nicht entschieden worden.',
    66,
    0.1,
  ],
  [
    'Spanish',
    'La presa deja pasar el agua sin prisa y sin cambiarla, y la mide. Los vecinos del pueblo solían reunirse ' +
      'allí después de la cena, cuando por fin había bajado el calor del verano, para hablar de lo que había ' +
      'traído el día.',
    54,
    0.05,
  ],
  [
    'Russian',
    'Плотина пропускает воду без спешки и без изменений, и измеряет её. Жители деревни обычно собирались там ' +
      'после ужина, когда летняя жара наконец спадала, чтобы поговорить о том, что принёс день.',
    51,
    0.15,
  ],
  [
    'Chinese',
    '堰让水不慌不忙、原封不动地流过，并且测量它。村里的人习惯在晚饭后聚在那里，那时夏天的热气终于散去，他们谈论这一天发生的事情。' +
      '这个网关会记录每一次请求和回答，并且计算费用。',
    68,
    0.1,
  ],
  [
    'Japanese',
    '堰は水を急がせることなく、変えることもなく通し、そして測ります。村の人々は夕食の後、夏の暑さがようやく和らいだ頃にそこに集まり、' +
      'その日に起こったことについて話し合うのが習慣でした。',
    70,
    0.1,
  ],
]

test.each(counted)('%s is estimated within its bound', (_, text, tokens, off) => {
  expect(Math.abs(estimateTokens(text) / tokens - 1)).toBeLessThanOrEqual(off)
})

test('nothing is nothing, and lone surrogates are something', () => {
  expect(estimateTokens('')).toBe(0)
  expect(estimateTokens('\ud83d')).toBeGreaterThan(0)
})

test('a text of one letter a million times takes no longer than others', () => {
  expect(estimateTokens('a'.repeat(1_000_000))).toBeGreaterThan(100_000)
  expect(estimateTokens(' '.repeat(1_000_000))).toBe(1)
  expect(estimateTokens('(é'.repeat(500_000))).toBe(1_000_000)
})

const texts = 'one two three four'
const four = estimateTokens(texts)

test('a request is what is said in it, in every dialect, with what is around its messages', () => {
  const bodies = [
    { model: 'm', messages: [{ role: 'user', content: texts }] },
    { model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: texts }] }], max_tokens: 9 },
    { model: 'm', input: [{ role: 'user', content: [{ type: 'input_text', text: texts }] }] },
    { contents: [{ role: 'user', parts: [{ text: texts }] }] },
  ]
  for (const body of bodies) expect(estimateRequest(body)).toBe(3 + four)
  expect(estimateRequest({ input: texts })).toBe(four)
  expect(estimateRequest({ system: texts, instructions: texts })).toBe(2 * four)
})

test('names count where they are told to the model', () => {
  const parameters = { properties: { city: { description: texts } } }
  const tools = [{ function: { name: 'weather', parameters } }]
  expect(estimateRequest({ tools })).toBeGreaterThan(four + 5)
  const call = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Rome', days: 3 } }
  expect(estimateAnswer({ content: [call] })).toBe(5)
})

test('images, signatures and ids are no text', () => {
  const base64 = 'QUJD'.repeat(1000)
  const parts = [
    { type: 'text', text: texts, signature: base64 },
    { type: 'image', source: { type: 'base64', data: base64 } },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } },
    { inlineData: { data: base64 } },
    { type: 'odd', payload: base64 },
  ]
  expect(estimateAnswer({ content: parts, id: 'msg_123' })).toBe(four)
  // A long word of another script is one.
  expect(estimateAnswer({ content: '堰'.repeat(2000) })).toBeGreaterThan(1000)
})

test('an answer is what it says, thinking and arguments included', () => {
  const message = { role: 'assistant', content: texts, reasoning_content: texts }
  expect(estimateAnswer({ choices: [{ index: 0, message, finish_reason: 'stop' }] })).toBe(2 * four + 3)
  const candidates = [{ content: { role: 'model', parts: [{ text: texts, thought: true }] } }]
  expect(estimateAnswer({ candidates })).toBe(four + 3)
})

test('what is no body has no tokens, and depth is no matter', () => {
  for (const body of [null, 7, 'text', [], {}]) expect(estimateRequest(body)).toBe(0)
  let deep: unknown = texts
  for (let level = 0; level < 100_000; level++) deep = [deep]
  expect(estimateRequest({ input: deep })).toBe(four)
})

/** The pieces, told once more by an expression alone, and what each counts. */
function estimateSlowly(text: string): number {
  const pieces =
    / ?(\p{Lu}?[a-z]+|[A-Z]+)|(\d+)| ?([\p{Script=Latin}\p{M}]+)| ?([\p{Script=Han}]+)| ?([\p{L}\p{M}]+)|(\p{Extended_Pictographic}\u{fe0f}?)| ?([^\s\p{L}\p{N}]+)|\s+|[^]/gu
  let tokens = 0
  for (const [, word, digits, latin, han, letters, emoji, signs] of text.matchAll(pieces)) {
    if (word !== undefined) tokens += word.length <= 9 ? 1 : Math.max(1, word.length / 5 - 0.6)
    else if (digits !== undefined) tokens += Math.ceil(digits.length / 3)
    else if (latin !== undefined) tokens += Math.max(1, latin.length / 3.2)
    else if (han !== undefined) tokens += han.length / 1.35
    else if (letters !== undefined) tokens += Math.max(1, letters.length / 3.3)
    else if (emoji !== undefined) tokens += 2
    else tokens += signs === undefined ? 1 : Math.max(1, signs.length / 2.6)
  }
  return Math.round(tokens)
}

test('what is plain, and what stands beside it, is cut as the expression for all scripts cuts it', () => {
  const parts = [
    'a',
    'Zz',
    'QRS',
    'Title',
    'averylongword',
    ' ',
    '  ',
    '\n',
    '\t',
    '1',
    '4567',
    '_',
    '("',
    '\u0000',
    '\u007f',
  ]
  const foreign = ['é', 'Éa', '“', '漢', 'я', '😀', '\u00a0', '\u0301', '\ud83d', '\ufeff', '²', '٣']
  const all = [...parts, ...foreign]
  const texts = all.flatMap((one) => all.flatMap((two) => all.map((three) => one + two + three)))
  expect(texts.filter((text) => estimateTokens(text) !== estimateSlowly(text))).toEqual([])
})
