import { expect, test } from 'bun:test'
import { createAccess, type AccessSettings } from '../../../../src/api/home/access.ts'
import { createLetIn } from '../../../../src/api/home/let-in.ts'
import { Fault } from '../../../../src/core/fault.ts'
import { hashOfKey } from '../../../../src/trace/home/key.ts'
import type { KnownKey, KnownPolicy, Snapshot } from '../../../../src/trace/home/snapshot.ts'
import type { Right } from '../../../../src/trace/home/who.ts'

/** Who is let in, by what the store has said, before it has said anything, and if it never does. */
const nothing: Snapshot = { keys: [], hasKeys: false, policies: [], owned: [] }

function knownKey(text: string, change: Partial<KnownKey> = {}): KnownKey {
  const rights: readonly Right[] = ['gateway', 'read']
  return {
    id: `id-of-${text}`,
    hash: hashOfKey(text),
    user: 'ada',
    rights,
    projects: null,
    expiresAt: null,
    ...change,
  }
}

function withKeys(...keys: readonly KnownKey[]): Snapshot {
  return { keys, hasKeys: true, policies: [], owned: [] }
}

function accessOf(settings: Partial<AccessSettings> = {}, snapshot: Snapshot | null = nothing) {
  let at = 1000
  const waited = Promise.withResolvers<void>()
  const access = createAccess({
    token: undefined,
    access: 'auto',
    isLoopback: true,
    now: () => at,
    wait: () => waited.promise,
    ...settings,
  })
  if (snapshot !== null) access.take(JSON.stringify(snapshot))
  return { access, setNow: (ms: number) => (at = ms), wearOut: waited.resolve }
}

function asked(credential: string | null): Request {
  const headers: Record<string, string> = credential === null ? {} : { authorization: `Bearer ${credential}` }
  return new Request('http://localhost/api/v1/user/identity', { headers })
}

async function outcome(access: ReturnType<typeof accessOf>['access'], credential: string | null) {
  try {
    return (await access.whoIs(asked(credential))).user.username
  } catch (error) {
    return error instanceof Fault ? error.code : 'thrown'
  }
}

test('without a key or token everybody is the local user, whatever is shown', async () => {
  const { access } = accessOf()
  expect(await outcome(access, null)).toBe('developer')
  expect(await outcome(access, 'inv-anything')).toBe('developer')
  expect(access.permit(null, 'p')).toBe('granted')
})

test.each([
  ['a token', { token: 'secret' }, nothing],
  ['access: keys', { access: 'keys' as const }, nothing],
  ['a key', {}, withKeys(knownKey('other'))],
  ['a key that was revoked', {}, withKeys()],
])('%s closes what was open', async (_, settings, snapshot) => {
  const { access } = accessOf(settings, snapshot)
  expect(await outcome(access, null)).toBe('unauthorized')
  expect(await outcome(access, 'inv-anything')).toBe('unauthorized')
  expect(access.permit(null, 'p')).toBe('no-key')
  expect(access.permit('inv-anything', 'p')).toBe('unknown-key')
})

test('the token may do everything, a key what it has the right to, in its projects', async () => {
  const scoped = knownKey('scoped', { projects: ['one'], rights: ['gateway'] })
  const { access } = accessOf({ token: 'secret' }, withKeys(scoped, knownKey('wide')))
  expect(await outcome(access, 'secret')).toBe('developer')
  expect(await outcome(access, 'scoped')).toBe('ada')
  expect(access.permit('secret', 'two', 'admin')).toBe('granted')
  expect(access.permit('scoped', 'one')).toBe('granted')
  expect(access.permit('scoped', 'two')).toBe('forbidden')
  expect(access.permit('scoped', 'one', 'read')).toBe('forbidden')
  expect(access.permit('wide', 'two', 'read')).toBe('granted')
})

test('a key ends at its moment, and with the snapshot in which it is not', () => {
  const { access, setNow } = accessOf({}, withKeys(knownKey('short', { expiresAt: 2000 }), knownKey('long')))
  expect(access.permit('short', 'p')).toBe('granted')
  setNow(2000)
  expect(access.permit('short', 'p')).toBe('unknown-key')
  expect(access.permit('long', 'p')).toBe('granted')
  access.take(JSON.stringify(withKeys()))
  expect(access.permit('long', 'p')).toBe('unknown-key')
})

