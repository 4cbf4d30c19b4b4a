import { SluiceError } from '../../core/errors.ts'
import type { Ecosystem } from '../ecosystem.ts'
import { companionOf } from './companions.ts'
import { deny } from './deny.ts'
import { archiveFormat, kindOf } from './filenames.ts'
import { readIdentity } from './identity.ts'
import { answer } from './local.ts'
import { readManifest } from './manifest.ts'
import { canonicalName, isName } from './names.ts'
import { presence } from './presence.ts'
import { parse } from './protocol.ts'
import { readIndex } from './read-index.ts'
import { render } from './render.ts'
import { clientSettings } from './settings.ts'
import { triggers } from './triggers.ts'
import { UPSTREAM_ACCEPT } from './variants.ts'
import { satisfies } from './specifiers.ts'
import { compareVersions, isPrerelease, normalVersion } from './versions.ts'

/**
 * PyPI's simple repository, for pip, uv, poetry and pdm. An upstream is an index URL as pip takes it (`…/simple/`). Index
 * variants: `html`, `json`, `legacy` and `legacy <version>`, the JSON documents of a project and of one version; upstream has
 * one document for all of them.
 */
export const pypi: Ecosystem = {
  id: 'pypi',
  parse,
  canonicalName,
  isName,
  canonicalVersion: normalVersion,
  compareVersions,
  isPrerelease,
  satisfies,
  archiveFormat,
  indexRequest: (name) => ({ path: `${name}/`, accept: UPSTREAM_ACCEPT }),
  // There is nothing more complete to ask for, so what is asked first counts as that.
  needsComplete: () => true,
  readIndex(document) {
    const listing = readIndex(document)
    return { releases: listing.files.map(({ release }) => release), render: (variant, view) => render(listing, variant, view) }
  },
  // The project's own document stands beside the simple index, as on the official one; mirrors may not have it.
  identityRequests: (name) => [
    { path: `../pypi/${name}/json`, accept: 'application/json' },
    { path: `${name}/`, accept: 'application/vnd.pypi.simple.v1+json' },
  ],
  readIdentity,
  presence,
  packageRoot: (ref) => ({ strip: kindOf(ref.file) === 'sdist' ? 1 : 0 }),
  readManifest: (_ref, files) => readManifest(files),
  companion(release, file) {
    const suffix = companionOf(file)?.suffix
    const found = suffix === undefined ? undefined : release.companions?.[suffix]
    if (!found) throw new SluiceError('not-found', `the index lists no ${file}`)
    return found
  },
  // Installers hide why a page is refused better than why a file is.
  deniesWholly: false,
  companionsFollow: true,
  unasked: ['build', 'startup'],
  triggers: (_manifest, files) => triggers(files),
  deny,
  answer: (ask) => Promise.resolve(answer(ask)),
  clientSettings,
}
