import { createUpstream } from '../../src/adapters/upstream.ts'
import { loadConfig } from '../../src/config.ts'
import { discoverUpstreams, originsOf } from '../../src/config/discover.ts'
import { environment } from '../../src/config/environment.ts'
import { ecosystems } from '../../src/ecosystems/index.ts'
import { Sandbox } from '../../src/sandbox/face.ts'
import type { Bases } from '../../src/sandbox/plan/get.ts'

/** A sandbox as the command line has it, with this machine's registries for dependencies. */
export async function box(cache: string): Promise<Sandbox> {
  const { sandbox } = await boxes(cache)
  return sandbox
}

export async function boxes(cache: string): Promise<{ sandbox: Sandbox; bases: Bases; upstream: ReturnType<typeof createUpstream> }> {
  const config = loadConfig({ env: environment(), canonical: (ecosystem, raw) => ecosystems[ecosystem].canonicalName(raw) })
  const found = await discoverUpstreams(config, { env: environment() })
  const upstream = createUpstream({ way: () => ({ ...config.network, origins: originsOf(config, found) }) })
  const bases: Bases = { npm: found.npm.on ? found.npm.url : null, pypi: found.pypi.on ? found.pypi.url : null, go: found.go.on ? found.go.url : null }
  return { sandbox: Sandbox.open({ upstream, bases, path: environment()['PATH'] ?? '/usr/bin:/bin', cache, backend: null }), bases, upstream }
}