test('a store that was lost and is a new one opens nothing', () => {
  const { access } = accessOf({}, withKeys(knownKey('a')))
  access.take(JSON.stringify(nothing))
  expect(access.permit(null, 'p')).toBe('no-key')
})

test('before the store has said what there is, whoever asks waits for it', async () => {
  const { access } = accessOf({}, null)
  const one = outcome(access, null)
  const other = outcome(access, 'mine')
  const permit = access.permit('mine', 'p')
  access.take(JSON.stringify(withKeys(knownKey('mine'))))
  expect([await one, await other, await permit]).toEqual(['unauthorized', 'ada', 'granted'])
})

test('the token needs no store', () => {
  const { access } = accessOf({ token: 'secret' }, null)
  expect(access.whoIs(asked('secret'))).toMatchObject({ user: { username: 'developer' } })
  expect(access.permit('secret', 'p')).toBe('granted')
})

test.each([
  ['what only this machine reaches', {}, 'granted'],
  ['what others reach', { isLoopback: false }, 'no-key'],
  ['what has a token', { token: 'secret' }, 'no-key'],
  ['what wants keys', { access: 'keys' }, 'no-key'],
] as const)(
  'a store that says nothing leaves models to %s, and the API closed',
  async (_, settings, permit) => {
    const { access, wearOut } = accessOf(settings, null)
    const asking = outcome(access, null)
    wearOut()
    expect(await asking).toBe('overloaded')
    expect(access.permit(null, 'p')).toBe(permit)
    access.take(JSON.stringify(nothing))
    expect(await outcome(access, null)).toBe(access.isNeeded() ? 'unauthorized' : 'developer')
  },
)

const fromElsewhere = { isLoopback: false }

test.each([
  ['one user of one machine may bring rules', {}, nothing, null, true],
  ['whatever that user shows', {}, nothing, 'inv-anything', true],
  ['others may not without a key', fromElsewhere, nothing, null, false],
  ['nobody may without one where there are keys', {}, withKeys(knownKey('k')), null, false],
  ['nor where there was one', {}, withKeys(), null, false],
  ['nor where there is a token', { token: 'secret' }, nothing, null, false],
  ['nor where keys are wanted', { access: 'keys' as const }, nothing, null, false],
  ['the token may', { ...fromElsewhere, token: 'secret' }, nothing, 'secret', true],
  ['a key may not without the right', {}, withKeys(knownKey('k')), 'k', false],
  ['a key with the right may', fromElsewhere, withKeys(knownKey('k', { rights: ['rules'] })), 'k', true],
  ['admin may', fromElsewhere, withKeys(knownKey('k', { rights: ['admin'] })), 'k', true],
  ['for its own project', {}, withKeys(knownKey('k', { rights: ['rules'], projects: ['p'] })), 'k', true],
  ['for no other', {}, withKeys(knownKey('k', { rights: ['rules'], projects: ['q'] })), 'k', false],
  [
    'a key that is over may not',
    {},
    withKeys(knownKey('k', { rights: ['rules'], expiresAt: 9 })),
    'k',
    false,
  ],
])('rules that a request brings: %s', (_, settings, snapshot, credential, may) => {
  expect(accessOf(settings, snapshot).access.mayRule(credential, 'p')).toBe(may)
})

test.each([
  ['what only this machine reaches', {}, true],
  ['nothing that others reach', fromElsewhere, false],
  ['nothing that wants keys', { access: 'keys' }, false],
] as const)(
  'before the store has said who may, rules wait for it, and without it there are rules for %s',
  async (_, settings, may) => {
    const { access, wearOut } = accessOf(settings, null)
    const asked = access.mayRule('k', 'p')
    expect(asked).toBeInstanceOf(Promise)
    wearOut()
    expect(await asked).toBe(may)
    access.take(JSON.stringify(withKeys(knownKey('k', { rights: ['rules'] }))))
    expect(access.mayRule('k', 'p')).toBe(true)
    expect(access.mayRule(null, 'p')).toBe(false)
  },
)

