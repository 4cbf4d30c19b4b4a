import { execFileSync } from 'node:child_process'
import type { EcosystemId } from '../../src/core/types.ts'
import { installedClients } from '../../src/config/clients.ts'

/** Where pip's built-in index keeps its files; where pip does not say, the index alone is known. */
const PIP_HOSTS = 'from pip._internal.models.index import PyPI as p; print(p.netloc, p.file_storage_domain)'

/** Each registry's own hosts, as the clients installed on this machine are set; empty where there is no such client. */
export async function ownHosts(): Promise<Record<EcosystemId, string[]>> {
  const clients = installedClients(process.env)
  const [npm, pip, go] = await Promise.all([clients.npm(false), clients.pip(false), clients.go(false)])
  return {
    npm: hosts([npm]),
    pypi: [...new Set([...hosts([pip]), ...pipHosts()])],
    go: hosts((go?.proxy ?? '').split(/[,|]/)),
  }
}

const hosts = (urls: readonly (string | null)[]): string[] => urls.flatMap((url) => URL.parse(url ?? '')?.hostname ?? [])

function pipHosts(): string[] {
  try {
    return execFileSync('python3', ['-c', PIP_HOSTS], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split(' ')
  } catch {
    return []
  }
}
