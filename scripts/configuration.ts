import { restartNote } from '../src/cli/restart.ts'
import { configurationManual } from '../src/config/reference.ts'

/** Writes the manual of the configuration. A unit test fails when it is stale. */
const example = await Bun.file(new URL('../src/config/example.yaml', import.meta.url)).text()
await Bun.write(
  new URL('../docs/configuration.md', import.meta.url),
  configurationManual(example, restartNote),
)
