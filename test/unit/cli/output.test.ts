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

test('of texts to a reader that has gone every one fails', async () => {
  const text = `import { createUnhurriedErrors } from ${JSON.stringify(source)}; import { createOutput } from ${JSON.stringify(source)}
    const write = createUnhurriedErrors(false); const codes = []
    await write('line\\n')
    await Bun.stdin.text()
    for (let n = 0; n < 3; n++) await write('x'.repeat(300_000)).then(() => codes.push('taken'), (error) => codes.push(error.code))
    createOutput(1)(codes.join(' '))`
  const child = Bun.spawn([process.execPath, '-e', text], { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' })
  const reader = child.stderr.getReader()
  expect(new TextDecoder().decode((await reader.read()).value)).toBe('line\n')
  await reader.cancel()
  await child.stdin.end()
  expect(await new Response(child.stdout).text()).toBe('EPIPE EPIPE EPIPE')
})
