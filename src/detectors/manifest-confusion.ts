import type { Finding, RegistryManifest, Severity, UnpackedPackage } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { lineOf } from './kit/lines.ts'

type Difference = { severity: Severity; says: string; near: string }

/**
 * The registry shows one manifest, the archive carries another: clients resolve by the first and run the second.
 * Only differences that change what is installed or run count; npm itself fills in and tidies the rest.
 */
export const manifestConfusion: Detector = {
  id: 'manifest-confusion',
  version: 2,
  ecosystems: ['npm'],
  why: [
    'Whoever reads the registry page, or a scanner that asks the registry, sees other dependencies and scripts than the machine gets.',
  ],
  detect(pkg, _facts, outside) {
    const raw = record(pkg.manifest.raw)
    if (!raw) return []
    const found = [...bundled(pkg, raw), ...(outside.registryManifest ? against(pkg, raw, outside.registryManifest) : [])]
    const worst = found.sort((a, b) => ORDER.indexOf(b.severity) - ORDER.indexOf(a.severity))[0]
    if (!worst) return []
    const said = found.slice(0, 6).map((one) => ({ ...lineOf(pkg, one.near), excerpt: one.near.slice(0, 160), says: one.says.slice(0, 300) }))
    return [{
      detector: manifestConfusion.id, behaviour: 'manifest-confusion', severity: worst.severity, confidence: 0.8,
      title: `manifest confusion: ${worst.says}`.slice(0, 200), evidence: said as unknown as Finding['evidence'],
    }]
  },
}

/** What the registry shows and the archive carries. */
function against(pkg: UnpackedPackage, raw: Record<string, unknown>, shown: RegistryManifest): Difference[] {
  const found: Difference[] = []
  const { name, version } = pkg.manifest
  if (shown.name !== undefined && name !== null && shown.name.toLowerCase() !== name.toLowerCase()) {
    found.push({ severity: 'high', near: '"name"', says: `the archive calls itself ${name}, the registry ${shown.name}` })
  }
  if (shown.version !== undefined && version !== null && plain(shown.version) !== plain(version)) {
    found.push({ severity: 'medium', near: '"version"', says: `the archive says version ${version}, the registry ${shown.version}` })
  }
  return [...found, ...scripts(pkg, raw, shown), ...dependencies(raw, shown.dependencies)]
}

const BUNDLED = /^node_modules\/((?:@[^/]{1,100}\/)?[^/@.][^/]{0,200})\/package\.json$/

/** Packages inside the archive stand in for those of the registry: npm loads them under the name of their folder. */
function bundled({ files }: UnpackedPackage, raw: Record<string, unknown>): Difference[] {
  const listed = raw.bundleDependencies ?? raw.bundledDependencies
  const names = new Set(Array.isArray(listed) ? listed : listed === true ? Object.keys(record(raw.dependencies) ?? {}) : [])
  const inside = [...files.values()].flatMap((file) => {
    const folder = BUNDLED.exec(file.path)?.[1]
    return folder === undefined ? [] : [{ folder, file }]
  })
  const own = record(raw.dependencies) ?? {}
  return inside.slice(0, 1_000).flatMap(({ folder, file }): Difference[] => {
    const called = /"name"\s{0,20}:\s{0,20}"([^"\\]{1,214})"/.exec(new TextDecoder().decode(file.bytes.subarray(0, 20_000)))?.[1]
    const alias = typeof own[folder] === 'string' && own[folder].startsWith('npm:')
    if (called !== undefined && called !== folder && !alias) return [{ severity: 'medium', near: `"${folder}"`, says: `the archive carries ${called} in the folder of ${folder}` }]
    return names.size > 0 || Object.hasOwn(own, folder) ? [] : [{ severity: 'low', near: '"dependencies"', says: `the archive carries ${folder}, which it neither depends on nor lists as bundled` }]
  }).slice(0, 5)
}

const ORDER: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']
const HOOKS = ['preinstall', 'install', 'postinstall'] as const

/** Install scripts in the archive that the registry does not show. npm's own addition for `binding.gyp` is no difference. */
function scripts(pkg: UnpackedPackage, raw: Record<string, unknown>, shown: RegistryManifest): Difference[] {
  const own = record(raw.scripts) ?? {}
  const declared = HOOKS.filter((hook) => typeof own[hook] === 'string' && Object.hasOwn(own, hook) && (own[hook] as string).trim() !== '')
  if (shown.scripts) {
    const listed = shown.scripts
    return declared
      .filter((hook) => (Object.hasOwn(listed, hook) ? listed[hook]?.trim() : undefined) !== (own[hook] as string).trim())
      .filter((hook) => !(hook === 'install' && own[hook] === 'node-gyp rebuild' && pkg.files.has('binding.gyp')))
      .map((hook) => ({ severity: 'high', near: `"${hook}"`, says: `the archive's ${hook} script is not the one the registry shows: ${String(own[hook])}` }))
  }
  if (shown.hasInstallScript === false && declared[0]) {
    return [{ severity: 'high', near: `"${declared[0]}"`, says: `the archive has a ${declared[0]} script, the registry says it has none` }]
  }
  return []
}

/** Names only: ranges are rewritten by publishing tools. npm copies optional dependencies into the others. */
function dependencies(raw: Record<string, unknown>, shown: Readonly<Record<string, string>> | undefined): Difference[] {
  if (!shown) return []
  const own = record(raw.dependencies) ?? {}
  const groups = [own, raw.optionalDependencies, raw.peerDependencies, raw.devDependencies]
  const anywhere = new Set(groups.flatMap((group) => Object.keys(record(group) ?? {})))
  const optional = new Set(Object.keys(record(raw.optionalDependencies) ?? {}))
  const added = Object.keys(shown).filter((name) => !anywhere.has(name))
  const hidden = Object.keys(own).filter((name) => !Object.hasOwn(shown, name) && !optional.has(name))
  return [
    ...added.slice(0, 5).map((name): Difference => (
      { severity: 'medium', near: '"dependencies"', says: `the registry lists a dependency on ${name} that the archive does not have` })),
    ...hidden.slice(0, 5).map((name): Difference => (
      { severity: 'medium', near: `"${name}"`, says: `the archive depends on ${name}, which the registry does not show` })),
  ]
}

/** `v1.0.0`, `=1.0.0` and build metadata are the same version to npm. */
const plain = (version: string): string => version.trim().replace(/^[=v\s]+/, '').replace(/\+.*$/, '')

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : null
}
