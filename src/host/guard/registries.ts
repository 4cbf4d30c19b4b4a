import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

export interface RegistrySettings {
  env: Readonly<Record<string, string | undefined>>
  home: string
  /** Addresses that are known to be registries, as a configuration names them. */
  known: readonly (string | null)[]
}

/** Of clients' own words; a project's settings are not asked, because whoever wrote the project would say what is excused. */
const VARIABLES = /^(?:npm_config_(?:@[\w.-]+:)?registry|pip_(?:extra_)?index_url|uv_(?:default_index|index|index_url|extra_index_url)|poetry_repositories_\w+_url|yarn_(?:npm_registry_server|registry)|bun_config_registry|goproxy|gosumdb)$/i
const FILES = ['.npmrc', '.yarnrc', '.yarnrc.yml', '.bunfig.toml', '.config/pnpm/rc', '.pip/pip.conf', '.config/pip/pip.conf', '.config/uv/uv.toml', '.config/go/env', '.pypirc']
const LINE = /registry|index|proxy|repository|url/i
const MOST_BYTES = 256 * 1024
const MOST = 100

/** Hosts that clients of this user fetch from, as far as that can be read without asking any client. */
export function registryHosts({ env, home, known }: RegistrySettings): string[] {
  const texts = [
    ...known.filter((one) => one !== null),
    ...Object.entries(env).flatMap(([name, value]) => (value !== undefined && VARIABLES.test(name) ? [value] : [])),
    ...FILES.flatMap((file) => read(join(home, file)).split('\n').filter((line) => LINE.test(line) && !/^\s*[#;]/.test(line))),
  ]
  const hosts = new Set<string>()
  for (const text of texts) {
    for (const [url] of text.matchAll(/https?:\/\/[^\s"'|,;]{1,500}/g)) {
      const host = URL.parse(url)?.hostname
      if (host && hosts.size < MOST) hosts.add(host)
    }
  }
  return [...hosts]
}

/** The beginning; '' where there is none. */
function read(path: string): string {
  try {
    const file = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(MOST_BYTES)
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, 0))
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}
