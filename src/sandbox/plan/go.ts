import { inPlace } from '../go-time/overlay.ts'
import type { Overlay } from '../go-time/overlay.ts'
import { drivers } from './drivers.ts'
import { goCalls } from './go-calls.ts'
import { checkMs, DRIVERS, file } from './plan.ts'
import type { Command, Plan, Prepared, Setting } from './plan.ts'
import { imported } from './go-rest.ts'
import type { GoTool } from './tools.ts'

/** Where the standard library as it was built before lies inside; see go-cache.ts. */
const BUILT = '/opt/go-build'
/** Where what makes time run fast lies inside. */
const CHANGED = '/opt/go-text'

export interface GoParts {
  go: GoTool
  /** The standard library as it was built before; null: not at all. */
  built: string | null
  /** In whose programs time is to run fast, or why that cannot be; null: it is not to. */
  fast: { overlay: Overlay } | { failed: string } | null
}

/** `go get` and a build; then a program that imports every package; then functions by programs of ours, and its own commands. */
export function planGo({ target: { ref }, files }: Prepared, { home, project, env, registries, phaseMs }: Setting, { go: { root, mounts }, built, fast }: GoParts): Plan {
  const overlay = fast !== null && 'overlay' in fast ? inPlace(fast.overlay, { root, seenAs: CHANGED }) : null
  const runs = overlay !== null
  const cache = `${home}/.cache/go-build`
  const around = {
    ...env, PATH: `${root}/bin:${env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}`, GOPATH: `${home}/go`, GOCACHE: cache, GOFLAGS: ['-mod=mod', '-buildvcs=false', ...(overlay === null ? [] : [overlay.flag])].join(' '), GOTOOLCHAIN: 'local', GOSUMDB: 'off', GOTELEMETRY: 'off',
    ...(registries.go === null ? {} : { GOPROXY: registries.go }),
  }
  const step = (...args: readonly string[]): Command => ({ argv: ['/bin/bash', `${project}/${DRIVERS}/go.sh`, ...args], cwd: project, env: { ...around, CHECK_MS: checkMs(phaseMs), ...(runs ? { CHECK_LONG: '1' } : {}) } })
  const calls = goCalls(ref.name, files, runs).flatMap(({ source, count }, index) => [file(`${project}/calls/${index}/main.go`, source), file(`${project}/calls/${index}/count`, String(count))])
  return {
    mounts: [...mounts, ...(built === null ? [] : [{ from: built, to: BUILT }])],
    files: [
      // Folders that are there spare the driver a program.
      ...['bin', 'imports/all', 'imports/one'].map((folder) => file(`${project}/${folder}/.keep`, '')), file(`${project}/data/products.json`, '[{"id":1,"name":"Blue mug","price":9.5}]\n'),
      file(`${project}/go.mod`, `module shop.example/storefront\n\ngo ${languageOf(files)}\n`), ...calls, ...drivers(`${project}/${DRIVERS}`, ['go.sh']),
      file(`${project}/${DRIVERS}/main.txt`, imported(runs)), ...(overlay?.files ?? []).map(({ name, content }) => file(`${CHANGED}/${name}`, content)),
    ],
    // Links to what is built, so that what is new lands in a cache of its own.
    prepare: [...(built === null ? [] : [
      { argv: ['/bin/mkdir', '-p', `${home}/.cache`], cwd: project, env: around },
      { argv: ['/bin/cp', '-rs', BUILT, cache], cwd: project, env: around },
    ] satisfies Command[]), ...(runs ? [step('time')] : [])],
    ...(fast !== null && 'failed' in fast ? { missing: [`time does not run fast in programs of Go: ${fast.failed}`] } : {}),
    phases: { install: step('install', ref.name, ref.version), import: step('import', ref.name), execute: step('execute', ref.name) },
  }
}

/** The project speaks what the module speaks, at least what modules of today do. */
function languageOf(files: Prepared['files']): string {
  const said = /^go (1\.\d{1,3}(?:\.\d{1,3})?)\s*$/m.exec(new TextDecoder().decode(files.get('go.mod')?.bytes ?? new Uint8Array()))?.[1] ?? '1.21'
  return Number(said.split('.')[1]) < 21 ? '1.21' : said
}
