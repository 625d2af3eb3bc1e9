import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Browser, launch, type Tab } from '../support/chromium.ts'
import { serveExplorer } from '../support/explorer.ts'
import { hostileTrace } from '../support/hostile.ts'
import { fakeTraces, openTrace, storedTrace } from '../support/heads.ts'
import { until } from '../support/until.ts'

/** The explorer in a real browser. */
let browser: Browser
const stops: (() => unknown)[] = []
beforeAll(async () => {
  browser = await launch()
  stops.push(browser.close)
})
afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
})

async function openExplorer(fake = fakeTraces(), hash = '', token?: string): Promise<Tab & { url: string }> {
  const server = serveExplorer(fake, token)
  const tab = await browser.open(server.url + hash)
  stops.push(server.stop)
  return { ...tab, url: server.url }
}

const enterToken = (tab: Tab, token: string) =>
  tab.evaluate(`{
    document.querySelector('#token').value = '${token}'
    document.querySelector('.login form').requestSubmit()
  }`)

const rowCount = (count: number) => `document.querySelectorAll('.row').length === ${count}`

test('hostile content is text: nothing runs, nothing leaves for another host', async () => {
  const one = hostileTrace()
  const tab = await openExplorer(fakeTraces([one]), `#/t/${one.record.id}`)
  await tab.until(`document.querySelector('.reads') !== null`)
  await tab.evaluate(
    `document.querySelectorAll('.looks button:last-child').forEach((button) => button.click())`,
  )
  await tab.evaluate(`document.querySelectorAll('details').forEach((details) => (details.open = true))`)
  await tab.until(`document.querySelectorAll('.both > .long.code').length === 2`)
  expect(await tab.evaluate('window.ran')).toBeUndefined()
  expect(await tab.evaluate(`document.querySelectorAll('#app :is(img, script, iframe)').length`)).toBe(0)
  expect(await tab.evaluate(`document.body.innerText.includes('<script>window.ran = 1</script>')`)).toBe(true)
  expect(await tab.evaluate(`/[\\u001b\\u202e]/.test(document.body.innerText)`)).toBe(false)
  expect(await tab.evaluate(`document.body.innerText.includes('\\ufffd')`)).toBe(false)
  expect(
    tab.requests.filter((address) => !address.startsWith(tab.url) && !address.startsWith('data:')),
  ).toEqual([])
  expect(tab.complaints).toEqual([])
  await tab.close()
}, 30_000)

test('even what gets into the page by another way may neither run nor call', async () => {
  const tab = await openExplorer(fakeTraces([storedTrace()]))
  await tab.until(rowCount(1))
  const inserted = `(() => { try { document.body.innerHTML = '<img src=x>'; return 'taken' } catch (error) { return error.name } })()`
  expect(await tab.evaluate(inserted)).toBe('TypeError')
  const called = `fetch('http://127.0.0.2:9/').then(() => 'called', () => 'refused')`
  expect(await tab.evaluate(called)).toBe('refused')
  expect(tab.complaints.some((text) => text.includes('connect-src'))).toBe(true)
  await tab.close()
}, 30_000)

test('a new exchange arrives at the top by itself, and waits while the list is paused', async () => {
  const fake = fakeTraces([storedTrace()])
  const tab = await openExplorer(fake)
  await tab.until(rowCount(1))
  await tab.until(`document.querySelector('.live.live') !== null`)
  fake.add(storedTrace({ model: 'newcomer' }))
  await tab.until(`document.querySelector('.row .model')?.textContent.includes('newcomer') === true`)
  await tab.press('p')
  await tab.until(`document.querySelector('.live.paused') !== null`)
  fake.add(storedTrace({ model: 'held-back' }))
  await tab.until(`document.querySelector('.held')?.textContent === '1 new'`)
  await tab.until(`document.querySelector('.totals')?.textContent.startsWith('3 ') === true`)
  expect(await tab.evaluate(rowCount(2))).toBe(true)
  await tab.evaluate(`document.querySelector('.held').click()`)
  await tab.until(rowCount(3))
  await tab.close()
}, 30_000)

