import type { Trace } from '../client.ts'
import { formatCount, formatDollars, formatKind, visible } from '../format.ts'

/** What it took and what that cost, line by line; what is estimated or unknown says so. */
export function Cost({ trace: { cost, costUnknown, usage } }: { readonly trace: Trace }) {
  if (usage === null && cost === null) return null
  return (
    <section class="sizes cost" aria-label="Cost">
      <div class="section-head">
        <h3>Cost</h3>
      </div>
      {cost === null ? <p>Not known: {visible(costUnknown ?? '')}</p> : <Lines cost={cost} />}
      <Kinds usage={usage} />
    </section>
  )
}

type Known = NonNullable<Trace['cost']>

function Lines({ cost }: { readonly cost: Known }) {
  const { lines, source, provider, model, note } = cost
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col">Quantity</th>
            <th scope="col">Price</th>
            <th scope="col">Amount</th>
            <th scope="col">
              <span class="only-heard">Mark</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, at) => (
            <tr key={at}>
              <th scope="row">
                {visible(formatKind(line.kind) + (line.model === null ? '' : ` (${line.model})`))}
              </th>
              <td>{line.quantity === null ? 'not told' : formatCount(line.quantity)}</td>
              <td>
                {line.price === null
                  ? 'not known'
                  : `$${line.price} / ${formatCount(line.per)} ${line.unit}s`}
              </td>
              <td>{line.amount === null ? 'unknown' : `$${line.amount}`}</td>
              <td>{line.estimated ? 'estimated' : ''}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">Total</th>
            <td />
            <td />
            <td>
              <b>${cost.total}</b>
            </td>
            <td>{markOf(cost)}</td>
          </tr>
        </tbody>
      </table>
      <p>
        Prices: {visible(`${provider} ${model}`)}, {visible(`${source.kind} ${source.version}`.trim())}
        {note !== null && `. ${visible(note)}`}
      </p>
    </>
  )
}

/** Kinds of tokens that have no place above: those told within the others. */
function Kinds({ usage }: Pick<Trace, 'usage'>) {
  const { estimated, others, serverTools, ...counts } = usage?.details ?? {}
  const told = Object.entries({ ...counts, ...serverTools }).filter(([, count]) => count !== 0)
  if (told.length === 0) return null
  return (
    <p>
      Told beside: {told.map(([kind, count]) => `${formatKind(kind)} ${visible(String(count))}`).join(', ')}
    </p>
  )
}

function markOf({ complete, estimated }: Known): string {
  return [...(complete ? [] : ['at least']), ...(estimated ? ['estimated'] : [])].join(', ')
}

export function costFact(cost: Trace['cost']): string {
  if (cost === null) return formatDollars(null)
  return `${cost.estimated ? '~' : ''}${formatDollars(cost.total)}${cost.complete ? '' : '+'}`
}
