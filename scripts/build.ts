import { rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Builds `dist/weir`, all of Weir in one file: `bun run build`, or `bun scripts/build.ts FILE` for another place.
 * The workers are entries of their own, or they are found from source only; bytecode needs the format `esm`, or the executable
 * looks for its worker where it was built.
 */
const root = resolve(import.meta.dir, '..')
const outfile = resolve(process.argv[2] ?? `${root}/dist/weir`)

const began = performance.now()
const { outputs } = await Bun.build({
  entrypoints: [`${root}/src/main.ts`, `${root}/src/worker.ts`, `${root}/src/judge-worker.ts`],
  root: `${root}/src`,
  target: 'bun',
  format: 'esm',
  // From start to first answer: 48 ms with bytecode, 110 ms without. Minifying saves nothing but names in stack traces.
  bytecode: true,
  sourcemap: 'inline',
  // A `.env` or `bunfig.toml` in the folder that someone happens to stand in must change nothing.
  compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
})
// The executable has its source maps inside; these are copies.
for (const { path, kind } of outputs) if (kind === 'sourcemap') await rm(resolve(dirname(outfile), path))

const seconds = ((performance.now() - began) / 1000).toFixed(1)
const megabytes = (Bun.file(outfile).size / 2 ** 20).toFixed(0)
process.stdout.write(`${outfile}: ${megabytes} MB, built in ${seconds} s\n`)
