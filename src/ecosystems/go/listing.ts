import { SluiceError } from '../../core/errors.ts'
import type { Release } from '../../core/types.ts'
import type { IndexDocument, IndexView } from '../ecosystem.ts'
import { urlPart } from './modules.ts'
import { compareVersions, fitsPath, isCanonical, isIncompatible, isPrerelease, isPseudo } from './versions.ts'

/** More than any module has; what is longer is refused, not cut. */
const MOST_VERSIONS = 200_000
const LARGEST_ANSWER = 64 * 1024

/**
 * `@v/list`: one version a line, perhaps followed by a time, which is the author's and therefore dropped. Words that
 * are no versions of this module are dropped, too, as Go itself does; a document without any version is no list.
 */
export function readIndex(document: { name: string; body: Uint8Array; base: string }): IndexDocument {
  const versions = new Set<string>()
  let words = 0
  let canonical = 0
  for (const line of text(document.body).split('\n')) {
    const word = line.trim().split(/\s/, 1)[0] as string
    if (word === '') continue
    if (++words > MOST_VERSIONS) throw invalid(`more than ${MOST_VERSIONS} lines in the version list of ${document.name}`)
    if (!isCanonical(word)) continue
    canonical++
    if (fitsPath(word, document.name)) versions.add(word)
  }
  if (words > 0 && canonical === 0) throw invalid(`the version list of ${document.name} has no versions in it`)
  const releases = [...versions].sort(inOrder).map((version) => release(document.name, version, document.base))
  return { releases, render: (variant, view) => render(releases, variant, view) }
}

/** The answer to `@latest`, `@v/<branch>.info`, `@v/<commit>.info`: JSON with a canonical `Version`. */
export function readQuery(document: { name: string; body: Uint8Array; base: string }): Release {
  if (document.body.byteLength > LARGEST_ANSWER) throw invalid(`the answer about ${document.name} is too large`)
  let answer: unknown
  try {
    answer = JSON.parse(text(document.body))
  } catch (cause) {
    throw invalid(`the answer about ${document.name} is not JSON`, cause)
  }
  const version = typeof answer === 'object' && answer !== null && 'Version' in answer ? answer.Version : null
  if (typeof version !== 'string' || !isCanonical(version) || !fitsPath(version, document.name)) {
    throw invalid(`the answer about ${document.name} names no version of it`)
  }
  return release(document.name, version, document.base)
}

function render(releases: readonly Release[], variant: string, view: IndexView): { contentType: string; body: Uint8Array } {
  const visible = releases.filter((release) => view.visibility(release).show).map((release) => release.version)
  if (variant === 'list') {
    return { contentType: 'text/plain; charset=utf-8', body: Buffer.from(visible.map((version) => `${version}\n`).join('')) }
  }
  if (variant !== 'latest') throw new SluiceError('usage', `a Go module has no index variant ${variant}`)
  const latest = latestOf(visible)
  return { contentType: 'application/json', body: Buffer.from(latest === null ? '' : JSON.stringify({ Version: latest })) }
}

/**
 * What Go takes for `latest` (golang.org/ref/mod#version-queries): the highest release, else the highest prerelease,
 * else the pseudo-version of the newest commit. `+incompatible` only where nothing else of its kind is left, since the
 * list does not say whether the others have a go.mod.
 */
function latestOf(ascending: readonly string[]): string | null {
  const tagged = ascending.filter((version) => !isPseudo(version))
  const of = (kind: (version: string) => boolean): string | undefined =>
    tagged.findLast((version) => kind(version) && !isIncompatible(version)) ?? tagged.findLast(kind)
  const byCommit = (a: string, b: string): number => (stamp(a) < stamp(b) ? -1 : 1)
  return of((version) => !isPrerelease(version)) ?? of(isPrerelease) ?? ascending.toSorted(byCommit).at(-1) ?? null
}

/** The commit time in a pseudo-version, digits only. */
const stamp = (version: string): string => /[0-9]{14}(?=-[0-9A-Za-z]+(?:\+|$))/.exec(version)?.[0] ?? ''

const inOrder = (a: string, b: string): number => compareVersions(a, b) || (a < b ? -1 : 1)

/** Go's own times are the author's, so a release is dated by the checksum database alone. */
const release = (name: string, version: string, base: string): Release => ({
  version,
  file: `${version}.zip`,
  url: fileUrl(name, `${version}.zip`, base),
  pledge: {},
  publishedAt: null,
  publishedBefore: null,
})

/** Beside the document it is listed in; where that was redirected out of the protocol's layout, relative to it. */
function fileUrl(name: string, file: string, base: string): string {
  const at = base.lastIndexOf(`/${urlPart(name)}/@`)
  return new URL(at < 0 ? urlPart(file) : `${base.slice(0, at)}/${filePath(name, file)}`, base).href
}

/** Below the upstream proxy's URL. */
export const filePath = (name: string, file: string): string => `${urlPart(name)}/@v/${urlPart(file)}`

function text(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch (cause) {
    throw invalid('not UTF-8 text', cause)
  }
}

const invalid = (message: string, cause?: unknown): SluiceError => new SluiceError('index-invalid', message, { cause })
