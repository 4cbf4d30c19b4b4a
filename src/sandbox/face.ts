import { readFile, rm, stat } from 'node:fs/promises'
import { aboutPackage, aboutRecord } from '../conduct/about.ts'
import type { About } from '../conduct/about.ts'
import { isCode, sentence, SluiceError } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Runner, RunOptions, RunTarget } from '../ports/runner.ts'
import type { Upstream } from '../ports/upstream.ts'
import { chooseBackend, probeBackends } from './cell/backends.ts'
import type { BackendName } from './cell/backends.ts'
import type { Mount, Probe } from './cell/cell.ts'
import { builtStandardLibrary, fastGo } from './go-cache.ts'
import { besides } from './plan/beside.ts'
import type { Bases } from './plan/get.ts'
import { planGo } from './plan/go.ts'
import { planNpm } from './plan/npm.ts'
import type { Plan, Prepared, Target } from './plan/plan.ts'
import { mirror, prepare } from './plan/prepare.ts'
import { planPypi } from './plan/pypi.ts'
import { Tools } from './plan/tools.ts'
import type { PassName, PhaseName, SandboxRecord } from './record.ts'
import { LIMITS, PHASES, runAll } from './run.ts'
import { scratchFolder } from './scratch.ts'
import type { World } from './world.ts'

export interface SandboxParts {
  upstream: Pick<Upstream, 'fetch'>
  /** Where dependencies are fetched, outside. The gate's own, so that they are judged; else the registries'. */
  bases: Bases
  /** As which registries the box knows them; absent: as `bases`. */
  registries?: Bases
  /** PATH, on which interpreters are looked for. */
  path: string
  /** A folder that stays, for what every run would make anew; null: nothing is kept. */
  cache: string | null
  /** null: the strongest that works. */
  backend: BackendName | null
}

/** What the command line asks for besides. */
export interface SandboxOptions extends RunOptions {
  phases?: readonly PhaseName[]
  phaseMs?: number
  onProgress?: ((says: string) => void) | undefined
}

/** Larger ones are nobody's package, and all of it is in memory. */
const LARGEST = 512 * 1024 * 1024
const FETCHING = 90_000
const PHASE = 60_000

/** Of how packages are run: to be raised when a run would see other things than before. */
const VERSION = 'sandbox@1'

/** Runs packages in cells and says what they did. */
export class Sandbox implements Runner {
  readonly version = VERSION
  readonly #parts: SandboxParts
  readonly #tools: Tools

  private constructor(parts: SandboxParts) {
    this.#parts = parts
    this.#tools = new Tools(parts.path)
  }

  static open(parts: SandboxParts): Sandbox {
    return new Sandbox(parts)
  }

  probe(): Promise<readonly Probe[]> {
    return probeBackends()
  }

