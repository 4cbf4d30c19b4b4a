import { identityOf, timeOf } from '../../core/identity.ts'
import { SluiceError } from '../../core/errors.ts'
import type { Identity } from '../../core/watch.ts'

/**
 * Who and what a module is: of `@latest` (the newest version, and where it was fetched from) or of `@v/list` (versions alone).
 * The owner is in the path. A module's own time is its author's word, so that it says nothing of age. Throws `index-invalid`.
 */
export function readIdentity(name: string, body: Uint8Array): Identity {
  const text = new TextDecoder().decode(body)
  const path = { repositories: [`https://${name}`], accounts: [ownerOf(name)] }
  if (!text.trimStart().startsWith('{')) {
    const versions = text.split('\n').map((line) => line.trim()).filter((line) => /^v\d/.test(line))
    return identityOf('go', name, { ...path, releases: versions.map((version) => ({ version, at: null })) })
  }
  let info: { Version?: unknown; Time?: unknown; Origin?: { URL?: unknown } | null }
  try {
    info = JSON.parse(text) as typeof info
  } catch (cause) {
    throw new SluiceError('index-invalid', 'what upstream says of the latest version is not JSON', { cause })
  }
  if (typeof info.Version !== 'string') throw new SluiceError('index-invalid', 'what upstream says of the latest version names none')
  const identity = identityOf('go', name, {
    ...path, repositories: [info.Origin?.URL, ...path.repositories], releases: [{ version: info.Version, at: null }],
  })
  return { ...identity, latestAt: timeOf(info.Time) }
}

/** `github.com/owner` of a path on a host of code; otherwise the host, which is somebody's own. */
function ownerOf(name: string): string {
  const [host = '', owner] = name.split('/')
  return owner === undefined || !/^(?:github|gitlab|bitbucket|codeberg|gitee|git\.sr)\./.test(host) ? host : `${host}/${owner}`.toLowerCase()
}
