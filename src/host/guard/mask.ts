import { secretIn } from '../../analysis/secrets.ts'

/** What becomes of variables that look like secrets: taken away, given another value, or left. */
export type MaskEnv = 'remove' | 'decoy' | 'keep'

export interface MaskedVariable {
  name: string
  /** `hooks`: the client keeps it, the hooks that it runs do not get it. */
  how: 'removed' | 'decoy' | 'hooks' | 'kept'
  why: string
}

export interface MaskEnvOptions {
  env: Readonly<Record<string, string | undefined>>
  how: MaskEnv
  /** Names, or their beginnings with a `*`, that stay as they are. */
  keep: readonly string[]
  client: string
  /** Texts of the client's settings: what they name as `${VARIABLE}` it cannot do without. */
  settings: readonly string[]
  /** A value of the same form for a variable; null: there is none. */
  decoy(name: string): string | null
  /** Whether hooks can be given an environment of their own. */
  hooks: boolean
}

export interface MaskedEnv {
  env: Record<string, string>
  variables: MaskedVariable[]
  /** What hooks must not get although the client does. */
  notForHooks: string[]
}

/** Sockets and files through which somebody can act as the user, though their names do not say so. */
const ALSO = new Set(['SSH_AUTH_SOCK', 'SSH_AGENT_PID', 'GPG_AGENT_INFO', 'KUBECONFIG', 'AWS_PROFILE', 'GOOGLE_APPLICATION_CREDENTIALS', 'DOCKER_AUTH_CONFIG', 'ACTIONS_ID_TOKEN_REQUEST_URL', 'CI_REGISTRY_USER'])
/** The client's own, by the client. Values may be passwords; without them it cannot fetch. */
const OWN: readonly { clients: RegExp; names: RegExp }[] = [
  { clients: /^(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|bun|bunx|corepack)$/, names: /^npm_config_|^(?:NODE_AUTH_TOKEN|YARN_NPM_AUTH\w*|BUN_AUTH_TOKEN)$/i },
  { clients: /^(?:pip[\d.]*|pipx)$/, names: /^PIP_/ },
  { clients: /^(?:uv|uvx)$/, names: /^(?:UV|PIP)_/ },
  { clients: /^(?:poetry|pdm|hatch)$/, names: /^(?:POETRY_HTTP_BASIC|POETRY_PYPI_TOKEN|PDM|HATCH_INDEX)_/ },
  { clients: /^go$/, names: /^GO(?:AUTH|PROXY|PRIVATE|FLAGS)$/ },
]

/** The environment of the watched command. Names alone tell what is a secret; values are never looked at, kept or reported. */
export function maskEnv({ env, how, keep, client, settings, decoy, hooks }: MaskEnvOptions): MaskedEnv {
  const named = new Set(settings.flatMap((text) => [...text.matchAll(/\$\{([A-Za-z_]\w{0,199})[^}]{0,200}\}/g)].map(([, name]) => name as string)))
  const result: MaskedEnv = { env: {}, variables: [], notForHooks: [] }
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue
    result.env[name] = value
    if (how === 'keep' || !(secretIn(name) || ALSO.has(name) || named.has(name))) continue
    const masked = (variable: Omit<MaskedVariable, 'name'>): void => void result.variables.push({ name, ...variable })
    if (keep.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one))) {
      masked({ how: 'kept', why: 'as told' })
      continue
    }
    const own = named.has(name) ? 'its settings name it' : OWN.some(({ clients, names }) => clients.test(client) && names.test(name)) ? `${client} logs in with it` : null
    if (own !== null) {
      masked({ how: hooks ? 'hooks' : 'kept', why: own })
      if (hooks) result.notForHooks.push(name)
      continue
    }
    const other = how === 'decoy' ? decoy(name) : null
    if (other === null) delete result.env[name]
    else result.env[name] = other
    masked({ how: other === null ? 'removed' : 'decoy', why: secretIn(name) ? 'its name says secret' : 'opens what it names' })
  }
  return result
}
