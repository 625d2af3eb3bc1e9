import { expect, test } from 'bun:test'
import { restartNote } from '../../../src/cli/restart.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { configurationManual } from '../../../src/config/reference.ts'

const root = new URL('../../../', import.meta.url)
const example = await Bun.file(new URL('src/config/example.yaml', root)).text()

test('the manual is what the schemas say: bun scripts/configuration.ts writes it anew', async () => {
  expect(await Bun.file(new URL('docs/configuration.md', root)).text()).toBe(
    configurationManual(example, restartNote),
  )
})

test('every setting of the manual has a description', () => {
  const sections = configurationManual(example, restartNote).split('\n')
  expect(sections.filter((line) => /^- `[^`]*`(?:, `[^`]*`)* \(.*\): ?$/.test(line))).toEqual([])
})

test('the example at the end of the manual loads', async () => {
  const manual = await Bun.file(new URL('docs/configuration.md', root)).text()
  const text = /```yaml\n(.*)```/s.exec(manual)?.[1] ?? ''
  const environment = { HOME: '/home/ada', WEIR_API_TOKEN: '0123456789abcdef', OPENAI_API_KEY: 'k' }
  const result = loadConfig(text, '/etc/weir/weir.yaml', environment)
  expect(result).toMatchObject({ kind: 'loaded' })
})
