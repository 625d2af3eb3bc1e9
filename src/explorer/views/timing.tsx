import type { Timeline, Trace } from '../client.ts'
import { formatCount, formatMs } from '../format.ts'

type TimingProperties = { readonly trace: Trace; readonly timeline: Timeline | null }
type Phase = { readonly name: string; readonly words: string; readonly toMs: number | null }

/** When what happened: the phases as one bar, below it how the answer's bytes came, on the same axis. */
export function Timing({ trace: { timing }, timeline }: TimingProperties) {
  // Where nobody saw the end, the drawing ends with the last read; its figures must be finite.
  const lastMs =
    timing.endedMs ?? (timeline === null ? 0 : timeline.fromMs + timeline.slotMs * timeline.slots.length)
  const endedMs = Math.max(lastMs, 0.001)
  const phases: readonly Phase[] = [
    { name: 'read', words: 'Provider called', toMs: timing.calledMs },
    { name: 'asked', words: 'Answered', toMs: timing.answeredMs },
    { name: 'waited', words: 'First byte', toMs: timing.firstByteMs },
    { name: 'told', words: 'Ended', toMs: timing.endedMs },
  ]
  return (
    <section class="timing" aria-label="Timing">
      <div class="section-head">
        <h3>Timing</h3>
        {timeline !== null && (
          <p>{timeline.reads === 1 ? '1 read' : `${formatCount(timeline.reads)} reads`}</p>
        )}
      </div>
      <PhaseBar phases={phases} endedMs={endedMs} />
      {timeline !== null && timeline.reads > 1 && <Reads timeline={timeline} endedMs={endedMs} />}
      <dl class="marks">
        {phases.map(({ name, words, toMs }) => (
          <div key={name}>
            <dt>
              <span class={`key ${name}`} />
              {words}
            </dt>
            <dd>{formatMs(toMs)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function PhaseBar({ phases, endedMs }: { readonly phases: readonly Phase[]; readonly endedMs: number }) {
  let fromMs = 0
  const bars = phases.flatMap(({ name, toMs }) => {
    if (toMs === null) return []
    const bar = { name, x: (fromMs / endedMs) * 1000, width: (Math.max(toMs - fromMs, 0) / endedMs) * 1000 }
    fromMs = Math.max(toMs, fromMs)
    return [bar]
  })
  return (
    <svg class="phases" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
      {bars.map(({ name, x, width }) => (
        <rect key={name} class={name} x={x} width={Math.max(width, 1)} height="10" />
      ))}
    </svg>
  )
}

/** Heights by root, so that a burst does not flatten the rest. */
function Reads({ timeline, endedMs }: { readonly timeline: Timeline; readonly endedMs: number }) {
  const { slots, fromMs, slotMs } = timeline
  const most = Math.sqrt(Math.max(...slots, 1))
  const width = (slotMs / endedMs) * 1000
  return (
    <svg
      class="reads"
      viewBox="0 0 1000 40"
      preserveAspectRatio="none"
      role="img"
      aria-label={`The answer came in ${timeline.reads} reads between ${formatMs(fromMs)} and ${formatMs(endedMs)}`}
    >
      {slots.map((bytes, slot) => {
        const height = (Math.sqrt(bytes) / most) * 40
        const x = ((fromMs + slot * slotMs) / endedMs) * 1000
        return bytes > 0 && <rect key={slot} x={x} y={40 - height} width={width * 0.8} height={height} />
      })}
    </svg>
  )
}