  /** Which interpreters packages can be run with here; null: none. */
  async interpreters(): Promise<Readonly<Record<EcosystemId, string | null>>> {
    const [node, python, go] = await Promise.allSettled([this.#tools.node(), this.#tools.python(), this.#tools.go()])
    return {
      npm: node.status === 'fulfilled' ? `${node.value.node}, npm ${node.value.npmVersion}` : null,
      pypi: python.status === 'fulfilled' ? `${python.value.program} ${python.value.facts.markers['python_full_version'] ?? ''}`.trim() : null,
      go: go.status === 'fulfilled' ? `${go.value.program}, ${go.value.version}` : null,
    }
  }

  /** Of wheels, best first; empty where no Python is here. */
  pythonTags(): Promise<readonly string[]> {
    return this.#tools.python().then(({ facts }) => facts.tags, () => [])
  }

  async run({ ref, digest, path }: RunTarget, options: SandboxOptions): Promise<SandboxRecord> {
    const { size } = await stat(path)
    if (size > LARGEST) throw new SluiceError('archive-limit', `${ref.file} is too large to be run`)
    return (await this.runBytes({ ref, digest, bytes: await readFile(path) }, options)).record
  }

  /** As `run`, of bytes that are no file; and what is known of the package, for whoever judges. */
  async runBytes(target: Target, { passes, timeMs, signal, phases = PHASES, phaseMs = PHASE, onProgress }: SandboxOptions): Promise<{ record: SandboxRecord; about: About }> {
    const began = performance.now()
    const { bases, upstream, backend: wanted } = this.#parts
    const { backend, probe } = await chooseBackend(wanted)
    onProgress?.('unpacking')
    const prepared = await prepare(target)
    const scratch = await scratchFolder()
    try {
      onProgress?.('fetching what it depends on')
      const fetched = await mirror(prepared, { upstream, bases, tools: this.#tools, scratch, timeMs: Math.min(FETCHING, timeMs / 2), signal })
      const registries = inBox(this.#parts.registries ?? bases)
      const record = await runAll({
        backend, prepared, mirror: fetched.folder, registries, mounts: await this.#mountsFor(target.ref.ecosystem), planFor: (world, pass) => this.#planFor(prepared, { world, pass }, { phaseMs, timeMs, signal, onProgress }),
      }, { passes, phases, phaseMs, signal, onProgress, timeMs: timeMs - (performance.now() - began), limits: LIMITS })
      const told: SandboxRecord = {
        ...record, about: aboutOf(prepared, registries), backend: probe.version ?? backend.name, elapsedMs: performance.now() - began,
        // The sinkhole has something in its place, with which the package does not do what it does.
        missing: [...record.missing, ...fetched.lacking.map((one) => `not fetched: ${one}`)],
      }
      return { record: told, about: aboutRecord(told) }
    } finally {
      await rm(scratch, { recursive: true, force: true })
    }
  }

  async #mountsFor(ecosystem: EcosystemId): Promise<readonly Mount[]> {
    switch (ecosystem) {
      case 'npm': return (await this.#tools.node()).mounts
      case 'pypi': return (await this.#tools.python()).mounts
      case 'go': return (await this.#tools.go()).mounts
    }
  }

  async #planFor(prepared: Prepared, { world, pass }: { world: World; pass: PassName }, { phaseMs, timeMs, signal, onProgress }: Pick<SandboxOptions, 'signal' | 'onProgress' | 'timeMs'> & { phaseMs: number }): Promise<Plan> {
    const setting = { home: world.host.home, project: world.project, env: world.env, registries: world.registries, phaseMs }
    switch (prepared.target.ref.ecosystem) {
      case 'npm': return planNpm(prepared, setting, await this.#tools.node())
      case 'pypi': return planPypi(prepared, setting, await this.#tools.python())
      case 'go': {
        const go = await this.#tools.go()
        const building = { timeMs: timeMs / 4, signal, onProgress }
        const { cache } = this.#parts
        const fast = pass === 'later' ? await fastGo(go, cache, building).catch(whyNot) : null
        const built = fast !== null && 'overlay' in fast ? fast.built : cache === null ? null : await builtStandardLibrary(go, cache, building)
        return planGo(prepared, setting, { go, built, fast })
      }
    }
  }
}

/** A pass in which time does not run is still worth having, where it says so. */
function whyNot(thrown: unknown): { failed: string } {
  if (!isCode(thrown, 'sandbox-unavailable')) throw thrown
  return { failed: sentence(thrown) }
}

/** Registries under their names; one that is at an address, or on this machine, gets a name that is nobody's. */
function inBox(bases: Bases): Record<EcosystemId, string | null> {
  const named = (ecosystem: EcosystemId): string | null => {
    const url = URL.parse(bases[ecosystem] ?? '')
    const plain = url !== null && url.protocol === 'https:' && url.port === '' && /^(?!localhost$)(?:[a-z0-9-]+\.)+[a-z]{2,}$/i.test(url.hostname)
    return plain ? url.href : `https://${ecosystem}.registry.example/${ecosystem === 'pypi' ? 'simple/' : ''}`
  }
  return { npm: named('npm'), pypi: named('pypi'), go: named('go') }
}

function aboutOf({ target: { ref, digest, bytes }, manifest, files }: Prepared, registries: Bases): About {
  const artifact = { ref, digest, size: bytes.byteLength, publishedAt: null, firstSeenAt: new Date(), upstream: '' }
  const hosts = (Object.keys(registries) as EcosystemId[]).flatMap((ecosystem) => (registries[ecosystem] === null ? [] : [new URL(registries[ecosystem]).hostname, ...besides(ecosystem, registries[ecosystem])]))
  return aboutPackage({ artifact, manifest, files, triggers: ecosystems[ref.ecosystem].triggers(manifest, files), oddities: [], missing: [] }, hosts)
}
