import { word } from '../../recall/clearing.ts'
import { cachePlace, matches } from './cache.ts'
import type { Cache } from './cache.ts'
import { walk } from './walk.ts'

/** Yarn 1: a folder `npm-NAME-VERSION-SHA1[-integrity]` each, a scope's slash written as a hyphen. */
export const yarnClassicCache: Cache = {
  client: 'yarn 1', ecosystem: 'npm',
  folders: (machine) => cachePlace(machine, { variable: 'YARN_CACHE_FOLDER', unix: 'yarn', mac: 'Yarn', windows: 'Yarn/Cache' }),
  async* find(folder, sought, limits) {
    // Which of its hyphens end the name is not in the folder's name: what is sought says it.
    const wanted = sought.flatMap(({ name, version }) => (name === null ? [] : [{ name, version, start: `npm-${name.replace('/', '-')}-` }]))
    for await (const { path, name: entry, folder: isFolder, depth } of walk(folder, limits, ({ name, depth: at }) => at === 0 && /^v\d+$/.test(name))) {
      if (!isFolder || depth > 1) continue
      const one = wanted.find(({ start, version }) => entry.startsWith(start) && /^\d/.test(entry.slice(start.length)) && (version === null || entry.slice(start.length).startsWith(`${version}-`)))
      if (!one) continue
      const version = one.version ?? /^(.+?)-[0-9a-f]{40}(?:-integrity)?$/.exec(entry.slice(one.start.length))?.[1] ?? null
      yield { client: 'yarn 1', path, name: one.name, version, by: 'name', clear: `yarn cache clean ${word(one.name)}` }
    }
  },
}

/** Yarn 2 and later: a zip `NAME-npm-VERSION-HASH-CHECKSUM.zip` each, in the cache that projects share or in a project's own. */
export const yarnBerryCache: Cache = {
  client: 'yarn 2 and later', ecosystem: 'npm',
  folders: ({ env, home, platform }) => {
    if (env['YARN_CACHE_FOLDER']) return [env['YARN_CACHE_FOLDER']]
    if (env['YARN_GLOBAL_FOLDER']) return [`${env['YARN_GLOBAL_FOLDER']}/cache`]
    const own = platform === 'win32' ? `${env['LOCALAPPDATA'] ?? `${home}/AppData/Local`}/Yarn/Berry/cache` : `${home}/.yarn/berry/cache`
    return [own, ...(platform === 'win32' ? [] : [`${env['XDG_DATA_HOME'] || `${home}/.local/share`}/yarn/berry/cache`]), '.yarn/cache']
  },
  async* find(folder, sought, limits) {
    for await (const { path, name: entry, folder: isFolder } of walk(folder, limits, () => false)) {
      const [, slug, version] = /^(.+)-npm-(.+)-[0-9a-f]{10}-[0-9a-f-]+\.zip$/.exec(entry) ?? []
      if (isFolder || slug === undefined || version === undefined) continue
      const one = sought.find(({ name }) => name !== null && name.replace('/', '-') === slug)
      if (one?.name && matches(sought, one.name, version)) yield { client: 'yarn 2 and later', path, name: one.name, version, by: 'name', clear: `rm ${word(path)}` }
    }
  },
}

/** Bun: a folder `NAME@VERSION@@…` each, a scope as a folder above; `NAME/VERSION@@…` links to it. */
export const bunCache: Cache = {
  client: 'bun', ecosystem: 'npm',
  folders: ({ env, home }) => [env['BUN_INSTALL_CACHE_DIR'] ?? `${env['BUN_INSTALL'] ?? `${home}/.bun`}/install/cache`],
  async* find(folder, sought, limits) {
    for await (const { path, name: entry, folder: isFolder, depth } of walk(folder, limits, ({ name, depth: at }) => at === 0 && /^@[^@]+$/.test(name))) {
      const [, base, version] = /^([^@]+)@([^@]+)(?:@@.*)?$/.exec(entry) ?? []
      if (!isFolder || base === undefined || version === undefined) continue
      const scope = depth === 1 ? /(@[^/\\@]+)[/\\][^/\\]+$/.exec(path)?.[1] : undefined
      const name = scope === undefined ? base : `${scope}/${base}`
      if (matches(sought, name, version)) yield { client: 'bun', path, name, version, by: 'name', clear: `chmod -R u+w ${word(path)} && rm -rf ${word(path)}` }
    }
  },
}
