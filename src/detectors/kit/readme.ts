import type { UnpackedPackage } from '../../core/types.ts'

interface Readme { file: string; text: string }

const LONGEST = 200_000

/** What the package says of itself to people: its README, or the description in its metadata. */
export function readmeOf({ files, manifest }: UnpackedPackage): Readme | null {
  const found = [...files.values()].find(({ path }) => /^readme(?:\.\w{1,8})?$/i.test(path))
  if (found && found.size > SHORTEST) return { file: found.path, text: read(found.bytes) }
  const metadata = /(?:^|\/)(?:METADATA|PKG-INFO)$/.test(manifest.file ?? '') ? files.get(manifest.file ?? '') : undefined
  if (!metadata) return found ? { file: found.path, text: read(found.bytes) } : null
  const text = read(metadata.bytes)
  // Headers end at the first empty line; old ones hold the description themselves.
  const body = /^Description:|\r?\n\r?\n/m.exec(text)
  return body && { file: metadata.path, text: text.slice(body.index) }
}

/** Shorter ones say no more than a title. */
const SHORTEST = 50
const read = (bytes: Uint8Array): string => new TextDecoder().decode(bytes.subarray(0, LONGEST))

/** File and line of a text in the README. */
export function placeIn({ files }: UnpackedPackage, { file }: Readme, text: string): { file: string; lines: [number, number] } {
  const content = read(files.get(file)?.bytes ?? new Uint8Array())
  const at = content.indexOf(text)
  const line = at < 0 ? 1 : content.slice(0, at).split('\n').length
  return { file, lines: [line, line] }
}

/** `pip install x`, `npm i -D x`, `yarn add x`, `go get x`: the first name after flags, without extras and versions. */
const INSTALLS = /\b(?:pip[23]?|uv pip|poetry|npm|pnpm|yarn|bun|go|conda)[ \t]+(?:install|i|add|get)[ \t]+((?:-{1,2}[\w-]{1,30}[ \t]+){0,4})(@?[A-Za-z0-9][\w.-]{0,120}(?:\/[\w./-]{1,120})?)/g
const MOST = 200
/** What people are told to install to build or test anything. */
const TOOLS = new Set('setuptools wheel twine tox pytest virtualenv pipenv poetry pip build flake8 black mypy precommit corepack yarn pnpm npm typescript it the a this requirements from git'.split(' '))

/** Packages that lines of a README tell people to install, in order, as written. */
export function installsIn(text: string): { name: string; spelled: string }[] {
  const found: { name: string; spelled: string }[] = []
  for (const match of text.matchAll(INSTALLS)) {
    if (found.length >= MOST) break
    const name = (match[2] as string).toLowerCase().replace(/[._]+$/, '')
    // What is installed from a folder or a file of requirements is no name.
    if (!/^-(?:r|e|c)\b/.test(match[1] ?? '') && !TOOLS.has(squeezed(name))) found.push({ name, spelled: match[0] })
  }
  return found
}

/** Letters and digits only, so that `Foo_Bar`, `foo.bar` and `foobar` are one. */
export const squeezed = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')
