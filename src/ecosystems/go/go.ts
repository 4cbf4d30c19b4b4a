import type { Ecosystem } from '../ecosystem.ts'
import { checkUnpacked, transparency } from './checksums.ts'
import { deny, plain } from './denial.ts'
import { readIdentity } from './identity.ts'
import { filePath, readIndex, readQuery } from './listing.ts'
import { readManifest } from './manifest.ts'
import { pathProblem, unescapeCase, urlPart } from './modules.ts'
import { presence } from './presence.ts'
import { parse } from './protocol.ts'
import { clientSettings } from './settings.ts'
import { triggers } from './triggers.ts'
import { compareVersions, fitsPath, isCanonical, isPrerelease } from './versions.ts'

/** Go modules behind the GOPROXY protocol. Paths for upstream are relative to the proxy's URL. */
export const go: Ecosystem = {
  id: 'go',
  parse,
  canonicalName: (raw) => (raw.includes('!') ? unescapeCase(raw) ?? raw : raw),
  isName: (name) => pathProblem(name) === null,
  canonicalVersion: (raw) => raw.trim().replace(/^(?=\d)/, 'v'),
  compareVersions,
  isPrerelease,
  // golang.org/ref/mod#minimal-version-selection: a requirement is a minimum.
  satisfies: (version, range) => (isCanonical(range) ? compareVersions(version, range) >= 0 : null),
  archiveFormat: (file) => (file.endsWith('.zip') ? 'zip' : 'none'),
  indexRequest: (name) => ({ path: `${urlPart(name)}/@v/list`, accept: 'text/plain, */*' }),
  needsComplete: () => false,
  readIndex,
  readQuery,
  directUrl: filePath,
  versionOfFile(name, file) {
    const version = /^(.+)\.(?:zip|mod|info)$/.exec(file)?.[1]
    return version !== undefined && isCanonical(version) && fitsPath(version, name) ? version : null
  },
  transparency,
  identityRequests: (name) => [
    { path: `${urlPart(name)}/@latest`, accept: 'application/json' },
    { path: `${urlPart(name)}/@v/list`, accept: 'text/plain' },
  ],
  readIdentity,
  presence,
  packageRoot: (ref) => ({ prefix: `${ref.name}@${ref.version}/` }),
  readManifest,
  checkUnpacked,
  companion: (release, file) => ({ url: new URL(urlPart(file), release.url).href, pledge: {} }),
  companionsFollow: false,
  unasked: [],
  deniesWholly: false,
  triggers,
  deny,
  answer: (ask) => Promise.resolve(plain(404, [`Sluice: Go has no service ${ask.service}.`])),
  clientSettings,
}