test('an exchange says why another store does not have it, and by itself when it has', async () => {
  const pushed = { state: 'skipped', attempts: 0, detail: 'Its answer calls tools', remoteId: null } as const
  const skipped = storedTrace({ pushed })
  const waiting = storedTrace({ pushed: { ...pushed, state: 'waiting', detail: null } })
  const fake = fakeTraces([skipped, waiting, storedTrace()])
  const tab = await openExplorer(fake, `#/t/${skipped.record.id}`)
  await tab.until(`document.querySelector('.push h3')?.textContent === 'Push: skipped'`)
  expect(await tab.evaluate(`document.querySelector('.push .why').textContent`)).toBe(
    'Its answer calls tools',
  )
  await tab.evaluate(`location.hash = '#/t/${waiting.record.id}'`)
  await tab.until(`document.querySelector('.push h3')?.textContent === 'Push: waiting'`)
  const sent = { state: 'sent', attempts: 1, detail: null, remoteId: 'remote-7' } as const
  fake.stored.splice(1, 1, { ...waiting, record: { ...waiting.record, pushed: sent } })
  await tab.until(`document.querySelector('.push').textContent.includes('as remote-7, after 1 attempt')`)
  await tab.evaluate(`location.hash = '#/t/${fake.stored[2]?.record.id}'`)
  await tab.until(`document.querySelector('.trace h2') !== null && document.querySelector('.push') === null`)
  expect(tab.complaints).toEqual([])
  await tab.close()
}, 30_000)

test('an exchange that still runs stands above the list until it has ended', async () => {
  const fake = fakeTraces([storedTrace()])
  const one = openTrace({ model: 'thinker' })
  fake.open.push(one)
  const tab = await openExplorer(fake)
  await tab.until(`document.querySelector('.running .row .model')?.textContent.endsWith('thinker') === true`)
  fake.add(storedTrace({ model: 'thinker', id: one.id }))
  await tab.until(`document.querySelector('.running') === null`)
  await tab.until(rowCount(2))
  expect(tab.complaints).toEqual([])
  await tab.close()
}, 30_000)

test('a first exchange that still runs is not told as none', async () => {
  const fake = fakeTraces()
  fake.open.push(openTrace())
  const tab = await openExplorer(fake)
  await tab.until(`document.querySelector('.running .row') !== null`)
  await tab.until(`document.querySelector('.list').ariaBusy === 'false'`)
  expect(await tab.evaluate(`document.querySelector('.empty')`)).toBeNull()
  fake.open.pop()
  await tab.until(`document.querySelector('.empty h2')?.textContent === 'No exchange yet'`)
  await tab.close()
}, 30_000)

test('the keyboard goes through the list, opens, closes and searches', async () => {
  const traces = [storedTrace({ model: 'older' }), storedTrace({ model: 'newer' })]
  const tab = await openExplorer(fakeTraces(traces))
  await tab.until(rowCount(2))
  await tab.press('j')
  await tab.press('Enter')
  await tab.until(`document.querySelector('.trace h2')?.textContent === 'newer'`)
  await tab.press('j')
  await tab.until(`document.querySelector('.trace h2')?.textContent === 'older'`)
  expect(await tab.evaluate('location.hash')).toBe(`#/t/${traces[0]?.record.id}`)
  await tab.press('Escape')
  await tab.until(`document.querySelector('.trace') === null`)
  await tab.press('/')
  await tab.until(`document.activeElement.id === 'search'`)
  for (const key of 'newe') await tab.press(key)
  await tab.until(rowCount(1))
  expect(await tab.evaluate('location.hash')).toBe('#/?text=newe')
  await tab.close()
}, 30_000)