test('when a key was used last is told once', () => {
  const { access, setNow } = accessOf({}, withKeys(knownKey('a'), knownKey('b')))
  access.permit('a', 'p')
  setNow(1500.5)
  access.permit('a', 'p')
  access.permit('c', 'p')
  expect(access.takeUses()).toEqual({ 'id-of-a': 1500 })
  expect(access.takeUses()).toEqual({})
})

test('credentials of many clients, and long ones, are known as those of a few are', () => {
  const long = 'x'.repeat(5000)
  const { access } = accessOf({}, withKeys(knownKey('a'), knownKey(long)))
  for (let number = 0; number < 2500; number++)
    expect(access.permit(`inv-${number}`, 'p')).toBe('unknown-key')
  expect(access.permit('a', 'p')).toBe('granted')
  expect(access.permit(long, 'p')).toBe('granted')
})

test('the rules of a project are one list until they change', () => {
  const policy: KnownPolicy = {
    project: 'p',
    name: 'a',
    content: 'raise "x" if:\n    True\n',
    action: 'block',
  }
  const { access } = accessOf({}, { ...nothing, policies: [policy] })
  const first = access.rulesOf('p')
  expect(first).toMatchObject([
    { name: 'a', text: policy.content, action: 'block', mode: 'hold', isClients: false },
  ])
  expect(access.rulesOf('q')).toBe(access.rulesOf('r'))
  access.take(JSON.stringify({ ...nothing, policies: [policy, { ...policy, project: 'q' }] }))
  expect(access.rulesOf('p')).toBe(first)
  access.take(JSON.stringify({ ...nothing, policies: [{ ...policy, action: 'log' }] }))
  expect(access.rulesOf('p')).toMatchObject([{ action: 'log' }])
  expect(access.rulesOf('q')).toEqual([])
})

test('for models a key is taken from headers that are for Weir by name, and from no provider’s', async () => {
  const letIn = createLetIn(
    accessOf({ access: 'keys' }, withKeys(knownKey('k', { projects: ['mine'] }))).access,
  )
  const told = async (headers: Record<string, string>) => {
    const as = await letIn(new Request('http://localhost/v1/models', { headers }))
    return as instanceof Fault ? as.code : `as ${as}`
  }
  const project = { 'x-weir-project': 'mine' }
  expect(await told({ 'x-weir-key': 'k', ...project })).toBe('as ada')
  expect(await told({ 'x-weir-key': 'Bearer k', ...project })).toBe('as ada')
  expect(await told({ 'invariant-authorization': 'Bearer k', ...project })).toBe('as ada')
  expect(await told({ authorization: 'Bearer k', ...project })).toBe('unauthorized')
  expect(await told({ 'x-weir-key': 'k' })).toBe('forbidden')
})

test('where no key is asked for, one is for a project that is somebody’s', async () => {
  const owned = [{ project: 'ada-s', user: 'ada' }]
  const admin = knownKey('all', { user: 'bob', rights: ['admin'] })
  const keys = [knownKey('a'), knownKey('b', { user: 'bob' }), admin]
  const letIn = createLetIn(accessOf({}, { ...withKeys(...keys), owned }).access)
  for (const [project, key, wanted] of [
    ['another', null, 'as developer'],
    ['another', 'b', 'as bob'],
    ['another', 'unknown', 'as developer'],
    ['ada-s', null, 'unauthorized'],
    ['ada-s', 'unknown', 'unauthorized'],
    ['ada-s', 'b', 'forbidden'],
    ['ada-s', 'a', 'as ada'],
    ['ada-s', 'all', 'as bob'],
  ] as const) {
    const headers = { 'x-weir-project': project, ...(key !== null && { 'x-weir-key': key }) }
    const as = await letIn(new Request('http://localhost/v1/models', { headers }))
    expect([project, key, as instanceof Fault ? as.code : `as ${as}`]).toEqual([project, key, wanted])
  }
})

test('before there is any key nobody is asked, and nothing is looked up', () => {
  const letIn = createLetIn(accessOf().access)
  const headers = { 'x-weir-key': 'k', 'x-weir-project': 'p' }
  expect(letIn(new Request('http://localhost/v1/models', { headers }))).toBe('developer')
})
