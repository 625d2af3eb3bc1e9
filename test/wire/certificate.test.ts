import { afterAll, afterEach, expect, test } from 'bun:test'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { createAuthority } from '../support/certificates.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

const started: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of started.splice(0)) await each[Symbol.asyncDispose]()
})

const drawer = createFolder()
afterAll(() => drawer[Symbol.dispose]())
const { sign } = createAuthority(drawer.path)
const one = { name: 'one.test', files: sign('one.test') }
const two = { name: 'two.test', files: sign('two.test') }

async function start() {
  const folder = createFolder()
  const files = { cert: join(folder.path, 'cert.pem'), key: join(folder.path, 'key.pem') }
  const place = ({ files: { cert, key } }: typeof one): void => {
    copyFileSync(cert, files.cert)
    copyFileSync(key, files.key)
  }
  place(one)
  const weir = await startWeir({ tls: files })
  started.push(weir, { [Symbol.asyncDispose]: async () => folder[Symbol.dispose]() })
  return { weir, place, files }
}

function open(weir: Weir): Promise<TLSSocket> {
  const { port } = new URL(weir.url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false }, () =>
      resolve(socket),
    )
    socket.on('error', reject)
  })
}

/** The name in the certificate that a new connection is shown. */
async function shownBy(weir: Weir): Promise<string> {
  const socket = await open(weir)
  const { subject } = socket.getPeerCertificate()
  socket.destroy()
  return String(subject?.CN)
}

/** All that comes until the server closes. */
function getOn(socket: TLSSocket, path: string): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.on('data', (bytes) => (text += String(bytes)))
    socket.on('close', () => resolve(text))
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
  })
}

const trusting = { tls: { rejectUnauthorized: false } }

function ask(weir: Weir, model: string, init: BunFetchRequestInit = {}): Promise<Response> {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello' }] })
  const headers = { 'content-type': 'application/json' }
  return fetch(`${weir.url}/v1/chat/completions`, { method: 'POST', headers, body, ...trusting, ...init })
}

test('a new certificate is shown to new connections, and the answers that run go on to their end', async () => {
  const { weir, place } = await start()
  expect(weir.url).toStartWith('https://127.0.0.1:')
  expect(await shownBy(weir)).toBe(one.name)
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(weir, 'demo/human')))
  place(two)
  weir.running.renew()
  await until('the new certificate', async () => (await shownBy(weir)) === two.name)
  for (const answer of answers) expect(await answer.text()).toEndWith('data: [DONE]\n\n')
  expect((await weir.traces()).every(({ outcome }) => outcome === 'answered')).toBe(true)
}, 20_000)

test('clients that keep their connections notice nothing of a renewal', async () => {
  const { weir, place } = await start()
  const body = JSON.stringify({ model: 'demo/fast', messages: [{ role: 'user', content: 'Hello' }] })
  let isOver = false
  const client = async (): Promise<number> => {
    for (let count = 0; ; count++) {
      if (isOver) return count
      const answer = await ask(weir, 'demo/fast', { body })
      expect(answer.status).toBe(200)
      await answer.arrayBuffer()
    }
  }
  const clients = Promise.all(Array.from({ length: 8 }, client))
  place(two)
  weir.running.renew()
  // Past the second in which the first server sends its clients away.
  await Bun.sleep(1500)
  isOver = true
  expect((await clients).every((count) => count > 10)).toBe(true)
  expect(await Promise.all(Array.from({ length: 10 }, () => shownBy(weir)))).toEqual(Array(10).fill(two.name))
}, 20_000)

test('while the first server still answers, it sends its clients away and has every page', async () => {
  const { weir, place } = await start()
  // Connections that stand before the renewal are the first server's.
  const sockets = await Promise.all([open(weir), open(weir), open(weir)])
  place(two)
  weir.running.renew()
  const paths = ['/demo/v1/models', '/health', '/']
  const answers = await Promise.all(sockets.map((socket, at) => getOn(socket, paths[at] ?? '')))
  for (const answer of answers) expect(answer).toStartWith('HTTP/1.1 200 ')
  for (const answer of answers.slice(0, 2))
    expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n')
  expect(answers[2]).toContain('<html')
}, 20_000)

test('files that do not belong together, or are none, leave the certificate as it is', async () => {
  const { weir, files } = await start()
  copyFileSync(two.files.cert, files.cert)
  expect(weir.running.renew).toThrow(
    `The key in ${files.key} is not that of the certificate in ${files.cert}`,
  )
  writeFileSync(files.cert, 'no certificate')
  expect(weir.running.renew).toThrow()
  expect(await shownBy(weir)).toBe(one.name)
  expect((await fetch(`${weir.url}/health`, trusting)).status).toBe(200)
})

test('a stop waits for the answers of every server, the renewed ones too', async () => {
  const { weir, place } = await start()
  const before = await ask(weir, 'demo/human')
  place(two)
  weir.running.renew()
  const after = await ask(weir, 'demo/human')
  const stopped = weir.running.stop()
  expect(await before.text()).toEndWith('data: [DONE]\n\n')
  expect(await after.text()).toEndWith('data: [DONE]\n\n')
  await stopped
  expect(
    await fetch(`${weir.url}/health`, trusting).then(
      () => 'reached',
      () => 'gone',
    ),
  ).toBe('gone')
}, 20_000)

test('a port is not shared with another Weir, with TLS or without', async () => {
  const { weir, files } = await start()
  const plain = await startWeir()
  started.push(plain)
  for (const { url } of [weir, plain]) {
    const listen = new URL(url).host
    await expect(startWeir({ listen })).rejects.toThrow('in use')
    await expect(startWeir({ listen, tls: files })).rejects.toThrow('in use')
  }
})
