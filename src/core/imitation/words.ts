const words = (list: string): string[] => list.trim().split(/\s+/)

/** A name that strangers borrow, with the domains that are its owner's. */
export interface Brand {
  name: string
  domains: readonly string[]
}

const brand = (name: string, domains: string): Brand => ({ name, domains: words(domains) })

/**
 * Places that packages point at in good faith: hosts of code, clouds whose kits ask with their users' keys, and companies whose word on
 * security counts. The registries' own names are learnt from their settings and documents.
 */
export const BRANDS: readonly Brand[] = [
  brand('github', `github.com github.io github.dev github.blog github.net githubusercontent.com githubassets.com githubapp.com githubstatus.com
    githubcopilot.com githubpreview.dev github.community githubuniverse.com githubcampus.expert githubnext.com githubactions.com githubcustomercontent.com`),
  brand('gitlab', 'gitlab.com gitlab.io gitlab.net gitlab.org gitlab.cn gitlab-static.net'),
  brand('bitbucket', 'bitbucket.org bitbucket.io bitbucket.com'), brand('codeberg', 'codeberg.org codeberg.page codeberg.eu'),
  brand('sourceforge', 'sourceforge.net sourceforge.io sourceforge.com sf.net'),
  brand('cloudflare', `cloudflare.com cloudflare.net cloudflare.dev cloudflare-dns.com cloudflare-ipfs.com cloudflare-gateway.com cloudflareinsights.com
    cloudflareaccess.com cloudflarestream.com cloudflarestatus.com cloudflareclient.com cloudflarestorage.com cloudflareresolve.com cloudflarecn.net cloudflare-eth.com`),
  brand('aliyun', 'aliyun.com aliyuncs.com'), brand('alibabacloud', 'alibabacloud.com'), brand('amazonaws', 'amazonaws.com amazonaws.com.cn'),
  brand('virustotal', 'virustotal.com'), brand('kaspersky', 'kaspersky.com kaspersky.ru kaspersky-labs.com'), brand('crowdstrike', 'crowdstrike.com'),
  brand('checkmarx', 'checkmarx.com checkmarx.net checkmarx.dev'), brand('sonatype', 'sonatype.com sonatype.org sonatype.dev'), brand('sophos', 'sophos.com sophosxl.net'),
  brand('malwarebytes', 'malwarebytes.com malwarebytes.org'), brand('symantec', 'symantec.com symantecliveupdate.com'), brand('mcafee', 'mcafee.com'),
  brand('trendmicro', 'trendmicro.com trendmicro.co.jp'), brand('paloaltonetworks', 'paloaltonetworks.com'), brand('sentinelone', 'sentinelone.com sentinelone.net'),
  brand('bitdefender', 'bitdefender.com bitdefender.net'), brand('fortinet', 'fortinet.com fortinet.net'), brand('veracode', 'veracode.com veracode.io'),
  brand('jfrog', 'jfrog.com jfrog.io jfrog.org'), brand('snyk', 'snyk.io snyk.dev snyk.com'), brand('aquasec', 'aquasec.com'), brand('aquasecurity', 'aquasec.com aquasecurity.github.io'), brand('phylum', 'phylum.io'),
]

const stem = (name: string, spellings: string): [string, string][] => words(spellings).map((spelling) => [spelling, name])

/** What the parts of a registry's infrastructure are called, each under one stem. */
export const INFRASTRUCTURE: ReadonlyMap<string, string> = new Map([
  ...stem('package', 'packages package pkgs pkg'), ...stem('host', 'hosting hosted hosts host'), ...stem('file', 'files file'), ...stem('registry', 'registries registry'),
  ...stem('download', 'downloads download dl'), ...stem('mirror', 'mirrors mirror'), ...stem('index', 'index simple'), ...stem('proxy', 'proxy'), ...stem('cdn', 'cdn edge'),
  ...stem('store', 'storage store repository repositories repos repo dist cloud'), ...stem('update', 'updates update upgrade sync'), ...stem('support', 'support help account login secure security verify auth official audit register'),
  ...stem('web', 'web www api static'), ...stem('kit', 'sdk client requests request'), ...stem('zone', 'org com net io'), ...stem('python', 'python'), ...stem('npm', 'npm'), ...stem('js', 'js'),
])
/** Stems that say whose infrastructure it is. */
export const TELLING: ReadonlySet<string> = new Set(['python', 'npm'])
/** What people say for a telling stem: one may stand for the other among the same other words. */
export const KIN: ReadonlyMap<string, string> = new Map([...stem('python', 'pypi pip py'), ...stem('go', 'golang go'), ...stem('package', 'pkgs pkg module mod')])

/** Endings that cost little and that owners of well-known names rarely use; the reserved ones are as good as unowned. */
export const CHEAP: ReadonlySet<string> = new Set(words(`zone xyz top site online shop click help icu live buzz monster cyou fun pw tk ml ga cf gq sbs cfd rest lol world space website
  host example test invalid`))
/** Under these, the label before is a customer's own choice. */
export const SHARED: ReadonlySet<string> = new Set(words('vercel.app netlify.app pages.dev workers.dev herokuapp.com web.app firebaseapp.com azurewebsites.net onrender.com fly.dev surge.sh'))
/** Endings that somebody tries who cannot have the real one, the most used first. */
export const ENDINGS: readonly string[] = words(`com org net io dev app co info cloud biz me cc us eu uk de cn ru in ai sh so to tech network software tools systems services support security
  ${[...CHEAP].filter((ending) => !['example', 'test', 'invalid'].includes(ending)).join(' ')}`)
