import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Prometheus metrics. Label values come from closed sets, never from requests, so that a client cannot grow them. */
export interface Metrics {
  request(ecosystem: string, outcome: string, tool: string, ms: number): void
  render(): Promise<{ contentType: string; text: string }>
}

/** Numbers that are read when somebody looks. A name that ends in `_total` only grows. */
export interface Family {
  help: string
  labels?: readonly string[]
  read(): number | Iterable<{ labels: readonly string[]; value: number }>
}

export function createMetrics(families: Readonly<Record<string, Family>>): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'sluice_' })
  const requests = new Counter({
    name: 'sluice_requests_total', help: 'Registry requests by outcome.', labelNames: ['ecosystem', 'outcome', 'client'], registers: [registry],
  })
  const durations = new Histogram({
    name: 'sluice_request_seconds', help: 'Time to answer a registry request.', labelNames: ['ecosystem'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 30], registers: [registry],
  })
  for (const [name, family] of Object.entries(families)) registry.registerMetric(metricOf(`sluice_${name}`, family))
  // Looking labels up costs more than counting: there are few combinations, so each is looked up once.
  const known = new Map<string, { count: { inc(): void }; time: { observe(seconds: number): void } }>()
  return {
    request(ecosystem, outcome, client, ms) {
      const key = `${ecosystem} ${outcome} ${client}`
      let labelled = known.get(key)
      if (!labelled) {
        labelled = { count: requests.labels(ecosystem, outcome, client), time: durations.labels(ecosystem) }
        known.set(key, labelled)
      }
      labelled.count.inc()
      labelled.time.observe(ms / 1_000)
    },
    async render() {
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}

function metricOf(name: string, { help, labels = [], read }: Family): Counter | Gauge {
  const settings = { name, help, labelNames: [...labels], registers: [] }
  const values = (): Iterable<{ labels: readonly string[]; value: number }> => {
    const found = read()
    return typeof found === 'number' ? [{ labels: [], value: found }] : found
  }
  const collect = function (this: Counter | Gauge): void {
    this.reset()
    for (const { labels: words, value } of values()) this.labels(...words).inc(value)
  }
  return name.endsWith('_total') ? new Counter({ ...settings, collect }) : new Gauge({ ...settings, collect })
}
