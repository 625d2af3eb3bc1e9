import { expect, test } from 'bun:test'
import { join, resolve } from 'node:path'

/** Of docs/invariant.md: each loss of Invariant's gateway has a test, and it is there. */
const root = resolve(import.meta.dir, '../..')
const text = await Bun.file(join(root, 'docs/invariant.md')).text()
const rows = [...text.matchAll(/^\| ([OAGX]\d+) +\| .+ \| `(\S+)`(?:: (.+?))? +\|$/gm)].map(
  ([, row = '', path = '', title]) => ({ row, path, title }),
)

test('no row is missing', () => {
  const all = Object.entries({ O: 16, A: 15, G: 13, X: 7 }).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, at) => `${letter}${at + 1}`),
  )
  expect(rows.map(({ row }) => row)).toEqual(all)
})

for (const { row, path, title } of rows) {
  test(`${row} has the test that is named for it`, async () => {
    expect(await Bun.file(join(root, path)).text()).toContain(title ?? `test('${row}: `)
  })
}
