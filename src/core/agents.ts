/**
 * What stands behind a user agent, by what it is for and not by whether it tells the truth. `installer` puts packages on a
 * machine; `mirror` copies or passes on; `scanner` looks for reasons of its own (security, indexes, search); `updater` looks for
 * newer versions; `publisher` uploads; `script` is a library or program for anything; `browser` is a person's.
 */
export type AgentKind = 'installer' | 'mirror' | 'scanner' | 'updater' | 'publisher' | 'script' | 'browser' | 'unknown'

export interface AgentName {
  /** In lower case, of the closed set below; `unknown` outside of it. */
  tool: string
  kind: AgentKind
}

/** Products as agents call themselves, in lower case; `product=tool` where people know the tool by another name. */
const PRODUCTS: Readonly<Record<Exclude<AgentKind, 'unknown'>, string>> = {
  installer: `npm pnpm bun deno cnpm tnpm npminstall lerna rush volta pip pip2=pip pip3=pip uv poetry pdm pipenv pipx hatch rye pixi conda mamba
    micromamba pex zc.buildout=buildout buildout setuptools distribute easy_install=setuptools pypi-install homebrew bazel buck2 pants maturin
    spack easybuild nix macports xbps slapt-get slackrepo ptxdist garstow netbsd-ftp libfetch fetch=libfetch micropip mise os`,
  mirror: `bandersnatch devpi-server=devpi devpi nexus artifactory z3c.pypimirror pep381client pep381client-proxy=pep381client verdaccio sinopia
    cnpmcore athens goproxy pulpcore=pulp pulp cloudsmith proget pypicloud pypiserver proxpi morgan
    minirepo shadowmire simpleindex pypi-mirror n_mirror codeartifact gitlab packagecloud reposilite squid varnish apt-cacher-ng quay git-pkgs sluice`,
  scanner: `deps.dev depsdev=deps.dev snyk snyk-cli=snyk socket socket.dev=socket socketsecurity=socket osv osv-scanner=osv osv.dev=osv osv-reproducer=osv
    package-analysis ossf=package-analysis openssf=package-analysis scorecard guarddog phylum semgrep checkmarx reversinglabs sonatype veracode mend
    whitesource=mend blackduck trivy grype syft aikido endorlabs stacklok xray virustotal censys shodan zgrab libraries.io librariesio=libraries.io
    ecosyste.ms packages.ecosyste.ms=ecosyste.ms repology software-heritage softwareheritage=software-heritage
    swh-loader=software-heritage ossgadget scancode fossa clearlydefined dependency-track dependencycheck=dependency-track pip-audit retire wolfhunter
    yisouspider=crawler googlebot=crawler bingbot=crawler ltx71=crawler scrapy=crawler mauibot=crawler y!j-asr=crawler ia_archiver=crawler ccbot=crawler
    awsbrewlinkchecker=crawler slackbot-linkexpanding=link-preview slackbot=link-preview twitterbot=link-preview discordbot=link-preview
    textualinlinemedia=link-preview weechat=link-preview wordpress=link-preview`,
  updater: `renovate renovatebot=renovate dependabot dependabot-core=dependabot npm-check-updates ncu=npm-check-updates greenkeeper depfu anitya
    spectool nvchecker conda-forge regro-cf-autotick-bot=conda-forge`,
  publisher: 'twine flit semantic-release devpi-client',
  script: `curl libcurl=curl wget wget2=wget requests python-requests=requests urllib python-urllib=urllib urllib3 python-urllib3=urllib3
    python=aiohttp aiohttp httpx python-httpx=httpx httplib2 python-httplib2=httplib2 pycurl node node.js=node undici=node node-fetch superagent
    node-superagent=superagent axios npm-registry-fetch pacote=npm-registry-fetch make-fetch-happen minipass-fetch okhttp apache-httpclient java ruby faraday
    reqwest hyper ureq guzzlehttp php dart powershell windowspowershell=powershell postmanruntime=postman insomnia httpie aria2 axel libwww-perl=perl
    ansible-httpget=ansible puppet salt go-http-client=go resty nsis_inetc=nsis github-olee=other-script`,
  browser: `browser opera=browser safari=browser firefox=browser ucweb=browser links=browser lynx=browser w3m=browser androiddownloadmanager=browser
    com.apple.webkit.networking=browser fdm=browser`,
}

