import type { Trace } from '../client.ts'
import { tellPush } from '../pushed.ts'

/** Whether another store has it, and why not. Nothing where its project pushes nothing. */
export function Push({ trace: { pushed } }: { readonly trace: Trace }) {
  if (pushed === null) return null
  const { what, why, isLost } = tellPush(pushed)
  return (
    <section class={isLost ? 'push trouble' : 'push'} aria-label="Push">
      <div class="section-head">
        <h3>Push: {pushed.state}</h3>
      </div>
      <p>
        <bdi>{what}</bdi>
      </p>
      {why !== null && (
        <p class="why">
          <bdi>{why}</bdi>
        </p>
      )}
    </section>
  )
}
