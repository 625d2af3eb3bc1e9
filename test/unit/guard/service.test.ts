import { expect, test } from 'bun:test'
import type { Detector, DetectorName } from '../../../src/guard/detector.ts'
import { createPolicies } from '../../../src/guard/policies.ts'
import { createRandom } from '../../support/random.ts'
import { createPolicyService, type PolicyQuestion, type ServiceOptions } from '../../../src/guard/service.ts'

const never = new AbortController().signal

function serviceOf(options: Partial<ServiceOptions> = {}) {
  const check = createPolicyService({ policies: createPolicies(), ...options })
  return async (kind: PolicyQuestion['kind'], body: unknown) => {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    const answer = await check({ kind, body: bytes }, never)
    return answer.kind === 'told' ? { kind: answer.kind, value: JSON.parse(answer.json) } : answer
  }
}

const said = 'raise "secret" if:\n    (m: Message)\n    "sesame" in m.content\n'
const broken = 'raise if:\n'
const needy = 'raise "much" if:\n    (m: Message)\n    len(m.content) > input.most\n'
const messages = [
  { role: 'user', content: 'Open up' },
  { role: 'assistant', content: 'Say sesame' },
]
const finding = {
  key: '(0, (1,))',
  args: ['secret'],
  kwargs: {},
  ranges: ['messages.1', 'messages.1.content:4-10'],
}

/** By which the library and the gateway's tests know it. */
const unusable = expect.stringMatching(
  /^Failed to create policy from policy source\. The following errors were found:\nline 1, column/,
)

test('a policy is loaded, and one that is none is told with its place', async () => {
  const ask = serviceOf()
  expect(await ask('load', { policy: said })).toEqual({
    kind: 'told',
    value: { success: true, rules: 1, warnings: [] },
  })
  const answer = await ask('load', { policy: broken })
  expect(answer).toMatchObject({ kind: 'refused', why: 'request', detail: unusable })
})

test('one policy is checked: what it found in the form of the hosted service', async () => {
  const ask = serviceOf()
  expect(await ask('check', { messages, policy: said, parameters: {} })).toEqual({
    kind: 'told',
    value: { errors: [finding] },
  })
  expect(await ask('check', { messages: messages.slice(0, 1), policy: said })).toEqual({
    kind: 'told',
    value: { errors: [] },
  })
})

test('each policy of a batch has its own answer, in their order, and one that is none does not hide the others', async () => {
  const answer = await serviceOf()('batch', {
    messages,
    policies: [broken, said, needy],
    parameters: { action: 'block' },
    dataset_name: null,
  })
  expect(answer).toEqual({
    kind: 'told',
    value: {
      result: [
        { errors: [], error_message: unusable },
        { errors: [finding], error_message: null },
        { errors: [], error_message: expect.stringMatching(/^Missing Policy Parameter: .*most/) },
      ],
    },
  })
})

test('parameters reach the rules as input', async () => {
  const ask = serviceOf()
  const count = async (most: number) => {
    const answer = await ask('check', { messages, policy: needy, parameters: { most } })
    return answer.kind === 'told' ? answer.value['errors'] : answer
  }
  expect(await count(8)).toMatchObject([{ args: ['much'] }])
  expect(await count(50)).toEqual([])
})

test('what the library knows its errors by stands at the beginning, and says whose error it is', async () => {
  const ask = serviceOf()
  const detail = async (condition: string) => {
    const answer = await ask('check', {
      messages,
      policy: `raise "x" if:\n    (m: Message)\n    ${condition}\n`,
    })
    return answer.kind === 'refused' ? `${answer.why} ${answer.detail}` : 'told'
  }
  expect(await detail('input.most > 1')).toStartWith('request Missing Policy Parameter: ')
  expect(await detail('m.nothing == 1')).toStartWith('request Invariant Attribute Error: ')
  expect(await detail('1 / 0 == 1')).toStartWith('analysis Error during analysis: ')
})

test('what was found is told where another rule fails, and that it failed beside it', async () => {
  const answer = await serviceOf()('check', { messages, policy: `${said}\n${needy}` })
  expect(answer).toEqual({
    kind: 'told',
    value: { errors: [finding], error_message: expect.stringContaining('(rule in line 5)') },
  })
})

test('what other gateways copy unread is no reason to refuse all of it', async () => {
  const answer = await serviceOf()('check', {
    policy: 'raise "seen" if:\n    (c: ToolCall)\n    c.function.arguments.get("input") == "rm"\n',
    messages: [
      {
        role: 'user',
        content: ['bare', { type: 'image', source: { data: 'AAAA', media_type: 'image/png' } }],
      },
      {
        role: 'model',
        content: null,
        metadata: null,
        tool_calls: [{ id: null, function: { name: 'a', arguments: '' } }],
      },
      { role: 'assistant', content: '', tool_calls: [{ function: { name: 'a', arguments: 'rm' } }] },
    ],
  })
  expect(answer).toMatchObject({ kind: 'told', value: { errors: [{ ranges: ['messages.2.tool_calls.0'] }] } })
})

