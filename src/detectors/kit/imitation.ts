import { isAddress } from './hosts.ts'

/**
 * Names of places that packages point at in good faith: hosts of code, clouds whose kits ask with their users' keys, and companies whose word on security counts. The
 * registries' own names are learnt from their settings and documents.
 */
const BRANDS = words(`github gitlab bitbucket codeberg sourceforge cloudflare aliyun alibabacloud amazonaws virustotal kaspersky crowdstrike checkmarx sonatype
  sophos malwarebytes symantec mcafee trendmicro paloaltonetworks sentinelone bitdefender fortinet veracode jfrog snyk aquasec phylum`)

/** What the parts of a registry's infrastructure are called, each under one stem. */
const INFRASTRUCTURE: ReadonlyMap<string, string> = new Map([
  ...stem('package', 'packages package pkgs pkg'), ...stem('host', 'hosting hosted hosts host'), ...stem('file', 'files file'), ...stem('registry', 'registries registry'),
  ...stem('download', 'downloads download dl'), ...stem('mirror', 'mirrors mirror'), ...stem('index', 'index simple'), ...stem('proxy', 'proxy'), ...stem('cdn', 'cdn edge'),
  ...stem('store', 'storage store repository repo dist'), ...stem('update', 'updates update upgrade sync'), ...stem('support', 'support help account login secure security verify auth official'),
  ...stem('web', 'web www api static'), ...stem('kit', 'sdk client requests request'), ...stem('zone', 'org com net io'), ...stem('python', 'python'), ...stem('npm', 'npm'), ...stem('js', 'js'),
])
const LONGEST_FIRST = [...INFRASTRUCTURE.keys()].toSorted((a, b) => b.length - a.length)
/** Stems that say whose infrastructure it is. */
const TELLING = new Set(['python', 'npm'])

/** Endings that cost little and that owners of well-known names rarely use; the reserved ones are as good as unowned. */
const CHEAP = new Set(words(`zone xyz top site online shop click help icu live buzz monster cyou fun pw tk ml ga cf gq sbs cfd rest lol world space website host example test invalid`))
/** Under these, the label before is a customer's own choice. */
const SHARED = new Set(words(`vercel.app netlify.app pages.dev workers.dev herokuapp.com web.app firebaseapp.com azurewebsites.net onrender.com fly.dev surge.sh`))

function words(list: string): string[] {
  return list.split(/\s+/)
}

function stem(name: string, spellings: string): [string, string][] {
  return words(spellings).map((spelling) => [spelling, name])
}

/**
 * The name that a host is made to look like, or null: a registry's own host, or a brand. It has to be on a domain of somebody
 * else, and its registered label has to be the name itself under a cheap ending, a slip away from it, or made of the name's
 * parts and words of infrastructure, in any order. What is about a registry and says what (`…stats`, `…weekly`) imitates nothing.
 */
export function imitated(host: string, ownHosts: readonly string[]): string | null {
  const labels = host.toLowerCase().split('.')
  if (isAddress(host) || labels.length < 2 || host.length > 253) return null
  const own = ownHosts.map((one) => one.toLowerCase()).filter((one) => !isAddress(one) && one.includes('.'))
  if (own.some((one) => within(host.toLowerCase(), domainOf(one)))) return null
  const { label, ending } = registered(labels)
  const vocabulary = new Set(own.flatMap((one) => registered(one.split('.')).label).flatMap((name) => stemsOf(name, [])))
  const mine = new Set(labels.flatMap((part) => stemsOf(part, [])))
  const shared = (one: string): number => new Set(one.split('.').flatMap((part) => stemsOf(part, [])).filter((part) => mine.has(part))).size
  const registries = own.filter((one) => {
    const { label: name } = registered(one.split('.'))
    const under = labels.slice(0, -2).join('.')
    return within(under, domainOf(one)) || alike(label, ending, name) || recombined(label, name, vocabulary)
  }).toSorted((a, b) => shared(b) - shared(a))
  return registries[0] ?? BRANDS.find((brand) => alike(label, ending, brand) || combined(label, brand)) ?? null
}

