import { expect, test } from 'bun:test'
import { join, resolve } from 'node:path'

/** The order of the parts, and what keeps to its place: read from the sources, so that it is no convention. */
const source = resolve(import.meta.dir, '../../src')

const order = [
  ['core'],
  ['wire', 'conversation'],
  ['dialect', 'limit'],
  ['guard', 'provider', 'ledger'],
  ['merge'],
  ['route'],
  ['trace', 'upstream', 'judge'],
  ['push'],
  ['exchange.ts'],
  ['gateway.ts'],
  ['api', 'demo', 'explorer', 'server.ts'],
  ['config'],
  ['cli', 'worker.ts', 'judge-worker.ts'],
  ['main.ts'],
]

/** Imports against the order, and why. */
const exceptions: Readonly<Record<string, string>> = {
  'explorer/client.ts -> api/api.ts': "a type alone: the page's client knows the API's own types",
}

/** What may be found only in some places; a place is a folder or a file. */
const bans = [
  { what: 'elysia', found: /from '(?:@elysiajs\/|elysia)/, places: ['server.ts', 'api', 'explorer'] },
  { what: 'SQLite', found: /from 'bun:sqlite'|\bBun\.(?:sql|SQL)\b/, places: ['trace'] },
  { what: 'Redis', found: /\bBun\.(?:redis|RedisClient)\b/, places: ['limit'] },
  { what: 'process.env', found: /\b(?:process|Bun|import\.meta)\.env\b/, places: ['main.ts'] },
  {
    what: 'fetch',
    found: /(?<![.\w])fetch\(/,
    places: ['upstream', 'push', 'provider', 'guard/detect', 'explorer', 'cli'],
  },
  // The page tells the browser's console why its feed ended.
  { what: 'console', found: /\bconsole\./, places: ['explorer'] },
  { what: 'any', found: /(?::|<|\bas|\|) any\b|<any\b|\bany\[\]/, places: [] },
  { what: 'a non-null assertion', found: /[\w)\]]!(?=[.,;)\]]|\s*$)/m, places: [] },
  { what: 'a default export', found: /^export default\b|\bas default\b/m, places: [] },
  {
    what: 'an empty catch',
    found: /\bcatch(?: \(\w+\))? \{\s*\}|\.catch\(\(\) => (?:\{\}|undefined)\)/,
    places: [],
  },
  { what: 'a suppressed check', found: /@ts-(?:ignore|expect-error|nocheck)/, places: [] },
]

// Its version is part of Weir.
const outside = '../package.json'

const mostLines = 250
const longest: Readonly<Record<string, number>> = { 'gateway.ts': 200 }

type File = { readonly path: string; readonly text: string; readonly code: string }

const files: readonly File[] = await Promise.all(
  [...new Bun.Glob('**/*.{ts,tsx}').scanSync(source)].sort().map(async (path) => {
    const text = await Bun.file(join(source, path)).text()
    return { path, text, code: withoutComments(text) }
  }),
)

/** Comments may speak of anything. A mark stays where they stood: a catch that says why it does nothing is not empty. */
function withoutComments(text: string): string {
  // Whole lines only: `//` within a line may be an address.
  return text.replace(/\/\*[^]*?\*\//g, '//').replace(/^\s*\/\/.*$/gm, '//')
}

type Import = { readonly from: string; readonly to: string }

const imports: readonly Import[] = files.flatMap(({ path, code }) =>
  [...code.matchAll(/(?:from|import\(|import|new URL\() ?'(\.[^']*)'/g)].map(([, to = '']) => ({
    from: path,
    to: resolve(source, path, '..', to).slice(source.length + 1),
  })),
)

function partOf(path: string): string {
  return path.split('/')[0] ?? path
}

function rankOf(path: string): number {
  return order.findIndex((parts) => parts.includes(partOf(path)))
}

function shown({ from, to }: Import): string {
  return `${from} -> ${to}`
}

test('every part has its place in the order', () => {
  expect(files.filter(({ path }) => rankOf(path) === -1).map(({ path }) => path)).toEqual([])
})

test('a file imports its own folder and what stands before it; the exceptions are known', () => {
  const wrong = imports.filter(({ from, to }) => {
    if (partOf(from) === partOf(to) || to === outside) return false
    return !(rankOf(to) < rankOf(from))
  })
  expect(wrong.map(shown)).toEqual(Object.keys(exceptions))
})

test('a dialect never imports another', () => {
  const folderOf = (path: string) => /^dialect\/([^/]+)\//.exec(path)?.[1]
  const wrong = imports.filter(({ from, to }) => {
    const [own, other] = [folderOf(from), folderOf(to)]
    return own !== undefined && other !== undefined && own !== other
  })
  expect(wrong.map(shown)).toEqual([])
})

test.each(bans)('$what is found only where it belongs', ({ found, places }) => {
  const allowed: readonly string[] = places
  const wrong = files.filter(
    ({ path, code }) => !allowed.some((place) => `${path}/`.startsWith(`${place}/`)) && found.test(code),
  )
  expect(wrong.map(({ path }) => path)).toEqual([])
})

test('no file is longer than one reads at a sitting', () => {
  const linesOf = (text: string) => text.split('\n').length - 1
  const wrong = files.filter(({ path, text }) => linesOf(text) > (longest[path] ?? mostLines))
  expect(wrong.map(({ path, text }) => `${path}: ${linesOf(text)}`)).toEqual([])
})