test('a key right after Escape keeps what it has chosen', async () => {
  const one = storedTrace({ model: 'one' })
  const tab = await openExplorer(fakeTraces([one]), `#/t/${one.record.id}`)
  await tab.until(`document.querySelector('.trace h2')?.textContent === 'one'`)
  await Promise.all([tab.press('Escape'), tab.press('/')])
  await tab.until(`document.querySelector('.trace') === null`)
  // Two frames on, whatever was to be done after the key is done.
  await tab.evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`)
  expect(await tab.evaluate('document.activeElement.id')).toBe('search')
  await tab.close()
}, 30_000)

test('a closed exchange leaves the keyboard in its row', async () => {
  const one = storedTrace()
  const tab = await openExplorer(fakeTraces([storedTrace(), one, storedTrace()]), `#/t/${one.record.id}`)
  await tab.until(rowCount(3))
  await tab.until(`document.querySelector('.trace h2') !== null`)
  await tab.press('Escape')
  await tab.until(`document.activeElement.id === 'row-${one.record.id}'`)
  await tab.close()
}, 30_000)

test('what arrives while the list is asked for is not lost by its answer', async () => {
  const fake = fakeTraces([storedTrace()])
  const { list } = fake.traces
  const answers = Promise.withResolvers<void>()
  let asked = 0
  const slow = async (query: Parameters<typeof list>[0]) => {
    const known = await list(query)
    // The page asks when it opens and again when its feed begins.
    if (++asked === 2) await answers.promise
    return known
  }
  const tab = await openExplorer({ ...fake, traces: { ...fake.traces, list: slow } })
  await tab.until(rowCount(1))
  await until('the list to be asked for again', () => asked === 2)
  fake.add(storedTrace({ model: 'meanwhile' }))
  await tab.until(rowCount(2))
  answers.resolve()
  await tab.until(`document.querySelector('.list').ariaBusy === 'false'`)
  await tab.until(
    `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/traces?')).length === 2`,
  )
  expect(await tab.evaluate(rowCount(2))).toBe(true)
  await tab.close()
}, 30_000)

test('a search finds what comes later as well, and only what has the text', async () => {
  const fake = fakeTraces([storedTrace({ model: 'needle-1' }), storedTrace({ model: 'hay' })])
  const tab = await openExplorer(fake, '#/?text=needle')
  await tab.until(rowCount(1))
  await tab.until(`document.querySelector('.live.live') !== null`)
  fake.add(storedTrace({ model: 'needle-2' }), storedTrace({ model: 'hay' }))
  await tab.until(rowCount(2))
  await tab.close()
}, 30_000)

test('an exchange is deleted only after it was asked about', async () => {
  const fake = fakeTraces([storedTrace(), storedTrace()])
  const tab = await openExplorer(fake, `#/t/${fake.stored[0]?.record.id}`)
  await tab.until(`document.querySelector('.actions > .danger') !== null`)
  await tab.evaluate(`document.querySelector('.actions > .danger').click()`)
  await tab.until(`document.querySelector('dialog').open`)
  expect(fake.stored.length).toBe(2)
  await tab.evaluate(`document.querySelector('dialog .danger').click()`)
  await tab.until(rowCount(1))
  expect(fake.stored.length).toBe(1)
  await tab.close()
}, 30_000)

test('the token is asked for, kept for the tab, and never in an address or a cookie', async () => {
  const tab = await openExplorer(fakeTraces([storedTrace()]), '', 'open-sesame')
  await tab.until(`document.querySelector('#token') !== null`)
  await enterToken(tab, 'wrong')
  await tab.until(`document.querySelector('[role=alert]')?.textContent.includes('not valid') === true`)
  await enterToken(tab, 'open-sesame')
  await tab.until(rowCount(1))
  await tab.until(`document.querySelector('.live.live') !== null`)
  expect(tab.requests.filter((address) => address.includes('sesame'))).toEqual([])
  expect(await tab.evaluate('document.cookie + localStorage.length')).toBe('0')
  await tab.close()
}, 30_000)

