import { SluiceError } from '../../core/errors.ts'
import type { Ecosystem } from '../ecosystem.ts'
import { deny } from './deny.ts'
import { readIdentity } from './identity.ts'
import { answer } from './local.ts'
import { readManifest } from './manifest.ts'
import { canonicalName, isName } from './names.ts'
import { readPackument } from './packument.ts'
import { presence } from './presence.ts'
import { parse } from './protocol.ts'
import { render } from './render.ts'
import { clientSettings } from './settings.ts'
import { triggers } from './triggers.ts'
import { CORGI, needsComplete } from './variants.ts'
import { satisfies } from './ranges.ts'
import { canonicalVersion, compareVersions, isPrerelease } from './versions.ts'

/**
 * npm's registry, for npm, pnpm, yarn and bun. Index variants: `corgi` (what installs read) and `full`, each also `+reasons`;
 * `tags` and `manifest <version or tag>`, which are parts of one.
 */
export const npm: Ecosystem = {
  id: 'npm',
  parse,
  canonicalName,
  isName,
  canonicalVersion,
  compareVersions,
  isPrerelease,
  satisfies,
  // A tarball's name is whatever `dist.tarball` said; what npm packs and clients accept is always this.
  archiveFormat: () => 'tar.gz',
  indexRequest: (name, complete) => ({
    path: name.replace('/', '%2f'),
    accept: complete ? 'application/json' : `${CORGI}; q=1.0, application/json; q=0.8, */*`,
  }),
  needsComplete,
  readIndex({ name, body, base }) {
    const packument = readPackument(name, body, base)
    return { releases: packument.entries.map(({ release }) => release), render: (variant, view) => render(packument, variant, view) }
  },
  identityRequests: (name) => [{ path: name.replace('/', '%2f'), accept: 'application/json' }],
  readIdentity,
  presence,
  packageRoot: () => ({ strip: 1 }),
  readManifest: (_ref, files) => readManifest(files),
  companion(release, file) {
    throw new SluiceError('not-found', `npm keeps no ${file} beside ${release.file}`)
  },
  companionsFollow: true,
  unasked: ['install-hook'],
  deniesWholly: true,
  variesByTool: true,
  triggers,
  deny,
  answer,
  clientSettings,
}