const within = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)
const domainOf = (host: string): string => host.split('.').slice(-2).join('.')

/** The label that somebody chose, and what it is registered under. */
function registered(labels: readonly string[]): { label: string; ending: string } {
  const double = SHARED.has(labels.slice(-2).join('.')) || (labels.at(-1)?.length === 2 && /^(?:com?|org|net|ac|edu|gov)$/.test(labels.at(-2) ?? ''))
  const size = double && labels.length > 2 ? 2 : 1
  return { label: labels.at(-1 - size) ?? '', ending: labels.slice(-size).join('.') }
}

/** The name itself where its owner would not be, or misspelt. */
function alike(label: string, ending: string, name: string): boolean {
  if (name.length < 4 || INFRASTRUCTURE.has(name)) return false
  if (label === name) return CHEAP.has(ending)
  return [label, ...label.split('-')].some((part) => part !== name && misspelt(part, name))
}

function misspelt(part: string, name: string): boolean {
  if (plain(part) === name) return true
  if (name.length < 5 || part[0] !== name[0] || Math.abs(part.length - name.length) > 2) return false
  if (part.length === name.length && skeleton(part) === skeleton(name)) return true
  return (name.length > 5 || part.length === name.length) && distance(part, name) <= Math.max(1, Math.floor(name.length / 5))
}

/** Signs that are read as letters. */
const plain = (text: string): string => text.replace(/0/g, 'o').replace(/1/g, 'i').replace(/3/g, 'e').replace(/5/g, 's').replace(/rn/g, 'm').replace(/vv/g, 'w').replace(/^q/, 'g')
const skeleton = (text: string): string => text.replace(/[aeiouy]/g, '*')

/** A name among words of infrastructure: `…-files`, `cdn…`. */
function combined(label: string, name: string): boolean {
  const stems = stemsOf(label, [name])
  return stems.length > 1 && stems.includes(name) && stems.every((one) => one === name || known(one))
}

/** The parts of a registry's names in another order or number, with or without words of infrastructure. */
function recombined(label: string, name: string, vocabulary: ReadonlySet<string>): boolean {
  if (label === name || INFRASTRUCTURE.has(name) || name.length < 4) return false
  if (combined(label, name)) return true
  const stems = new Set(stemsOf(label, [...vocabulary].filter((one) => one.length > 3 && !known(one))))
  if (stems.size < 2 || ![...stems].every((one) => known(one) || vocabulary.has(one))) return false
  const parts = stemsOf(name, [])
  if (parts.length > 1 && parts.every((part) => stems.has(part))) return true
  // The telling part of one of its names with any part of another.
  return parts.some((part) => stems.has(part)) && [...stems].some((one) => vocabulary.has(one) && (TELLING.has(one) || !known(one)))
}

const STEMS = new Set(INFRASTRUCTURE.values())
const known = (stem: string): boolean => STEMS.has(stem)

/** A label as stems, greedily, longest word first; what fits no word is a part of its own. */
function stemsOf(label: string, names: readonly string[]): string[] {
  const candidates = [...names.toSorted((a, b) => b.length - a.length), ...LONGEST_FIRST]
  return label.slice(0, 63).split('-').flatMap((part) => {
    const stems: string[] = []
    let loose = ''
    for (let at = 0; at < part.length;) {
      const word = candidates.find((one) => part.startsWith(one, at))
      if (word === undefined) loose += part[at++]
      else {
        if (loose !== '') stems.push(loose)
        loose = ''
        stems.push(names.includes(word) ? word : INFRASTRUCTURE.get(word) ?? word)
        at += word.length
      }
    }
    return loose === '' ? stems : [...stems, loose]
  })
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
