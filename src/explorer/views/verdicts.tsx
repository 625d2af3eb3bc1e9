import type { Trace } from '../client.ts'
import { formatBytes, visible } from '../format.ts'

/** What rules found in it: which, what they say, where, and how much had left by then. Nothing without a finding. */
export function Verdicts({ trace: { verdicts, verdict } }: { readonly trace: Trace }) {
  if (verdicts.length === 0) return null
  return (
    <section class="sizes" aria-label="Rules">
      <div class="section-head">
        <h3>Rules: {verdict}</h3>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Says</th>
            <th scope="col">Where</th>
            <th scope="col">Had left</th>
          </tr>
        </thead>
        <tbody>
          {verdicts.map((found, at) => (
            <tr key={at}>
              <th scope="row">
                <bdi>{visible(nameOf(found))}</bdi>
              </th>
              <td>
                <bdi>{visible(found.message)}</bdi>
              </td>
              <td>
                <bdi>{visible(placeOf(found))}</bdi>
              </td>
              <td>{found.on === 'answer' ? formatBytes(found.leftBytes) : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

type Found = Trace['verdicts'][number]

function nameOf({ order, line, action }: Found): string {
  return `${order}${line === null ? '' : `:${line}`} (${action})`
}

/** The most exact of the places. */
function placeOf({ ranges, on }: Found): string {
  return ranges.toSorted((one, other) => other.length - one.length)[0] ?? on
}
