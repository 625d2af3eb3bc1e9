import { expect, test } from 'bun:test'

const source = new URL('../../../src/cli/output.ts', import.meta.url).href

/** Runs a program with `write` at hand, its output in a pipe. */
function piped(program: string) {
  const text = `import { createOutput } from ${JSON.stringify(source)}; const write = createOutput(1); ${program}`
  return Bun.spawn([process.execPath, '-e', text], { stdout: 'pipe', stderr: 'pipe' })
}

test('everything arrives, also what is more than a pipe holds', async () => {
  const child = piped(`for (let n = 0; n < 30; n++) write('ä'.repeat(20_000)); write(new Uint8Array([10]))`)
  expect(await new Response(child.stdout).text()).toBe('ä'.repeat(600_000) + '\n')
  expect(await child.exited).toBe(0)
})

test('a reader that has gone is told by EPIPE, in the call that writes', async () => {
  const child = piped(`try { for (;;) write('line\\n') } catch (error) { console.error(error.code) }`)
  const reader = child.stdout.getReader()
  await reader.read()
  await reader.cancel()
  expect(await new Response(child.stderr).text()).toBe('EPIPE\n')
  expect(await child.exited).toBe(0)
})