test('messages that are none are told: to one policy as a refusal, to many with each of them', async () => {
  const ask = serviceOf()
  expect(await ask('check', { messages: [5], policy: said })).toEqual({
    kind: 'refused',
    why: 'request',
    detail: 'message 0 is not an object',
  })
  expect(await ask('batch', { messages: [5], policies: [said] })).toEqual({
    kind: 'told',
    value: { result: [{ errors: [], error_message: 'message 0 is not an object' }] },
  })
})

test('a body that is not as it should be is told with the place', async () => {
  const ask = serviceOf()
  const detail = async (kind: PolicyQuestion['kind'], body: unknown) => {
    const answer = await ask(kind, body)
    return answer.kind === 'refused' ? answer.detail : 'told'
  }
  expect(await detail('load', '{')).toBe('The body is no JSON')
  expect(await detail('load', 'null')).toStartWith('the body: ')
  expect(await detail('load', {})).toStartWith('policy: ')
  expect(await detail('check', { messages: {}, policy: said })).toStartWith('messages: ')
  expect(await detail('batch', { messages, policies: [said, 1] })).toStartWith('policies.1: ')
  expect(await detail('batch', { messages, policies: Array(201).fill(said) })).toStartWith('policies: ')
  expect(await detail('batch', { messages, policies: Array(200).fill('') })).toBe('told')
})

test('the time is that of the request: what comes after it is not judged, and says so', async () => {
  let ms = 0
  const ask = serviceOf({ now: () => (ms += 10), mostMs: 25 })
  expect(await ask('batch', { messages: [], policies: ['', '', said] })).toMatchObject({
    value: {
      result: [
        { error_message: null },
        { error_message: expect.stringContaining('time') },
        { error_message: expect.stringContaining('time') },
      ],
    },
  })
})

test('an answer has room for so much, and says what it has no room for', async () => {
  const policy = 'raise Violation("told", m.content) if:\n    (m: Message)\n'
  const long = 'x'.repeat(1024 * 1024)
  const answer = await serviceOf()('batch', {
    messages: Array(4).fill({ role: 'user', content: long }),
    policies: Array(5).fill(policy),
  })
  expect(answer).toMatchObject({
    value: {
      result: [
        ...Array(3).fill({ error_message: null }),
        { error_message: '1 more violations, for which there is no room' },
        { error_message: '4 more violations, for which there is no room' },
      ],
    },
  })
})

test('detectors are asked, and one that fails is a failed rule', async () => {
  const moderated: Detector = {
    kind: 'remote',
    name: 'moderated',
    kinds: [],
    detect: async (texts) => {
      if (texts.includes('fail')) throw new Error('it is away')
      return texts.map((text) => ({ findings: text === 'bad' ? [{ kind: 'hate', start: 0, end: 3 }] : [] }))
    },
  }
  const ask = serviceOf({ detectors: new Map<DetectorName, Detector>([['moderated', moderated]]) })
  const policy =
    'from invariant.detectors import moderated\nraise "hate" if:\n    (m: Message)\n    moderated(m.content)\n'
  const check = (content: string) => ask('check', { messages: [{ role: 'user', content }], policy })
  expect(await check('good')).toMatchObject({ value: { errors: [] } })
  expect(await check('bad')).toMatchObject({ value: { errors: [{ args: ['hate'] }] } })
  expect(await check('fail')).toMatchObject({
    why: 'analysis',
    detail: expect.stringContaining('it is away'),
  })
})

test('whatever a body is, it is answered', async () => {
  const random = createRandom(11)
  const ask = serviceOf()
  const whole = JSON.stringify({
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'sesame' }] },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: '1', type: 'function', function: { name: 'a', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: '1', content: 'sesame', metadata: { server: 'b' } },
    ],
    policies: [said],
    policy: said,
    parameters: { a: 1 },
  })
  const parts = ['null', '5', '""', '[]', '{}', '"', ',', ':', '{', ']', 'true', '[5]']
  for (let each = 0; each < 3_000; each++) {
    const at = random.below(whole.length)
    const body = whole.slice(0, at) + random.pick(parts) + whole.slice(at + random.below(12))
    expect(await ask(random.pick(['load', 'check', 'batch'] as const), body)).toHaveProperty('kind')
  }
})
