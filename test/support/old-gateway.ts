import { annotationsOf, type Finding, findingsIn, type Guardrail } from './findings.ts'
import { createSdk } from './invariant-sdk.ts'
import { at, listAt, textAt } from './json.ts'
import { type PythonRequest, send, type Told } from './python.ts'

/**
 * Invariant's gateway as its Explorer and its evaluator saw it: for each conversation it asks whose the key is and for the
 * rules of the dataset, has them loaded, has request and answer judged, and pushes the trace with what was found. Written
 * down from what version 0.0.9 sent, its slips included.
 */
export type OldGateway = {
  readonly chat: (chat: Chat) => Promise<Chatted>
  /** Tools of one MCP session: call by call, judged before they are told. */
  readonly openSession: (dataset: string, metadata: object) => McpSession
}

export type Chat = {
  /** Null: nothing is asked of Explorer, and nothing pushed. */
  readonly dataset: string | null
  readonly request: readonly Message[]
  readonly answer: readonly Message[]
  readonly metadata?: object
  /** Rules that the request brings: they stand for all others. */
  readonly header?: string
}

export type Message = { readonly role: string; readonly [key: string]: unknown }

export type Chatted =
  | { readonly kind: 'passed'; readonly trace: string | null }
  | {
      readonly kind: 'refused'
      readonly where: 'request' | 'response'
      readonly errors: readonly Finding[]
      readonly trace: string | null
    }
  /** Before anybody was called. */
  | { readonly kind: 'failed'; readonly status: 401 | 500 }

export type McpSession = {
  /** Whether it may be told. */
  readonly say: (message: Message) => Promise<'told' | 'blocked'>
  readonly trace: () => string
}

type Rules = { readonly block: readonly Guardrail[]; readonly log: readonly Guardrail[] }
type Question = { readonly dataset: string | null; readonly parameters: object }

export type OldGatewayOptions = { readonly url: string; readonly key: string }

export function createOldGateway({ url, key }: OldGatewayOptions): OldGateway {
  const sdk = createSdk({ url, key, library: 'httpx' })
  // One of the process, not of a session.
  const sessionId = crypto.randomUUID()
  const loaded = new Set<string>()

  const ask = (method: PythonRequest['method'], path: string, json?: unknown): Promise<Told> => {
    const own = { 'Accept-Encoding': 'gzip, deflate, br, zstd', Authorization: `Bearer ${key}` }
    const more = json === undefined ? {} : { Accept: 'application/json', 'X-Session-Id': sessionId }
    const request = { method, url: `${url}/api/v1${path}`, headers: { ...own, ...more } }
    return send('httpx', json === undefined ? request : { ...request, json })
  }

  async function rulesOf(dataset: string, client = ''): Promise<Rules | 401 | 500> {
    const identity = await ask('GET', '/user/identity')
    if (identity.status !== 200) return identity.status === 401 ? 401 : 500
    const owner = textAt(identity.json, 'username')
    const told = await ask('GET', `/dataset/byuser/${owner}/${dataset}/policy${client}`)
    if (told.status === 404) return { block: [], log: [] }
    if (told.status !== 200) return 500
    const enabled = listAt(told.json, 'policies').filter((policy) => at(policy, 'enabled') === true)
    return { block: withAction(enabled, 'block'), log: withAction(enabled, 'log') }
  }

  /** Once for each text, and nobody looks at the answers. */
  async function load({ block, log }: Rules): Promise<void> {
    const fresh = [...block, ...log].filter(({ content }) => !loaded.has(content))
    for (const { content } of fresh) loaded.add(content)
    await Promise.all(fresh.map(({ content }) => ask('POST', '/policy/load', { policy: content })))
  }

  async function check(messages: readonly Message[], rules: readonly Guardrail[], question: Question) {
    const told = await ask('POST', '/policy/check/batch', {
      messages,
      policies: rules.map(({ content }) => content),
      parameters: question.parameters,
      dataset_name: question.dataset,
    })
    if (told.status !== 200) {
      const why = `Gateway: Guardrails check failed: ${told.status} - ${told.text}`
      return [{ args: [why], ranges: ['messages[0].content:L0'] }]
    }
    return findingsIn(told.json, rules)
  }

  async function judged(messages: readonly Message[], rules: readonly Guardrail[], question: Question) {
    return rules.length === 0 ? [] : check(messages, rules, question)
  }

  async function chat({ dataset, request, answer, metadata = {}, header }: Chat): Promise<Chatted> {
    const found = dataset === null ? { block: [], log: [] } : await rulesOf(dataset)
    if (typeof found === 'number') return { kind: 'failed', status: found }
    const rules = header === undefined ? found : { block: [ofHeader(header)], log: [] }
    await load(rules)
    const question = { dataset, parameters: {} }
    const push = async (messages: readonly Message[], errors: readonly Finding[]) => {
      if (dataset === null) return null
      const noted = await judged(messages, rules.log, question)
      const annotations = annotationsOf([...errors, ...noted])
      const told = await sdk.pushTrace({
        messages: [messages.map(withoutNulls)],
        ...(annotations.length > 0 && { annotations: [annotations] }),
        dataset,
        metadata: [{ ...metadata, via_gateway: true }],
      })
      return textAt(told, 'id', 0)
    }
    for (const where of ['request', 'response'] as const) {
      const messages = where === 'request' ? request : [...request, ...answer]
      const errors = await judged(messages, rules.block, question)
      if (errors.length > 0) return { kind: 'refused', where, errors, trace: await push(messages, errors) }
    }
    return { kind: 'passed', trace: await push([...request, ...answer], []) }
  }

  function openSession(dataset: string, metadata: object): McpSession {
    const messages: Message[] = []
    const known = new Set<string>()
    let trace: string | null = null
    const say = async (message: Message): Promise<'told' | 'blocked'> => {
      const rules = await rulesOf(dataset, '?client_name=tester&server_name=messenger')
      if (typeof rules === 'number') throw new Error(`Explorer answered ${rules}`)
      messages.push(message)
      const question = (action: string) => ({ dataset, parameters: { metadata, action } })
      const blocked = annotationsOf(await judged(messages, rules.block, question('block')))
      const noted = annotationsOf(await judged(messages, rules.log, question('log')))
      const fresh = [...blocked, ...noted].filter((each) => !known.has(JSON.stringify(each)))
      const isBlocked = blocked.some((each) => !known.has(JSON.stringify(each)))
      for (const each of fresh) known.add(JSON.stringify(each))
      // With its nulls, unlike the traces of models.
      if (trace !== null) await sdk.appendMessages({ trace, messages: [message], annotations: fresh })
      else {
        const push = { messages: [[message]], annotations: [fresh], dataset }
        trace = textAt(await sdk.pushTrace({ ...push, metadata: [{ source: 'mcp', ...metadata }] }), 'id', 0)
      }
      return isBlocked ? 'blocked' : 'told'
    }
    return { say, trace: () => trace ?? '' }
  }

  return { chat, openSession }
}

function withAction(policies: readonly unknown[], action: string): Guardrail[] {
  const own = policies.filter((policy) => at(policy, 'action') === action)
  return own.map((policy) => ({
    id: textAt(policy, 'id'),
    name: textAt(policy, 'name'),
    content: textAt(policy, 'content'),
    action,
  }))
}

function ofHeader(content: string): Guardrail {
  return { id: 'guardrails-from-header', name: 'guardrails from request header', content, action: 'block' }
}

function withoutNulls(message: Message): object {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null))
}
