/**
 * What points each npm client at the gate. A scope that some older setting sends elsewhere would go around the gate, so
 * the organisation's own scopes are named, too.
 */
export function clientSettings(
  base: string, privateNames: readonly string[],
): readonly { client: string; lines: readonly string[] }[] {
  const scopes = [...new Set(privateNames.flatMap((name) => /^@[\w.~-]+(?=\/)/.exec(name) ?? []))]
  const npmrc = [`registry=${base}`, ...scopes.map((scope) => `${scope}:registry=${base}`)]
  return [
    { client: 'npm (.npmrc)', lines: npmrc },
    { client: 'pnpm (.npmrc)', lines: npmrc },
    { client: 'yarn 1 (.yarnrc)', lines: [`registry "${base}"`, ...scopes.map((scope) => `"${scope}:registry" "${base}"`)] },
    { client: 'yarn 4 (.yarnrc.yml)', lines: yarn(base, scopes) },
    { client: 'bun (bunfig.toml)', lines: ['[install]', `registry = "${base}"`, ...bunScopes(base, scopes)] },
  ]
}

/** yarn 4 wants no slash at the end and refuses plain http from hosts that are not listed. */
function yarn(base: string, scopes: readonly string[]): string[] {
  const url = new URL(base)
  const server = base.replace(/\/$/, '')
  return [
    `npmRegistryServer: "${server}"`,
    ...(url.protocol === 'http:' ? ['unsafeHttpWhitelist:', `  - "${url.hostname}"`] : []),
    ...(scopes.length > 0 ? ['npmScopes:'] : []),
    ...scopes.flatMap((scope) => [`  ${scope.slice(1)}:`, `    npmRegistryServer: "${server}"`]),
  ]
}

const bunScopes = (base: string, scopes: readonly string[]): string[] =>
  (scopes.length > 0 ? ['[install.scopes]', ...scopes.map((scope) => `"${scope.slice(1)}" = "${base}"`)] : [])
