/**
 * Counts, gauges and histograms in Prometheus' text form. The names of models come from clients, so they are bounded:
 * past `mostSeries` a metric counts new ones as `other`. All other labels have the values that the code or the
 * configuration gives them, and keep them.
 */
export type Labels = Readonly<Record<string, string>>

/** One line of a metric, found once and then counted on: labels are not put together for each exchange. */
export type Counter = { readonly add: (by?: number) => void }
export type Histogram = { readonly observe: (seconds: number) => void }

export type Metrics = {
  readonly counter: (name: string, help: string) => (labels: Labels) => Counter
  readonly histogram: (name: string, help: string) => (labels: Labels) => Histogram
  /** A value that is read when somebody looks. */
  readonly gauge: (name: string, help: string, read: () => number) => void
  readonly print: () => string
}

type Series<T> = { readonly labels: string; readonly value: T }
type Family = { readonly head: string; readonly lines: () => string[] }

const mostSeries = 500
// From a fast local answer to a model that thinks for ten minutes.
const bounds = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]

export function createMetrics(): Metrics {
  const families: Family[] = []
  const describe = (name: string, kind: string, help: string, lines: () => string[]) => {
    families.push({ head: `# HELP ${name} ${help}\n# TYPE ${name} ${kind}`, lines })
  }

  function counter(name: string, help: string): (labels: Labels) => Counter {
    const series = createSeries(() => createCounter())
    describe(name, 'counter', help, () =>
      series.all().map(({ labels, value }) => `${name}${labels} ${value.total()}`),
    )
    return series.of
  }

  function histogram(name: string, help: string): (labels: Labels) => Histogram {
    const series = createSeries(() => createHistogram())
    describe(name, 'histogram', help, () =>
      series.all().flatMap(({ labels, value }) => value.lines(name, labels)),
    )
    return series.of
  }

  return {
    counter,
    histogram,
    gauge: (name, help, read) => describe(name, 'gauge', help, () => [`${name} ${read()}`]),
    print: () => families.flatMap(({ head, lines }) => [head, ...lines()]).join('\n') + '\n',
  }
}

function createSeries<T>(create: () => T): { of: (labels: Labels) => T; all: () => Series<T>[] } {
  const series = new Map<string, T>()
  const of = (labels: Labels): T => {
    const full = written(labels)
    const isKnown = series.size < mostSeries || series.has(full) || labels['model'] === undefined
    const key = isKnown ? full : written({ ...labels, model: 'other' })
    const found = series.get(key) ?? create()
    series.set(key, found)
    return found
  }
  return { of, all: () => [...series].map(([labels, value]) => ({ labels, value })) }
}

function createCounter() {
  let total = 0
  return { add: (by = 1) => void (total += by), total: () => total }
}

function createHistogram() {
  const counts = bounds.map(() => 0)
  let sum = 0
  let total = 0

  function observe(seconds: number): void {
    sum += seconds
    total++
    let place = 0
    while (seconds > (bounds[place] ?? Infinity)) place++
    const before = counts[place]
    if (before !== undefined) counts[place] = before + 1
  }

  function lines(name: string, labels: string): string[] {
    const open = labels === '' ? '{' : `${labels.slice(0, -1)},`
    let below = 0
    const buckets = bounds.map((bound, place) => {
      below += counts[place] ?? 0
      return `${name}_bucket${open}le="${bound}"} ${below}`
    })
    const infinite = `${name}_bucket${open}le="+Inf"} ${total}`
    return [...buckets, infinite, `${name}_sum${labels} ${sum}`, `${name}_count${labels} ${total}`]
  }

  return { observe, lines }
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escaped(text)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(text: string): string {
  return text.slice(0, 100).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
