import type { Manifest, Outside } from '../../core/types.ts'

/** What a package says of where it comes from. */
type Declares = { manifest: Pick<Manifest, 'repository' | 'homepage'> }

/**
 * How far an address can be trusted to be the package's own business:
 * `own` the registry itself, `release` the project's declared home over https, `foreign` any other named host,
 * `hostile` an address that honest installers do not use, `unknown` not told by the code, `local` this machine.
 */
export type Trust = 'own' | 'release' | 'foreign' | 'hostile' | 'unknown' | 'local'

/** Places where anybody can drop or collect things without a name of their own. */
const DROPS = new Set([
  ...words(`webhook.site pipedream.net requestbin.com requestbin.net requestcatcher.com hookbin.com beeceptor.com mockbin.org canarytokens.com`),
  ...words(`burpcollaborator.net oastify.com interact.sh interactsh.com dnslog.cn ceye.io oast.fun oast.live oast.me oast.online oast.pro oast.site`),
  ...words(`pastebin.com paste.ee rentry.co hastebin.com pastes.io dpaste.com ghostbin.co controlc.com paste.bingner.com textbin.net`),
  ...words(`transfer.sh file.io anonfiles.com gofile.io catbox.moe dropbox.com dropboxusercontent.com copy-paste.me 0x0.st bashupload.com temp.sh filebin.net filetransfer.io mediafire.com mega.nz`),
  ...words(`ngrok.io ngrok-free.app ngrok.app trycloudflare.com serveo.net localtunnel.me loca.lt localhost.run`),
  ...words(`hooks.slack.com api.telegram.org cdn.discordapp.com media.discordapp.net discord.com discordapp.com ptb.discord.com`),
  ...words(`grabify.link iplogger.org iplogger.com iplogger.ru 2no.co yip.su bit.ly tinyurl.com is.gd cutt.ly rb.gy t.ly`),
  ...words(`duckdns.org no-ip.org ddns.net hopto.org zapto.org sytes.net onion onion.ws ipfs.io 000webhostapp.com repl.co replit.app replit.dev glitch.me pythonanywhere.com onrender.com netlify.app herokuapp.com`),
])

function words(list: string): string[] {
  return list.split(' ')
}

/** Well-known resolvers, asked to see which way packets leave. */
const RESOLVERS = new Set(words('8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 208.67.222.222 114.114.114.114'))

/** Hosts where the first part of the path is whose it is. */
const SHARED = new Set(['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org', 'gitee.com', 'sourceforge.net'])

/** Host with port, lower case; null where there is none to read. `…` inside makes it unknown as well. */
export function hostOf(url: string): string | null {
  const found = /^(?:[a-z][a-z0-9+.-]{0,20}:)?\/\/(?:[^/?#@\s]{0,200}@)?(\[[0-9a-f:.]+\]|[^/?#\s:]{1,253})(?::(\d{1,5}))?/i.exec(url.replace(/^git\+/, ''))
    ?? /^(?:[\w-]{1,60}@)?([\w-]+(?:\.[\w-]+)+|\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?(?=[/:]|$)/i.exec(url)
  const host = found?.[1]?.toLowerCase().replace(/\.$/, '')
  return host === undefined || host.includes('…') ? null : host
}

export const isAddress = (host: string): boolean =>
  host.startsWith('[') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || /^(?:0x[0-9a-f]{1,8}|\d{8,10})$/i.test(host)

/** The host or a domain above it is such a place. */
function isDrop(host: string): boolean {
  const labels = host.split('.')
  return labels.some((_label, at) => DROPS.has(labels.slice(at).join('.')))
}

const within = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)

export function trustOf(url: string | null, pkg: Declares, outside: Pick<Outside, 'ownHosts'>): Trust {
  // What stands in a contract of a blockchain is whoever's wrote it there.
  if (url?.startsWith('contract:') === true) return 'foreign'
  const host = url === null ? null : hostOf(url)
  if (url === null || host === null) return 'unknown'
  if (/^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\])$/.test(host)) return 'local'
  if (outside.ownHosts.some((own) => host === own.toLowerCase())) return 'own'
  if (RESOLVERS.has(host)) return 'foreign'
  if (isAddress(host) || isDrop(host)) return 'hostile'
  const safe = /^(?:git\+)?(?:https|git|ssh):/i.test(url)
  return safe && declared(url, host, pkg) ? 'release' : 'foreign'
}

/** Whether the address belongs to the home or repository the package declares: same host, and same owner on a shared one. */
function declared(url: string, host: string, pkg: Declares): boolean {
  const [at, by] = served(url, host)
  const homes = [pkg.manifest.repository, pkg.manifest.homepage].filter((home) => home !== undefined).map(expanded)
  return homes.some((home) => {
    const of = hostOf(home)?.replace(/^www\./, '')
    if (of === undefined) return false
    if (SHARED.has(of)) return at === of && by !== null && by === owner(home)
    return within(host, of)
  })
}

/** Where code hosts serve what lies in a repository: whose it is stands in the path there, too, or in front of the name. */
const SERVING: Readonly<Record<string, string>> = { 'raw.githubusercontent.com': 'github.com', 'codeload.github.com': 'github.com', 'gist.githubusercontent.com': 'github.com', 'raw.github.com': 'github.com' }

function served(url: string, host: string): [host: string, owner: string | null] {
  const pages = /^([\w-]+)\.(github|gitlab)\.io$/.exec(host)
  return pages ? [`${pages[2]}.com`, pages[1] as string] : [SERVING[host] ?? host, owner(url)]
}

/** `owner/name` and `github:owner/name` are npm's short forms. */
const expanded = (home: string): string => (/^(?:github:)?[\w.-]+\/[\w.-]+$/.test(home) ? `https://github.com/${home.replace(/^github:/, '')}` : home)

function owner(url: string): string | null {
  const found = /^(?:git\+)?(?:[a-z]+:\/\/)?(?:[^/@\s]{0,200}@)?[^/:\s]+[/:]([\w.-]+)\//i.exec(`${url}/`)
  return found?.[1]?.toLowerCase() ?? null
}
