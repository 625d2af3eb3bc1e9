import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2'
import { connect, createServer, type Server } from 'node:net'
import { createAuthority, type Authority, type Certificate } from '../support/certificates.ts'
import { startChild } from '../support/child.ts'
import { ask } from '../support/client.ts'
import { chunk, chunkedHead, createProvider, lastChunk, whole, type Provider } from '../support/provider.ts'
import { createFolder } from '../support/traces.ts'
import { startWeir } from '../support/weir.ts'

/** How Weir reaches its providers and is reached itself: proxies, private authorities, certificates, HTTP/2. */
let folder: ReturnType<typeof createFolder>
let authority: Authority
let server: Certificate
let plain: Provider
let secure: Provider
let proxy: Proxy
const path = '/v1/models'

beforeAll(async () => {
  folder = createFolder()
  authority = createAuthority(folder.path)
  server = authority.sign('server')
  plain = await createProvider((call) => call.send(whole('plain')))
  secure = await createProvider((call) => call.send(whole('secure')), pems(server))
  proxy = await createProxy()
})

afterAll(async () => {
  await plain.stop()
  await secure.stop()
  proxy.server.close()
  folder[Symbol.dispose]()
})

function pems({ cert, key }: Certificate): { cert: string; key: string } {
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}

/** Tunnels what is asked for by CONNECT, and answers everything else itself; keeps what it was asked. */
type Proxy = { readonly url: string; readonly asked: string[]; readonly server: Server }

async function createProxy(): Promise<Proxy> {
  const asked: string[] = []
  const listener = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', (bytes: Buffer) => {
      const [line = ''] = String(bytes).split('\r\n', 1)
      asked.push(line)
      const [, port] = /^CONNECT 127\.0\.0\.1:(\d+) /.exec(line) ?? []
      if (port === undefined) return void socket.end(whole('proxied'))
      const onward = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        socket.pipe(onward).pipe(socket)
      })
      onward.on('error', () => socket.destroy())
    })
  })
  listener.listen(0, '127.0.0.1')
  await new Promise((resolve) => listener.once('listening', resolve))
  const address = listener.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, asked, server: listener }
}

function providers() {
  return {
    plain: { dialect: 'openai-chat', url: plain.url },
    direct: { dialect: 'openai-chat', url: plain.url, proxy: false },
    secure: { dialect: 'openai-chat', url: secure.url, ca: authority.ca },
    'secure-direct': { dialect: 'openai-chat', url: secure.url, ca: authority.ca, proxy: false },
  }
}

/** What each provider answers, and what the proxy was asked meanwhile. */
async function answers(url: string): Promise<Record<string, string>> {
  const told: Record<string, string> = {}
  for (const name of Object.keys(providers())) {
    const before = proxy.asked.length
    const reply = await ask(url, { path: `/${name}${path}` })
    const way = proxy.asked.length > before ? 'by proxy' : 'directly'
    told[name] = `${reply.status} ${String(reply.body)} ${way}`
  }
  return told
}

test('the proxies of the environment are used, but for providers that go directly', async () => {
  using own = createFolder()
  const environment = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url }
  const weir = await startChild({ providers: providers() }, { folder: own.path, environment })
  expect(await answers(weir.url)).toEqual({
    plain: '200 proxied by proxy',
    direct: '200 plain directly',
    secure: '200 secure by proxy',
    'secure-direct': '200 secure directly',
  })
  weir.process.kill('SIGKILL')
  await weir.process.exited
})

test('NO_PROXY names hosts that are reached directly', async () => {
  using own = createFolder()
  const environment = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: 'example.test,127.0.0.1' }
  const weir = await startChild({ providers: providers() }, { folder: own.path, environment })
  const told = await answers(weir.url)
  expect(Object.values(told).filter((each) => !each.endsWith('directly'))).toEqual([])
  weir.process.kill('SIGKILL')
  await weir.process.exited
})

test('a proxy of its own is for one provider only', async () => {
  const { plain: one, secure: two } = providers()
  await using weir = await startWeir({
    providers: { ...providers(), plain: { ...one, proxy: proxy.url }, secure: { ...two, proxy: proxy.url } },
  })
  expect(await answers(weir.url)).toEqual({
    plain: '200 proxied by proxy',
    direct: '200 plain directly',
    secure: '200 secure by proxy',
    'secure-direct': '200 secure directly',
  })
})

