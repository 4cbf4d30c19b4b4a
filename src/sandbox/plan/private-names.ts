import { SluiceError } from '../../core/errors.ts'
import { privateName } from '../../core/policy.ts'
import type { Policy } from '../../core/policy.ts'
import type { EcosystemId } from '../../core/types.ts'
import { unescapeCase } from '../../ecosystems/go/modules.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import type { Upstream } from '../../ports/upstream.ts'
import type { Bases } from './get.ts'

/**
 * The way out for what packages depend on. Whatever a package says, a private name is never asked of a public registry: the fetch
 * throws SluiceError `upstream-off`, and the dependency is among what is missing of the run.
 */
export const withoutPrivate = (upstream: Pick<Upstream, 'fetch'>, bases: Bases, policy: () => Policy): Pick<Upstream, 'fetch'> => ({
  async fetch(url, options) {
    for (const { ecosystem, name } of asked(url, bases)) {
      if (privateName(policy(), ecosystem, name) !== null) throw new SluiceError('upstream-off', `${name} is a private name, which is asked of no public registry`)
    }
    return upstream.fetch(url, options)
  },
})

/** What an address below a base names. */
function asked(url: string, bases: Bases): { ecosystem: EcosystemId; name: string }[] {
  return (Object.keys(bases) as EcosystemId[]).flatMap((ecosystem) => {
    const base = bases[ecosystem]
    if (base === null) return []
    const below = base.endsWith('/') ? base : `${base}/`
    const name = url.startsWith(below) ? NAMED[ecosystem](url.slice(below.length).split(/[?#]/)[0] as string) : null
    return name ? [{ ecosystem, name: ecosystems[ecosystem].canonicalName(name) }] : []
  })
}

const NAMED: Readonly<Record<EcosystemId, (path: string) => string | null>> = {
  npm: (path) => decoded(path.split('/-/')[0] as string),
  pypi: (path) => decoded(path.split('/')[0] as string),
  go: (path) => unescapeCase(decoded(path.split('/@')[0] as string) ?? ''),
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