const BY_PRODUCT: ReadonlyMap<string, AgentName> = new Map(Object.entries(PRODUCTS).flatMap(([kind, words]) => words.split(/\s+/).map((word) => {
  const [product = '', tool = product] = word.split('=')
  return [product, { tool, kind: kind as AgentKind }] as const
})))

/** Agents that are no products in the RFC's sense. */
const PHRASES: readonly (readonly [RegExp, string, AgentKind])[] = [
  [/^got \(/, 'yarn', 'installer'],
  [/^yarn\/1\./, 'yarn1', 'installer'],
  [/^yarn\//, 'yarn', 'installer'],
  [/^Go \d+\.\d+ package http$/, 'go', 'script'],
  [/^GNU Guile/, 'guix', 'installer'],
  [/^OpenBSD ftp/, 'openbsd-ftp', 'installer'],
  [/^Chef (?:Client|Knife)\//, 'chef', 'script'],
  [/^Apache Ant\//, 'ant', 'script'],
  [/^Datadog Agent\//, 'datadog', 'script'],
  [/^URL\/Emacs/, 'emacs', 'script'],
  [/^Download Master$/, 'download-master', 'browser'],
  [/^Debian uscan/, 'uscan', 'updater'],
  [/^Pingdom\.com_bot/, 'crawler', 'scanner'],
  [/^Amazon CloudFront/, 'cloudfront', 'mirror'],
  // A registry's own viewer of packages, which calls itself by its host.
  [/^inspector\.[\w.]+$/, 'inspector', 'scanner'],
  [/^goproxy[./]/, 'goproxy', 'mirror'],
]

/** What unknown products say of themselves. */
const MIRRORS = /mirror|proxy|\bcach(?:e|ing)\b|replicat/i
const SCANNERS = /bot\b|crawl|spider|nutch|scan(?:s|ner|ning)?\b|research|security|malware|vulnerab|threat|sandbox|analy[sz]|audit|indexer|\+https?:/i

const UNKNOWN: AgentName = { tool: 'unknown', kind: 'unknown' }

const OTHER_MIRROR: AgentName = { tool: 'other-mirror', kind: 'mirror' }
const CRAWLER: AgentName = { tool: 'crawler', kind: 'scanner' }
const BY_TOOL: ReadonlyMap<string, AgentName> = new Map([
  ...[...BY_PRODUCT.values(), OTHER_MIRROR, CRAWLER].map((name) => [name.tool, name] as const), ...PHRASES.map(([, tool, kind]) => [tool, { tool, kind }] as const),
])

/** By the name it has here, or that it gives itself; null: neither. */
export const toolNamed = (name: string): AgentName | null => BY_TOOL.get(name) ?? productNamed(name)

export const productNamed = (product: string): AgentName | null => BY_PRODUCT.get(product.toLowerCase()) ?? null

/**
 * `products`: what the agent names outside of comments, in its order. The first that is known counts; one for anything
 * (`Python-urllib`) gives way to a later one with a purpose (`setuptools`).
 */
export function nameAgent(text: string, products: readonly string[]): AgentName {
  const [first = ''] = products
  if (/^mozilla$/i.test(first)) return nameBrowser(text)
  const phrase = PHRASES.find(([sign]) => sign.test(text))
  if (phrase) return { tool: phrase[1], kind: phrase[2] }
  const known = productNamed(first)
  if (known && known.kind !== 'script') return known
  if (!known && MIRRORS.test(first)) return OTHER_MIRROR
  const better = products.slice(1, 12).map(productNamed).find((one) => one !== null && one.kind !== 'script')
  if (better) return better
  if (SCANNERS.test(text)) return CRAWLER
  return known ?? products.slice(1, 12).map(productNamed).find((one) => one !== null) ?? UNKNOWN
}

/** Everything with a screen says Mozilla, and so does much without one. */
function nameBrowser(text: string): AgentName {
  const shell = /PowerShell\//i.test(text)
  if (shell) return { tool: 'powershell', kind: 'script' }
  if (/headless|phantomjs|puppeteer|playwright/i.test(text) || /compatible;(?! MSIE)/i.test(text) || SCANNERS.test(text)) return CRAWLER
  return { tool: 'browser', kind: 'browser' }
}
