const HOURS = 24
const FLOOD = 100
/** Where this part of the names begins alike, it is a suite of packages, a scope, a bot's builds. */
const SUITE = 0.6
const LEADS = 300
/** Behind an address that registries do not vouch for stand strangers, too, who left a template as it was: they agree on no version. */
const ALIKE = 0.8

/** How fast one account or address publishes new packages: by hour, over a day of its own clock. */
export class Rate {
  readonly #hours = new Uint32Array(HOURS)
  readonly #leads = new Map<string, number>()
  readonly #versions = new Map<string, number>()
  readonly #vouched: boolean
  #hour = 0
  #total = 0

  /** `vouched`: the registry itself says whose they are. */
  constructor(vouched: boolean) {
    this.#vouched = vouched
  }

  add(name: string, version: string, at: number): void {
    const hour = Math.floor(at / 3_600_000)
    if (hour <= this.#hour - HOURS) return
    if (hour > this.#hour) {
      if (hour - this.#hour >= HOURS) this.#hours.fill(0)
      else for (let next = this.#hour + 1; next <= hour; next += 1) this.#hours[next % HOURS] = 0
      this.#hour = hour
    }
    this.#hours[hour % HOURS] = (this.#hours[hour % HOURS] as number) + 1
    this.#total += 1
    count(this.#leads, leadOf(name))
    count(this.#versions, version)
  }

  /** In words, when it is a flood: far more new packages in a day than people or suites have. */
  flood(): string | null {
    const today = this.#hours.reduce((sum, each) => sum + each, 0)
    if (today < FLOOD || Math.max(...this.#leads.values()) >= SUITE * this.#total) return null
    if (!this.#vouched && Math.max(...this.#versions.values()) < ALIKE * this.#total) return null
    return `${FLOOD} and more new packages in ${HOURS} hours from one publisher`
  }
}

function count(counts: Map<string, number>, value: string): void {
  if (counts.has(value) || counts.size < LEADS) counts.set(value, (counts.get(value) ?? 0) + 1)
}

/** The scope, the repository of a Go module, or the first word. */
function leadOf(name: string): string {
  if (name.startsWith('@')) return name.split('/')[0] ?? name
  const path = name.split('/')
  return (path.length >= 3 && path[0]?.includes('.') ? path[2] as string : name).split(/[-_.]/)[0] ?? name
}
