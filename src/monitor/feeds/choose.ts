import { isCode, sentence } from '../../core/errors.ts'
import type { EcosystemId } from '../../core/types.ts'
import { Refusal } from './ask.ts'
import { configured, derived } from './candidates.ts'
import type { Ways } from './candidates.ts'
import type { Feed } from './feed.ts'

/** Which feed an ecosystem has, and why. */
export interface Choice {
  /** null: the watch over this ecosystem is off. */
  feed: Feed | null
  /** A sentence for people. */
  because: string
  /** What was tried before and why it was not taken. */
  refused: readonly { candidate: string; why: string }[]
  /** A better one may be there later: it is chosen again after a while. */
  provisional: boolean
}

export interface ChooseOptions extends Ways {
  ecosystem: EcosystemId
  /** Base URL of the registry; null: this ecosystem is off, and `why` says why. */
  registry: string | null
  why?: string
  /** What the operator says: a feed's URL, `off`, or nothing. */
  setting?: string | null
  /** Id of the feed that was followed before: it is kept while it is only out of reach, because its cursor is of no other. */
  stored?: string | null
  /** What is left without a feed; null: nothing. */
  polling: Feed | null
}

/** Asks each candidate once, in order, and takes the first that speaks its format. */
export async function chooseFeed(options: ChooseOptions): Promise<Choice> {
  const { ecosystem, registry, why, setting, stored } = options
  if (setting === 'off') return { feed: null, because: 'the configuration says off', refused: [], provisional: false }
  if (setting) return { feed: configured(ecosystem, setting, options)[0] ?? null, because: 'the configuration names it', refused: [], provisional: false }
  if (registry === null) return { feed: null, because: why ?? 'there is no upstream', refused: [], provisional: false }

  const candidates = derived(ecosystem, registry, options)
  const followed = candidates.find(({ id }) => id === stored)
  if (followed) {
    const problem = await probe(followed)
    if (problem === null || problem.passing) return { feed: followed, because: 'it was followed before', refused: [], provisional: problem !== null }
  }
  const refused: { candidate: string; why: string }[] = []
  for (const feed of candidates) {
    const problem = await probe(feed)
    if (problem === null) return { feed, because: taken(registry, refused.length), refused, provisional: false }
    refused.push({ candidate: feed.id, why: problem.says })
  }
  const because = `upstream offers no feed within reach (tried ${refused.length}); ${options.polling ? 'the packages used here are asked for one after the other instead' : 'nothing is watched'}`
  return { feed: options.polling, because, refused, provisional: true }
}

const taken = (registry: string, before: number): string =>
  `found beside the upstream ${new URL(registry).host}${before === 0 ? '' : `, after ${before} that did not answer as a feed`}`

/** What is wrong with a feed; `passing` where it may be right again by itself. */
async function probe(feed: Feed): Promise<{ says: string; passing: boolean } | null> {
  try {
    await feed.start()
    return null
  } catch (thrown) {
    const busy = thrown instanceof Refusal && (thrown.status === 429 || thrown.status >= 500)
    return { says: sentence(thrown), passing: busy || isCode(thrown, 'upstream-unreachable', 'upstream-slow', 'upstream-truncated') }
  }
}
