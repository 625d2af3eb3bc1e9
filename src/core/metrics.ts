/**
 * Counts, gauges and histograms in Prometheus' text form. Label values that come from outside are bounded: past
 * `mostSeries` a metric counts new ones as `other`.
 */
export type Labels = Readonly<Record<string, string>>

export type Metrics = {
  readonly count: (name: string, labels?: Labels, by?: number) => void
  readonly observe: (name: string, labels: Labels, seconds: number) => void
  /** A value that is read when somebody looks. */
  readonly gauge: (name: string, help: string, read: () => number) => void
  readonly describe: (name: string, kind: 'counter' | 'histogram', help: string) => void
  readonly print: () => string
}

type Histogram = { readonly counts: number[]; sum: number; total: number }
type Described = { readonly kind: 'counter' | 'histogram'; readonly help: string }

const mostSeries = 500
// From a fast local answer to a model that thinks for ten minutes.
const bounds = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]

export function createMetrics(): Metrics {
  const described = new Map<string, Described>()
  const counters = new Map<string, Map<string, number>>()
  const histograms = new Map<string, Map<string, Histogram>>()
  const gauges = new Map<string, { help: string; read: () => number }>()

  function count(name: string, labels: Labels = {}, by = 1): void {
    const series = seriesOf(counters, name)
    const key = keyOf(labels, series)
    series.set(key, (series.get(key) ?? 0) + by)
  }

  function observe(name: string, labels: Labels, seconds: number): void {
    const series = seriesOf(histograms, name)
    const key = keyOf(labels, series)
    const histogram = series.get(key) ?? { counts: bounds.map(() => 0), sum: 0, total: 0 }
    series.set(key, histogram)
    histogram.sum += seconds
    histogram.total++
    const place = bounds.findIndex((bound) => seconds <= bound)
    const before = histogram.counts[place]
    if (before !== undefined) histogram.counts[place] = before + 1
  }

  function print(): string {
    const lines: string[] = []
    for (const [name, { kind, help }] of described) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`)
      for (const [labels, value] of counters.get(name) ?? []) lines.push(`${name}${braced(labels)} ${value}`)
      for (const [labels, value] of histograms.get(name) ?? [])
        lines.push(...printHistogram(name, labels, value))
    }
    for (const [name, { help, read }] of gauges) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${read()}`)
    }
    return lines.join('\n') + '\n'
  }

  return {
    count,
    observe,
    gauge: (name, help, read) => void gauges.set(name, { help, read }),
    describe: (name, kind, help) => void described.set(name, { kind, help }),
    print,
  }
}

function seriesOf<T>(metrics: Map<string, Map<string, T>>, name: string): Map<string, T> {
  const series = metrics.get(name) ?? new Map<string, T>()
  metrics.set(name, series)
  return series
}

function keyOf(labels: Labels, series: ReadonlyMap<string, unknown>): string {
  const key = written(labels, (value) => value)
  return series.size < mostSeries || series.has(key) ? key : written(labels, () => 'other')
}

function written(labels: Labels, value: (text: string) => string): string {
  return Object.entries(labels)
    .map(([name, text]) => `${name}="${escaped(value(text))}"`)
    .join(',')
}

function escaped(text: string): string {
  return text.slice(0, 100).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`
}

function printHistogram(name: string, labels: string, { counts, sum, total }: Histogram): string[] {
  const prefix = labels === '' ? '' : `${labels},`
  let below = 0
  const buckets = bounds.map((bound, place) => {
    below += counts[place] ?? 0
    return `${name}_bucket{${prefix}le="${bound}"} ${below}`
  })
  const infinite = `${name}_bucket{${prefix}le="+Inf"} ${total}`
  return [
    ...buckets,
    infinite,
    `${name}_sum${braced(labels)} ${sum}`,
    `${name}_count${braced(labels)} ${total}`,
  ]
}
