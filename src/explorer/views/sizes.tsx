import type { Trace } from '../client.ts'
import { compare, compareRequest, type Comparison, formatBytes, formatCount, visible } from '../format.ts'

type Digest = Trace['sizes']['requestSent']

/** What came and what went: lengths, hashes, and whether they are the same bytes. */
export function Sizes({ trace }: { readonly trace: Trace }) {
  const { sizes, dropped, withheld } = trace
  return (
    <section class="sizes" aria-label="Sizes">
      <div class="section-head">
        <h3>Bytes</h3>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="only-heard">Which</span>
            </th>
            <th scope="col">Came</th>
            <th scope="col">Went on</th>
            <th scope="col" />
          </tr>
        </thead>
        <tbody>
          <Line
            name="Request"
            came={sizes.requestReceived}
            went={sizes.requestSent}
            comparison={compareRequest(trace)}
          />
          <Line
            name="Answer"
            came={sizes.replyReceived}
            went={sizes.replySent}
            comparison={compare(sizes.replyReceived, sizes.replySent)}
          />
        </tbody>
      </table>
      {dropped.request + dropped.reply > 0 && (
        <p class="failure">
          Not kept{withheld.request === null && withheld.reply === null && ', because of a limit'}:{' '}
          {formatBytes(dropped.request)} of the request, {formatBytes(dropped.reply)} of the answer. They did
          pass.
        </p>
      )}
      <WithheldBody what="request" why={withheld.request} />
      <WithheldBody what="answer" why={withheld.reply} />
    </section>
  )
}

const whys = {
  'credential-within': 'is not kept as it came: it was compressed, and a credential in it is hidden.',
  unreadable: 'is not kept: it is compressed in a way that nobody can look into for credentials.',
} as const

function WithheldBody({ what, why }: { readonly what: string; readonly why: Trace['withheld']['reply'] }) {
  return why === null ? null : (
    <p class="failure">
      The {what} {whys[why]}
    </p>
  )
}

type LineProperties = {
  readonly name: string
  readonly came: Digest
  readonly went: Digest
  readonly comparison: Comparison
}

function Line({ name, came, went, comparison }: LineProperties) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <Hashed digest={came} />
      <Hashed digest={went} />
      <td class={`compared ${comparison.replace(' ', '-')}`}>{comparison}</td>
    </tr>
  )
}

function Hashed({ digest: { bytes, sha256 } }: { readonly digest: Digest }) {
  return (
    <td title={sha256 === null ? 'Nobody saw all of these bytes' : `sha-256 ${sha256}`}>
      {formatCount(bytes)} <code>{sha256?.slice(0, 8) ?? '–'}</code>
    </td>
  )
}

type HeadersProperties = { readonly title: string; readonly headers: Trace['requestHeaders'] }

export function Headers({ title, headers }: HeadersProperties) {
  return (
    <details class="headers">
      <summary>
        {title} <small>{headers?.length ?? 'none'}</small>
      </summary>
      <dl>
        {(headers ?? []).map(([name, value], at) => (
          <div key={at}>
            <dt>{visible(name)}</dt>
            <dd>
              <bdi>{visible(value)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
