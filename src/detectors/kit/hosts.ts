import type { Outside, UnpackedPackage } from '../../core/types.ts'

/**
 * How far an address can be trusted to be the package's own business:
 * `own` the registry itself, `release` the project's declared home over https, `foreign` any other named host,
 * `hostile` an address that honest installers do not use, `unknown` not told by the code, `local` this machine.
 */
export type Trust = 'own' | 'release' | 'foreign' | 'hostile' | 'unknown' | 'local'

/** Places where anybody can drop or collect things without a name of their own. */
const DROPS = [
  'webhook.site', 'pipedream.net', 'requestbin.com', 'requestcatcher.com', 'burpcollaborator.net', 'oastify.com', 'interact.sh',
  'interactsh.com',
  'oast.fun', 'oast.live', 'oast.me', 'oast.online', 'oast.pro', 'oast.site', 'canarytokens.com', 'dnslog.cn', 'ceye.io',
  'beeceptor.com',
  'pastebin.com', 'paste.ee', 'rentry.co', 'hastebin.com', 'transfer.sh', 'file.io', 'anonfiles.com', 'gofile.io', 'catbox.moe',
  '0x0.st',
  'ngrok.io', 'ngrok-free.app', 'ngrok.app', 'trycloudflare.com', 'serveo.net', 'localtunnel.me', 'loca.lt', 'hooks.slack.com',
  'api.telegram.org', 'cdn.discordapp.com', 'discord.com', 'discordapp.com', 'bit.ly', 'tinyurl.com', 'is.gd', 'ipfs.io', 'onion',
  'duckdns.org', 'no-ip.org', 'ddns.net',
]

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

const within = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)

export function trustOf(url: string | null, pkg: UnpackedPackage, outside: Outside): Trust {
  const host = url === null ? null : hostOf(url)
  if (url === null || host === null) return 'unknown'
  if (/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host)) return 'local'
  if (outside.ownHosts.some((own) => host === own.toLowerCase())) return 'own'
  if (isAddress(host) || DROPS.some((drop) => within(host, drop))) return 'hostile'
  const safe = /^(?:git\+)?(?:https|git|ssh):/i.test(url)
  return safe && declared(url, host, pkg) ? 'release' : 'foreign'
}

/** Whether the address belongs to the home or repository the package declares: same host, and same owner on a shared one. */
function declared(url: string, host: string, pkg: UnpackedPackage): boolean {
  const homes = [pkg.manifest.repository, pkg.manifest.homepage].filter((home) => home !== undefined).map(expanded)
  return homes.some((home) => {
    const of = hostOf(home)?.replace(/^www\./, '')
    if (of === undefined) return false
    if (SHARED.has(of)) return host === of && owner(url) !== null && owner(url) === owner(home)
    return within(host, of)
  })
}

/** `owner/name` and `github:owner/name` are npm's short forms. */
const expanded = (home: string): string => (/^(?:github:)?[\w.-]+\/[\w.-]+$/.test(home) ? `https://github.com/${home.replace(/^github:/, '')}` : home)

function owner(url: string): string | null {
  const found = /^(?:git\+)?(?:[a-z]+:\/\/)?(?:[^/@\s]{0,200}@)?[^/:\s]+[/:]([\w.-]+)\//i.exec(`${url}/`)
  return found?.[1]?.toLowerCase() ?? null
}

/**
 * The registry's own host that this one imitates, or null: a label that contains the registry's name or is a slip away
 * from it, on a domain that is not the registry's.
 */
export function imitated(host: string, ownHosts: readonly string[]): string | null {
  if (isAddress(host)) return null
  const labels = host.split('.').slice(0, -1)
  for (const raw of ownHosts) {
    const own = raw.toLowerCase()
    const domain = own.split('.').slice(-2).join('.')
    if (within(host, domain)) return null
    const name = own.split('.').at(-2) ?? ''
    if (name.length < 4) continue
    const slip = (label: string): boolean =>
      name.length >= 6 && Math.abs(label.length - name.length) <= 2 && distance(label, name) <= name.length / 5
    if (labels.some((label) => label.includes(name) || slip(label))) return own
  }
  return null
}

/** Optimal string alignment distance (restricted Damerau-Levenshtein), on short labels only. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    const above = rows[i - 1] as number[]
    for (let j = 1; j <= b.length; j++) {
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (rows[i - 2]?.[j - 2] ?? 0) + 1)
      row.push(least)
    }
    rows.push(row)
  }
  return rows[a.length]?.[b.length] ?? 0
}