test('a proxy that nobody is at is a provider that cannot be reached', async () => {
  const { plain: one } = providers()
  await using weir = await startWeir({ providers: { plain: { ...one, proxy: 'http://127.0.0.1:1' } } })
  const reply = await ask(weir.url, { path: `/plain${path}` })
  expect([reply.status, String(reply.body).includes('127.0.0.1')]).toEqual([502, false])
})

test('a certificate of a private authority is believed where it is configured, and only there', async () => {
  await using weir = await startWeir({
    providers: {
      secure: { dialect: 'openai-chat', url: secure.url, ca: authority.ca },
      strange: { dialect: 'openai-chat', url: secure.url },
    },
  })
  for (const [name, status] of [
    ['secure', 200],
    ['strange', 502],
    ['secure', 200],
    ['strange', 502],
  ] as const) {
    expect([name, (await ask(weir.url, { path: `/${name}${path}` })).status]).toEqual([name, status])
  }
})

test('a provider that wants a certificate sees the one that is configured for it', async () => {
  const client = authority.sign('client')
  const options = { ...pems(server), ca: readFileSync(authority.ca, 'utf8'), requestCert: true }
  const strict = await createProvider((call) => call.send(whole('known')), {
    ...options,
    rejectUnauthorized: true,
  })
  const common = { dialect: 'openai-chat', url: strict.url, ca: authority.ca }
  await using weir = await startWeir({
    providers: { known: { ...common, cert: client.cert, certKey: client.key }, unknown: common },
  })
  const known = await ask(weir.url, { path: `/known${path}` })
  expect([known.status, String(known.body)]).toEqual([200, 'known'])
  expect((await ask(weir.url, { path: `/unknown${path}` })).status).toBe(502)
  await strict.stop()
})

test('with tls Weir speaks HTTP/1.1 and HTTP/2, and passes streams and errors over both', async () => {
  const streaming = await createProvider(async (call) => {
    await call.body()
    call.send(chunkedHead())
    call.send(chunk('data: {"choices":[]}\n\n'))
    if (call.target.endsWith('broken')) return call.end()
    call.send(chunk('data: [DONE]\n\n'))
    call.send(lastChunk)
  })
  await using weir = await startWeir({
    tls: server,
    providers: { fake: { dialect: 'openai-chat', url: streaming.url } },
  })
  const ca = readFileSync(authority.ca, 'utf8')
  const whole1 = await fetch(`${weir.url}/fake/v1/chat/completions`, {
    method: 'POST',
    body: '{}',
    tls: { ca },
  })
  expect(await whole1.text()).toBe('data: {"choices":[]}\n\ndata: [DONE]\n\n')
  const session = connectHttp2(weir.url, { ca })
  const good = await askHttp2(session, '/fake/v1/chat/completions')
  expect(good).toEqual({ status: 200, body: 'data: {"choices":[]}\n\ndata: [DONE]\n\n', isClean: true })
  const bad = await askHttp2(session, '/fake/v1/chat/completions?broken')
  expect([bad.status, bad.isClean]).toEqual([200, false])
  expect((await askHttp2(session, '/health')).body).toBe('ok\n')
  session.close()
  await streaming.stop()
})

type Told = { readonly status: number; readonly body: string; readonly isClean: boolean }

function askHttp2(session: ClientHttp2Session, target: string): Promise<Told> {
  return new Promise((resolve) => {
    const isPost = target !== '/health'
    const stream = session.request({ ':path': target, ':method': isPost ? 'POST' : 'GET' })
    let status = 0
    let body = ''
    let isClean = true
    stream.on('response', (headers) => void (status = Number(headers[':status'])))
    stream.on('data', (bytes: Buffer) => void (body += String(bytes)))
    stream.on('error', () => void (isClean = false))
    stream.on('aborted', () => void (isClean = false))
    stream.on('close', () => resolve({ status, body, isClean: isClean && stream.rstCode === 0 }))
    stream.end(isPost ? '{}' : undefined)
  })
}
