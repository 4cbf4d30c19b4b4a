import { posix } from 'node:path'
import { sentence, SluiceError } from '../../core/errors.ts'
import { bunLock } from './bun-lock.ts'
import { cyclonedx } from './cyclonedx.ts'
import { decode } from './decode.ts'
import { goMod } from './go-mod.ts'
import { goSum } from './go-sum.ts'
import { packageJson } from './package-json.ts'
import { packageLock } from './package-lock.ts'
import { pdmLock } from './pdm-lock.ts'
import { pipfile } from './pipfile.ts'
import { pipfileLock } from './pipfile-lock.ts'
import { pnpmLock } from './pnpm-lock.ts'
import { pnpmWorkspace } from './pnpm-workspace.ts'
import { poetryLock } from './poetry-lock.ts'
import type { Format, ProjectFile } from './project-file.ts'
import { pylock } from './pylock.ts'
import { pyproject } from './pyproject.ts'
import { FileReading } from './reading.ts'
import { requirementsTxt } from './requirements-txt.ts'
import { goEnv, npmrc, pipConf } from './settings.ts'
import { bunfig, uvToml, yarnrc, yarnrcYml } from './settings-more.ts'
import { setupCfg } from './setup-cfg.ts'
import { spdx } from './spdx.ts'
import { linesBetween } from './tree.ts'
import { uvLock } from './uv-lock.ts'
import { yarnBerry } from './yarn-berry.ts'
import { yarnClassic } from './yarn-classic.ts'

/** Every format that is read, the first that matches. Adding one touches its file and this list. */
const formats: readonly Format[] = [
  packageJson, packageLock, pnpmLock, pnpmWorkspace, yarnBerry, yarnClassic, bunLock,
  pipfile, pipfileLock, pyproject, setupCfg, poetryLock, uvLock, pdmLock, pylock, requirementsTxt,
  goMod, goSum, cyclonedx, spdx, npmrc, pipConf, goEnv, yarnrcYml, yarnrc, uvToml, bunfig,
]

/** A larger file is refused: the largest lockfiles and SBOMs seen have some ten megabytes. */
export const LARGEST = 32 * 1024 * 1024
/** Twice what the largest would have. */
const MOST_LINES = 2_000_000

export interface GivenFile {
  path: string
  bytes: Uint8Array
  /** Of which format it is, where another file says so: a list of requirements may be called anything. */
  as?: Format['name']
}

/**
 * What manifests, lockfiles and SBOMs say. Files of one folder help each other: a yarn.lock does not say what the project
 * itself asks for, the package.json beside it does. Throws `usage` for what is no such file, or larger than any.
 */
export function readProject(files: GivenFile | readonly GivenFile[]): ProjectFile[] {
  const given = Array.isArray(files) ? files as readonly GivenFile[] : [files as GivenFile]
  const read = together(given)
  return given.map(read)
}

/** As `readProject`, but what cannot be read is named beside what can: one broken file says nothing of the others. */
export function readEach(given: readonly GivenFile[]): { files: ProjectFile[]; unread: { path: string; says: string }[] } {
  const read = together(given)
  const files: ProjectFile[] = []
  const unread: { path: string; says: string }[] = []
  for (const file of given) {
    try {
      files.push(read(file))
    } catch (thrown) {
      unread.push({ path: file.path, says: sentence(thrown) })
    }
  }
  return { files, unread }
}

function together(given: readonly GivenFile[]): (file: GivenFile) => ProjectFile {
  const byPath = new Map(given.map((file) => [posix.normalize(slashed(file.path)), file]))
  const texts = new Map<GivenFile, string>()
  return (file) => readOne(file, (name) => {
    const near = byPath.get(posix.join(posix.dirname(slashed(file.path)), slashed(name)))
    if (!near || near.bytes.length > LARGEST) return null
    const text = texts.get(near) ?? decode(near.bytes).text
    texts.set(near, text)
    return text
  })
}

const slashed = (path: string): string => path.replaceAll('\\', '/')

function readOne({ path, bytes, as }: GivenFile, beside: (name: string) => string | null): ProjectFile {
  const shown = path.slice(-200)
  if (bytes.length > LARGEST) {
    throw new SluiceError('usage', `${shown} has ${Math.ceil(bytes.length / 1024 / 1024)} MiB: more than ${LARGEST / 1024 / 1024} MiB are not read`, { hint: 'is this the right file?' })
  }
  const { text, problem } = decode(bytes)
  if (linesBetween(text, 0, text.length) > MOST_LINES) throw new SluiceError('usage', `${shown} has more than ${MOST_LINES} lines`, { hint: 'is this the right file?' })
  const format = formats.find(({ name }) => name === as) ?? formatOf(path, text)
  if (!format) {
    throw new SluiceError('usage', `${shown} is no manifest, lockfile or SBOM that is known here`, { hint: `known are ${formats.flatMap(({ files }) => files || []).join(', ')}` })
  }
  const reading = new FileReading({ path, text }, format, beside)
  if (problem) reading.problem(problem.line, problem.says)
  format.read(reading)
  return reading.done()
}

/** Which format a file has, by its name, and by its content where several share one. */
export const formatOf = (path: string, text: string): Format | null => {
  const [folder = '', name = ''] = `/${slashed(path)}`.toLowerCase().split('/').slice(-2)
  return formats.find((format) => format.matches(name, text, folder)) ?? null
}
