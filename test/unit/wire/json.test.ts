import { expect, test } from 'bun:test'
import { createScan, findMembers, findMembersInTurns, replaceSpan, valueAt } from '../../../src/wire/json.ts'
import { createRandom, type Random } from '../../support/random.ts'

const encode = (text: string) => new TextEncoder().encode(text)

function valuesIn(text: string, names: readonly string[]): Record<string, unknown> {
  const body = encode(text)
  const found = findMembers(body, names)
  return Object.fromEntries([...found].map(([name, span]) => [name, valueAt(body, span)]))
}

test('members of the top level are found, wherever they stand and whatever stands around them', () => {
  const text =
    ' {"a":{"model":"deep","x":"}"},\n"s":"\\"model\\":\\\\",\t"model" : "m\u{1f600}" ,"stream":true}'
  expect(valuesIn(text, ['model', 'stream', 'none'])).toEqual({ model: 'm\u{1f600}', stream: true })
})

test('an escaped name is the same name, and of repeated members the last counts', () => {
  expect(valuesIn('{"mod\\u0065l":"one"}', ['model'])).toEqual({ model: 'one' })
  expect(valuesIn('{"model":1,"model":"two"}', ['model'])).toEqual({ model: 'two' })
})

test('what is no object has no members', () => {
  for (const text of [
    '',
    ' ',
    '[]',
    '"model"',
    'null',
    '{',
    '{}',
    '{"model"',
    '{"model":',
    '{model:1}',
    '\ufeff{}',
  ]) {
    expect([text, valuesIn(text, ['model'])]).toEqual([text, {}])
  }
})

test('what is found in a body that was cut anywhere is never something else', () => {
  const text = '{"a":[1,{"b":"]}"}],"model":"one \\" two","stream":false,"z":"\\\\"}'
  for (let cut = 0; cut <= text.length; cut++) {
    const { model = 'one " two', stream = false } = valuesIn(text.slice(0, cut), ['model', 'stream'])
    expect([cut, model, stream]).toEqual([cut, 'one " two', false])
  }
})

test('one span is replaced and every other byte stays', async () => {
  const body = encode('{ "x":1.50, "model" :"old" ,"y":"\\u20ac"}')
  const span = findMembers(body, ['model']).get('model')
  if (span === undefined) throw new Error('not found')
  const text = new TextDecoder().decode(await replaceSpan(body, span, '"a longer \u{1f600}"'))
  expect(text).toBe('{ "x":1.50, "model" :"a longer \u{1f600}" ,"y":"\\u20ac"}')
})

function anyValue(random: Random, depth: number): unknown {
  const kind = random.below(depth === 0 ? 4 : 6)
  if (kind === 0) return random.pick(['', 'x', '"', '\\', '\\"', '{"model":1}', 'é\u{1f600}', '\u0000\n'])
  if (kind === 1) return random.pick([0, -1.5e-7, 1e21, 42])
  if (kind === 2) return random.pick([true, false, null])
  if (kind === 3) return 'y'.repeat(random.below(50))
  if (kind === 4) return Array.from({ length: random.below(4) }, () => anyValue(random, depth - 1))
  const names = Array.from({ length: random.below(5) }, () =>
    random.pick(['model', 'stream', 'a"b', '', '\\', 'z']),
  )
  return Object.fromEntries(names.map((name) => [name, anyValue(random, depth - 1)]))
}

test('of any object it finds what a parser finds', () => {
  for (let seed = 0; seed < 3000; seed++) {
    const random = createRandom(seed)
    const value = anyValue(random, 3)
    const object =
      typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { model: value }
    const text = JSON.stringify(object, null, random.below(3))
    const { model, stream } = { model: undefined, stream: undefined, ...object }
    const found = valuesIn(text, ['model', 'stream'])
    expect([seed, found['model'], found['stream']]).toEqual([seed, model, stream])
  }
})

test('what is found does not depend on where a turn ends', () => {
  const long =
    'a string longer than what is looked through byte by byte, with \\"quotes\\" and slashes \\\\\\\\'
  const text = ` {"a" : {"model":[1,"}"]}, "${long}":"${long}","mod\\u0065l" : "${long}" ,"stream":\ttrue, "b":[[]] } ,"model":1`
  const body = encode(text)
  const expected = [...findMembers(body, ['model', 'stream'])]
  expect(expected.map(([name]) => name)).toEqual(['model', 'stream'])
  for (let size = 1; size <= body.length; size++) {
    const scan = createScan(body, ['model', 'stream'])
    while (scan.advance(size));
    expect([size, ...scan.found]).toEqual([size, ...expected])
  }
})

test('of any object the same is found in turns of any size', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = createRandom(seed)
    const body = encode(JSON.stringify({ a: anyValue(random, 3), model: anyValue(random, 2), stream: true }))
    const expected = [...findMembers(body, ['model', 'stream'])]
    for (const size of [1, 2, 3, 7, 33, 64]) {
      const scan = createScan(body, ['model', 'stream'])
      while (scan.advance(size));
      expect([seed, size, ...scan.found]).toEqual([seed, size, ...expected])
    }
  }
})

test('nothing behind the object is looked at', () => {
  const scan = createScan(encode('{"model":1} {"model":2}'), ['model'])
  expect(scan.advance(12)).toBe(false)
  expect(createScan(encode('[{"model":1}]'), ['model']).advance(1)).toBe(false)
})

test('while a large body is looked through everybody else has turns', async () => {
  const body = encode(`{"x":[${'[1,2],'.repeat(1 << 20)}0],"model":"m"}`)
  let turns = 0
  let isDone = false
  const count = () => {
    turns++
    if (!isDone) setImmediate(count)
  }
  setImmediate(count)
  const found = await findMembersInTurns(body, ['model'])
  isDone = true
  expect(valueAt(body, found.get('model'))).toBe('m')
  expect(turns).toBeGreaterThan(40)
})
