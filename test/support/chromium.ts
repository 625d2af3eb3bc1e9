import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A real Chromium, driven by its own protocol over a WebSocket: enough to open a page, look at it and press keys. */
export type Browser = { readonly open: (url: string) => Promise<Tab>; readonly close: () => Promise<void> }

export type Tab = {
  readonly send: (method: string, parameters?: object) => Promise<unknown>
  /** The value of an expression in the page, which may be a promise. */
  readonly evaluate: (expression: string) => Promise<unknown>
  /** Resolves once the expression is true. */
  readonly until: (expression: string) => Promise<void>
  readonly press: (key: string) => Promise<void>
  readonly close: () => Promise<void>
  readonly screenshot: (path: string) => Promise<void>
  readonly resize: (width: number, height: number) => Promise<void>
  /** Addresses of all requests so far, and what the console, errors and policies said. */
  readonly requests: readonly string[]
  readonly complaints: readonly string[]
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const patienceMs = 10_000

export function findChromium(): string {
  const found = names.map((name) => Bun.which(name)).find((path) => path !== null)
  if (found !== undefined && found !== null) return found
  throw new Error('This test needs Chromium: install it with `apt-get install -y chromium`')
}

export async function launch(): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-chromium-'))
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
  ]
  const quiet = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--hide-scrollbars',
  ]
  const child = Bun.spawn(
    [
      findChromium(),
      ...flags,
      ...quiet,
      '--remote-debugging-port=0',
      `--user-data-dir=${folder}`,
      'about:blank',
    ],
    { stdout: 'ignore', stderr: 'ignore' },
  )
  const port = await debuggingPort(folder)
  return {
    open: async (url) => {
      const created = await fetch(`http://127.0.0.1:${port}/json/new?about:blank`, { method: 'PUT' })
      const { webSocketDebuggerUrl } = await created.json()
      const tab = await attach(String(webSocketDebuggerUrl))
      await tab.send('Page.navigate', { url })
      return tab
    },
    close: async () => {
      child.kill()
      await child.exited
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function debuggingPort(folder: string): Promise<number> {
  const file = join(folder, 'DevToolsActivePort')
  await poll(
    async () => existsSync(file) && readFileSync(file, 'utf8').includes('\n'),
    'Chromium did not start',
  )
  return Number(readFileSync(file, 'utf8').split('\n')[0])
}

async function attach(address: string): Promise<Tab> {
  const socket = new WebSocket(address)
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  const waiting = new Map<number, (answer: Answer) => void>()
  const requests: string[] = []
  const complaints: string[] = []
  let last = 0
  socket.addEventListener('message', ({ data }) => {
    const message: Message = JSON.parse(String(data))
    if (message.id !== undefined) waiting.get(message.id)?.(message)
    else note(message, requests, complaints)
  })
  const send = (method: string, params: object = {}) => {
    const id = ++last
    return new Promise<unknown>((resolve, reject) => {
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id)
        if (error === undefined) resolve(result)
        else reject(new Error(`${method}: ${error.message}`))
      })
      socket.send(JSON.stringify({ id, method, params }))
    })
  }
  const close = async () => {
    await send('Page.close')
    socket.close()
  }
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await send(`${domain}.enable`)
  // A tab behind another one is hidden: it drops its live feed, and now and then a key.
  await send('Page.bringToFront')
  await send('Emulation.setFocusEmulationEnabled', { enabled: true })
  return { send, close, requests, complaints, ...actions(send) }
}

type Answer = { readonly result?: unknown; readonly error?: { readonly message: string } }
type Message = Answer & { readonly id?: number; readonly method?: string; readonly params?: Parameters }
type Parameters = {
  readonly request?: { readonly url: string }
  readonly entry?: { readonly level: string; readonly text: string }
  readonly exceptionDetails?: { readonly exception?: { readonly description?: string } }
}

function note({ method, params }: Message, requests: string[], complaints: string[]): void {
  if (method === 'Network.requestWillBeSent') requests.push(params?.request?.url ?? '')
  if (method === 'Log.entryAdded' && params?.entry?.level === 'error') complaints.push(params.entry.text)
  if (method === 'Runtime.exceptionThrown') {
    complaints.push(params?.exceptionDetails?.exception?.description ?? 'an exception')
  }
}

function actions(send: Tab['send']) {
  const evaluate = async (expression: string): Promise<unknown> => {
    const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    return valueOf(answer, expression)
  }
  return {
    evaluate,
    until: (expression: string) =>
      poll(async () => (await evaluate(expression)) === true, `Never true: ${expression}`),
    press: async (key: string) => {
      const text = key.length === 1 ? { text: key } : {}
      const code = { Enter: { text: '\r', windowsVirtualKeyCode: 13 }, Escape: { windowsVirtualKeyCode: 27 } }
      const known = key === 'Enter' || key === 'Escape' ? code[key] : {}
      await send('Input.dispatchKeyEvent', { type: 'keyDown', key, ...text, ...known })
      await send('Input.dispatchKeyEvent', { type: 'keyUp', key, ...known })
    },
    screenshot: async (path: string) => {
      const shot = await send('Page.captureScreenshot', { format: 'png' })
      const isShot = typeof shot === 'object' && shot !== null && 'data' in shot
      await Bun.write(path, Buffer.from(isShot ? String(shot.data) : '', 'base64'))
    },
    resize: async (width: number, height: number) => {
      const metrics = { width, height, deviceScaleFactor: 1, mobile: false }
      await send('Emulation.setDeviceMetricsOverride', metrics)
    },
  }
}

function valueOf(answer: unknown, expression: string): unknown {
  if (typeof answer !== 'object' || answer === null) return undefined
  if ('exceptionDetails' in answer) throw new Error(`In the page: ${expression}: ${JSON.stringify(answer)}`)
  const result = 'result' in answer ? answer.result : undefined
  return typeof result === 'object' && result !== null && 'value' in result ? result.value : undefined
}

async function poll(isDone: () => Promise<boolean>, complaint: string): Promise<void> {
  const until = Date.now() + patienceMs
  while (!(await isDone())) {
    if (Date.now() > until) throw new Error(complaint)
    await Bun.sleep(20)
  }
}