test('a refusal that comes late is not taken for one of the token that was given since', async () => {
  const tab = await openExplorer(fakeTraces([storedTrace()]), '', 'open-sesame')
  await tab.until(`document.querySelector('#token') !== null`)
  await tab.evaluate(`{
    const asked = fetch
    window.held = 0
    window.released = new Promise((release) => (window.release = release))
    window.fetch = async (address, init) => {
      const answer = await asked(address, init)
      if (String(address).includes('/api/live') || answer.status !== 401) return answer
      window.held++
      await window.released
      return answer
    }
  }`)
  await enterToken(tab, 'wrong')
  await tab.until(`document.querySelector('[role=alert]')?.textContent.includes('not valid') === true`)
  await tab.until('window.held > 0')
  await enterToken(tab, 'open-sesame')
  await tab.until(rowCount(1))
  await tab.evaluate('window.release()')
  await tab.evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`)
  expect(await tab.evaluate(rowCount(1))).toBe(true)
  await tab.close()
}, 30_000)

test('two megabytes of request and an answer of 100,000 lines leave the page quick', async () => {
  const messages = Array.from({ length: 500 }, (_, at) => ({
    role: at % 2 ? 'assistant' : 'user',
    content: 'word '.repeat(800),
  }))
  const lines = Array.from({ length: 100_000 }, (_, at) => `line ${at}`).join('\n')
  const one = storedTrace({
    request: { messages },
    reply: { choices: [{ message: { role: 'assistant', content: lines } }] },
  })
  const tab = await openExplorer(fakeTraces([one]), `#/t/${one.record.id}`)
  await tab.until(`document.querySelectorAll('.message').length > 5`)
  expect(await tab.evaluate(`document.querySelector('#app').textContent.length < 150_000`)).toBe(true)
  const showAll = `new Promise((resolve) => {
    const from = performance.now()
    document.querySelector('.cut button:last-child').click()
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - from)))
  })`
  expect(Number(await tab.evaluate(showAll))).toBeLessThan(2000)
  expect(await tab.evaluate(`document.querySelector('.long.prose').textContent.endsWith('line 99999')`)).toBe(
    true,
  )
  await tab.close()
}, 30_000)

test('within a frame the page shows nothing that could be clicked', async () => {
  const tab = await openExplorer(fakeTraces([storedTrace()]))
  await tab.until(rowCount(1))
  const inner = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: () =>
      new Response(`<iframe src="${tab.url}"></iframe>`, { headers: { 'content-type': 'text/html' } }),
  })
  stops.push(() => inner.stop(true))
  const outer = await browser.open(inner.url.href)
  await outer.until(`document.querySelector('iframe') !== null && document.readyState === 'complete'`)
  const scripts = () => outer.requests.filter((address) => address.endsWith('.js')).length
  // The frame counts as loaded once its script has run.
  await until('its script', () => scripts() > 0)
  expect(outer.requests.filter((address) => address.includes('/api/'))).toEqual([])
  await outer.close()
  await tab.close()
}, 30_000)

test('an exchange whose end nobody saw has no duration, and is drawn with finite figures', async () => {
  const timing = { calledMs: null, answeredMs: null, firstByteMs: null, endedMs: null }
  const bytes = new TextEncoder().encode('data: 1\n\n')
  const one = storedTrace({ outcome: 'interrupted', timing }, [{ bytes, reads: [0, 4, 0, 5] }])
  const tab = await openExplorer(fakeTraces([one]), `#/t/${one.record.id}`)
  await tab.until(`document.querySelector('.reads rect') !== null`)
  expect(await tab.evaluate(`document.querySelector('.row .duration').textContent`)).toBe('–')
  expect(tab.complaints).toEqual([])
  await tab.close()
}, 30_000)

test('at a width of 380 pixels nothing sticks out', async () => {
  const one = hostileTrace()
  const tab = await openExplorer(fakeTraces([one, storedTrace()]))
  await tab.resize(380, 740)
  await tab.until(rowCount(2))
  const fits = `[document.documentElement, document.querySelector('.list'), document.querySelector('.trace')]
    .every((element) => element === null || element.scrollWidth <= element.clientWidth)`
  expect(await tab.evaluate(fits)).toBe(true)
  await tab.evaluate(`location.hash = '#/t/${one.record.id}'`)
  await tab.until(`document.querySelector('.reads') !== null`)
  expect(await tab.evaluate(fits)).toBe(true)
  await tab.close()
}, 30_000)
