import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/load.ts'
import { execute, executable, root, startWeir, type Ran } from '../support/executable.ts'

/** The service as it is deployed: its unit, as systemd itself judges it, and its configuration. */
const limitMs = 30_000
const unit = join(root, 'deploy/weir.service')
const example = join(root, 'deploy/weir.yaml')
const analyzer = Bun.which('systemd-analyze')

async function unitText(): Promise<string> {
  return Bun.file(unit).text()
}

/** `systemd-analyze` of the unit with the built executable in it, since it must exist where the unit says. */
async function analyze(...list: readonly string[]): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-test-'))
  const text = (await unitText()).replaceAll('/usr/local/bin/weir', await executable())
  const copy = join(folder, 'weir.service')
  await Bun.write(copy, text)
  const ran = await execute([analyzer ?? '', ...list, copy], { env: { PATH: process.env['PATH'] ?? '' } })
  await rm(folder, { recursive: true })
  return ran
}

test.skipIf(analyzer === null)(
  'systemd finds no fault in the unit',
  async () => {
    expect(await analyze('verify')).toEqual({ code: 0, stdout: '', stderr: '' })
  },
  limitMs,
)

test.skipIf(analyzer === null)(
  'systemd finds the unit exposed by less than 3.0 of 10',
  async () => {
    const { code, stdout } = await analyze('security', '--offline=yes', '--no-pager', '--threshold=30')
    const exposure = /Overall exposure level for weir.service: ([\d.]+)/.exec(stdout)?.[1]
    expect(Number(exposure)).toBeLessThan(3)
    expect(code).toBe(0)
  },
  limitMs,
)

test('the unit waits longer than Weir takes to stop, and opens as many files as it may have exchanges', async () => {
  const loaded = loadConfig(await Bun.file(example).text(), example, { HOME: '/nowhere' }, {})
  if (loaded.kind === 'faulty') throw new Error('The example has faults')
  const numberOf = async (name: string) =>
    Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(await unitText())?.[1])
  expect(await numberOf('TimeoutStopSec')).toBeGreaterThan(loaded.config.timeouts.drainMs / 1000 + 10)
  expect(await numberOf('LimitNOFILE')).toBeGreaterThan(2 * loaded.config.limits.openExchanges)
})

test(
  'Weir starts with the command, the variables and the configuration of the unit',
  async () => {
    const text = await unitText()
    const command = /^ExecStart=(.*)$/m.exec(text)?.[1]
    expect(command).toBe(
      '/usr/local/bin/weir serve --config ${CONFIGURATION_DIRECTORY}/weir.yaml --data ${STATE_DIRECTORY}',
    )
    const variables = [...text.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ])
    await using weir = await startWeir({
      config: await Bun.file(example).text(),
      environment: Object.fromEntries(variables),
    })
    expect((await fetch(`${weir.url}/ready`)).status).toBe(200)
    const env = { HOME: weir.folder }
    const { code, stdout } = await execute([await executable(), 'check', '--config', example], { env })
    expect(code).toBe(0)
    expect(stdout).toContain('local: openai-chat, http://127.0.0.1:8000/v1')
  },
  limitMs,
)
