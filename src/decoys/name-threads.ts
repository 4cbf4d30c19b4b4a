/** What is kept of one domain's names, and of how many domains. */
const MOST_DOMAINS = 256
const MOST_TEXT = 64 * 1024
const WINDOW = 600

interface Thread {
  text: string
  last: readonly string[]
  /** How long the text was when all of it was looked at last. */
  looked: number
}

/** Labels that count what they stand beside are shorter than what they count. */
const LEAST_LABEL = 6

/**
 * Data that leaves in names looked up one after another: what differs between them, joined in the order they came. All of a
 * thread is looked at again each time it has grown by a quarter; between that, its end.
 */
export class NameThreads {
  readonly #threads = new Map<string, Thread>()

  follow(raw: string): { text: string; by: string | null }[] {
    const name = raw.slice(0, 1_100)
    const labels = name.split('.')
    const texts: { text: string; by: string | null }[] = [{ text: name, by: null }, { text: payload(labels, 2), by: 'labels' }]
    const thread = this.#thread(labels.slice(-2).join('.').toLowerCase())
    const { last } = thread
    thread.last = labels
    const same = common(labels, last)
    if (last.length === 0 || same === labels.length) return texts
    if (thread.text === '') thread.text = payload(last, same)
    const more = payload(labels, same)
    if (thread.text.length + more.length > MOST_TEXT) {
      thread.text = thread.text.slice(-WINDOW)
      thread.looked = 0
    }
    thread.text += more
    const whole = thread.text.length <= WINDOW || thread.text.length >= thread.looked * 1.25
    if (whole) thread.looked = thread.text.length
    texts.push({ text: whole ? thread.text : thread.text.slice(-WINDOW), by: 'names' })
    return texts
  }

  #thread(domain: string): Thread {
    const known = this.#threads.get(domain)
    if (known) return known
    if (this.#threads.size >= MOST_DOMAINS) this.#threads.delete(this.#threads.keys().next().value as string)
    const thread = { text: '', last: [], looked: 0 }
    this.#threads.set(domain, thread)
    return thread
  }
}

function common(one: readonly string[], other: readonly string[]): number {
  let count = 0
  while (count < one.length && count < other.length && one[one.length - 1 - count] === other[other.length - 1 - count]) count++
  return count
}

function payload(labels: readonly string[], domain: number): string {
  const own = labels.slice(0, Math.max(0, labels.length - domain))
  const long = own.filter((label) => label.length >= LEAST_LABEL)
  return (long.length > 0 ? long : own).join('')
}
