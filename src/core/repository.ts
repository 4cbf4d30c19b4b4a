/** A repository on a host where the first part of the path is whose it is. All in lower case, as these hosts compare them. */
export interface Repository {
  host: string
  owner: string
  name: string
}

const LONGEST = 500

/** npm's short forms, by what stands before the colon (docs: package.json, `repository`). */
const SHORT: Readonly<Record<string, string>> = { github: 'github.com', gitlab: 'gitlab.com', bitbucket: 'bitbucket.org', codeberg: 'codeberg.org' }
/** The same house under another name. */
const SAME: Readonly<Record<string, string>> = { 'www.github.com': 'github.com', 'ssh.github.com': 'github.com', 'raw.githubusercontent.com': 'github.com', 'git.github.com': 'github.com', 'www.gitlab.com': 'gitlab.com' }
const HOSTS: ReadonlySet<string> = new Set(['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org', 'gitee.com', 'git.sr.ht'])
/** First parts of paths on these hosts that belong to nobody. */
const PAGES: ReadonlySet<string> = new Set(['sponsors', 'orgs', 'topics', 'marketplace', 'apps', 'features', 'about', 'users', 'search', 'settings', 'groups', 'explore'])

/**
 * Which repository an address means, however it is spelled: `git+https://…`, `git@host:owner/name.git`, `ssh://…`, `owner/name`,
 * `github:owner/name#branch`, pages inside of it. null where it names none on a host of code.
 */
export function repositoryOf(spelled: string | null | undefined): Repository | null {
  const text = spelled?.slice(0, LONGEST).trim() ?? ''
  const short = /^(?:(\w{1,20}):)?([\w.-]{1,100})\/([\w.-]{1,200})(?:#.*)?$/.exec(text)
  if (short && (short[1] === undefined || SHORT[short[1]] !== undefined)) return repository(SHORT[short[1] ?? 'github'] ?? '', short[2], short[3])
  const found = /^(?:[a-z][a-z+]{1,20}:)?(?:\/\/)?(?:[^/@\s]{1,100}@)?([a-z0-9.-]{3,100})(?::\d{1,5}(?=\/))?[/:]+(?:~)?([\w.-]{1,100})\/([\w.-]{1,200})(?:[/?#].*)?$/i.exec(text)
  return found ? repository(found[1] ?? '', found[2], found[3]) : null
}

function repository(spelledHost: string, owner = '', spelledName = ''): Repository | null {
  const lower = spelledHost.toLowerCase()
  const host = SAME[lower] ?? lower
  const name = spelledName.toLowerCase().replace(/\.git$/, '')
  if (!HOSTS.has(host) || name === '' || PAGES.has(owner.toLowerCase())) return null
  return { host, owner: owner.toLowerCase(), name }
}

export const spellRepository = ({ host, owner, name }: Repository): string => `${host}/${owner}/${name}`
