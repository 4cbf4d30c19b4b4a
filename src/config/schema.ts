import { z } from 'zod'
import { downloads } from './downloads.ts'
import { hostSection } from './host.ts'
import { machines } from './machines.ts'
import { readPackage, unclearPattern, unclearVersion } from './packages.ts'
import { sandbox, sandboxPolicy } from './sandbox.ts'
import { duration, expiry, origin, size, timeout, url } from './values.ts'

/**
 * What `sluice.yaml` may say. Every level is strict; descriptions and examples also make the editors' JSON schema and the
 * remedies in error messages.
 */
const secret = (description: string) =>
  z.strictObject({
    env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not the name of an environment variable').optional()
      .meta({ description: 'Name of an environment variable', examples: ['REGISTRY_TOKEN'] }),
    file: z.string().min(1).optional().meta({ description: 'A file whose content it is', examples: ['/run/secrets/token'] }),
  }, { error: 'secrets are not written here' })
    .refine((value) => (value.env === undefined) !== (value.file === undefined), 'name either env or file')
    .meta({ description, examples: [{ env: 'REGISTRY_TOKEN' }] })

const credentials = z.strictObject({
  token: secret('Bearer token').optional(),
  username: z.string().min(1).optional().meta({ description: 'For Basic authentication', examples: ['gate'] }),
  password: secret('For Basic authentication').optional(),
}).refine((value) => (value.token ? !value.username && !value.password : Boolean(value.username && value.password)), 'either token, or username and password')
  .meta({ description: 'How the gate logs in there; sent to this registry only', examples: [{ token: { env: 'REGISTRY_TOKEN' } }] })

const proxyUrl = z.union([z.literal('off'), z.string().regex(/^https?:\/\/[^\s/]/)], { error: 'not a proxy: an http or https URL, or off' })

const connection = {
  credentials: credentials.optional(),
  also_allow: z.array(origin()).max(50).prefault([])
    .meta({ description: 'Origins its documents may point at although they are on private addresses', examples: [['https://files.acme.example']] }),
  proxy: proxyUrl.optional().meta({ description: 'Proxy for this registry; off: straight', examples: ['http://proxy.acme.example:3128'] }),
  ca_file: z.string().min(1).optional().meta({ description: 'Certificate authorities besides the system\'s, PEM', examples: ['acme-ca.pem'] }),
  head_timeout: timeout().optional().meta({ description: 'How long to wait for an answer to begin', examples: ['30s'] }),
  stall_timeout: timeout().optional().meta({ description: 'How long an answer may send nothing', examples: ['30s'] }),
}

const upstream = {
  url: url('off').optional()
    .meta({ description: 'Base URL; off: this ecosystem is not served; absent: learnt from this machine\'s clients', examples: ['https://registry.acme.example/'] }),
  feed: url('off').optional()
    .meta({ description: 'Where it tells what was published; off: none; absent: looked for beside the registry', examples: ['https://feed.acme.example/'] }),
  ...connection,
}

const name = z.string().min(1).max(500).superRefine((value, context) => {
  const problem = unclearPattern(value)
  if (problem) context.addIssue({ code: 'custom', message: problem })
})

const privateEntries = (example: string, meaning: string) =>
  z.array(z.strictObject({
    names: z.array(name).min(1).max(1000).meta({ description: `Names or patterns with *${meaning}`, examples: [[example]] }),
    registry: url().optional().meta({ description: 'Who serves them; absent: they are refused', examples: ['https://npm.acme.example/'] }),
    ...connection,
  })).max(1000).prefault([]).meta({ description: 'Names that are yours: never asked of the public registry', examples: [[{ names: [example] }]] })

const ruleFields = {
  package: z.string({ error: 'a rule needs a package' }).max(600).transform((raw, context) => {
    const read = readPackage(raw)
    if (typeof read !== 'string') return read
    context.addIssue({ code: 'custom', message: read })
    return z.NEVER
  }).meta({ description: 'ecosystem:name, ecosystem:name@version, a pattern with *, or a purl', examples: ['npm:left-pad@1.3.0'] }),
  versions: z.array(z.string().min(1).max(200)).max(1000).prefault([]).meta({ description: 'Exact versions; none: all', examples: [['1.3.0']] }),
  because: z.string({ error: 'a rule needs a reason' }).trim().min(1, 'a rule needs a reason').max(500)
    .meta({ description: 'Why; developers read it', examples: ['reviewed in SEC-123'] }),
  expires: expiry().optional().meta({ description: 'Last day (UTC) or moment it holds', examples: ['2030-12-31'] }),
}

const checkVersions = (rule: { package: { ecosystem: 'npm' | 'pypi' | 'go' } | undefined; versions: string[] }, context: z.RefinementCtx): void => {
  for (const [index, version] of rule.versions.entries()) {
    const problem = rule.package ? unclearVersion(rule.package.ecosystem, version) : null
    if (problem) context.addIssue({ code: 'custom', message: problem, path: ['versions', index] })
  }
}

const LIFTS = ['age', 'suspicious', 'undetermined', 'suspected', 'sandbox', 'advisories'] as const
const allowRule = z.strictObject({
  ...ruleFields,
  lifts: z.array(z.enum(LIFTS)).min(1).prefault([...LIFTS]).meta({ description: 'Which holds it lifts; malicious is never lifted', examples: [['age']] }),
}).superRefine(checkVersions)
const denyRule = z.strictObject(ruleFields).superRefine(checkVersions)

const age = (value: string) => duration().prefault(value).meta({ description: 'Hold releases younger than this; 0: no minimum', examples: ['24h', '7d', 0] })
const choice = z.enum(['serve', 'hold'])

/** Milliseconds; null: forever. */
const kept = (value: string, what: string) => z.union([z.literal('forever').transform(() => null), duration()], { error: 'not a duration: a number and one of h, d, w; 0; or forever' })
  .prefault(value).meta({ description: what, examples: ['400d', 0, 'forever'] })

const policy = z.strictObject({
  mode: z.enum(['enforce', 'observe']).prefault('enforce').meta({ description: 'observe: serve everything and record what would have been decided' }),
  minimum_age: z.strictObject({ npm: age('24h'), pypi: age('24h'), go: age('24h') }).prefault({}).meta({ description: 'Minimum age of a release' }),
  suspicious: choice.prefault('hold').meta({ description: 'What to do with a suspicious package' }),
  undetermined: choice.prefault('hold').meta({ description: 'What to do with a package that could not be judged' }),
  suspected: choice.prefault('hold').meta({ description: 'What to do with what the watch over the registries suspects' }),
  removed_upstream: choice.prefault('hold').meta({ description: 'What to do with what is gone upstream and was had before' }),
  quarantined_upstream: z.enum(['hold', 'recall']).prefault('hold')
    .meta({ description: 'What to do with what the registry itself calls malware: hold and ask a person, or recall at once' }),
  reports: z.strictObject({
    younger_than: duration().prefault('24h').meta({ description: 'One report by somebody trusted holds a package that is younger than this; 0: never', examples: ['24h', 0] }),
    observers: z.int().min(0).max(100).prefault(2).meta({ description: 'So many different people hold a package of any age; 0: never. Programs never count' }),
    trusted: z.int().min(0).max(100).prefault(1).meta({ description: 'How many of them have to be trusted' }),
  }).prefault({}).meta({ description: 'When reports hold a package before somebody has looked' }),
  sandbox: sandboxPolicy.prefault({}).meta({ description: 'Who is run in the sandbox, and held for it' }),
  allow: z.array(allowRule).max(10_000).prefault([]).meta({ description: 'Exceptions', examples: [[{ package: 'npm:left-pad@1.3.0', because: 'reviewed' }]] }),
  deny: z.array(denyRule).max(10_000).prefault([]).meta({ description: 'Never served', examples: [[{ package: 'npm:left-pad', because: 'banned' }]] }),
  private: z.strictObject({
    npm: privateEntries('@acme/*', ''), pypi: privateEntries('acme-*', ''),
    go: privateEntries('go.acme.example', ', as in GOPRIVATE: whole leading path elements, sub-paths included'),
  }).prefault({}).meta({ description: 'Names that belong to the organisation' }),
  advisories: z.strictObject({
    hold_from: z.enum(['none', 'low', 'moderate', 'high', 'critical']).prefault('none')
      .meta({ description: 'Hold versions with a vulnerability of at least this severity; malicious ones are always quarantined' }),
  }).prefault({}).meta({ description: 'What advisories do' }),
})

/** IANA's, as RFC 9224 names them: no registry of packages. */
export const RDAP_LISTS = 'https://data.iana.org/rdap/'

const host = z.string().max(253).regex(/^(?=.*\.)[^\s/:@?#]+$/, 'not the name of a host').transform((value) => value.toLowerCase().replace(/\.$/, ''))
const asked = (description: string, example: string) => z.strictObject({
  url: z.string().max(2_000).regex(/^https?:\/\/[^\s{}]+[^\s]*$/, 'not an http or https URL').refine((value) => value.includes('{domain}'), 'it has to say where the name goes: {domain}')
    .meta({ description: 'Where to ask; {domain} stands for the name', examples: [example] }),
  credentials: connection.credentials,
}).optional().meta({ description })

const domains = z.strictObject({
  protect: z.array(host).max(1_000).prefault([]).meta({ description: 'Your own domains: whoever imitates them is found', examples: [['acme.example']] }),
  allow: z.array(host).max(1_000).prefault([]).meta({ description: 'Domains that look like an imitation and are honest', examples: [['acme-status.example']] }),
  rdap: url('off').prefault(RDAP_LISTS).meta({ description: 'Where the lists of RDAP servers are (RFC 9224); off: registrations are not asked for', examples: [RDAP_LISTS] }),
  resolvers: z.array(z.string().regex(/^(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?|\[[0-9a-fA-F:]+\](?::\d{1,5})?|[0-9a-fA-F:]*:[0-9a-fA-F:]+)$/, 'not the address of a DNS server')).max(8).prefault([])
    .meta({ description: 'DNS servers to ask; none: the machine\'s', examples: [['192.0.2.53']] }),
  recheck: duration().refine((value) => value >= 60_000, 'not less than a minute').prefault('6h').meta({ description: 'How often a watched name is looked at', examples: ['6h'] }),
  certificates: asked('A log of certificates that answers as crt.sh does; absent: not asked', 'https://ct.acme.example/?q={domain}&output=json'),
  passive_dns: asked('A passive DNS service that answers in the common output format; absent: not asked', 'https://pdns.acme.example/query/{domain}'),
})

/** By number, RFC 5424 §6.2.1; the names are those of syslog(3). */
export const FACILITIES = [
  'kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp', 'ntp', 'audit', 'alert', 'clock',
  'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7',
] as const
const receiver = (example: string) => ({
  server: z.string().regex(/^[\w.-]{1,253}$|^[0-9a-f:]{2,45}$/i, 'not a host name or address').meta({ description: 'Host name or address', examples: [example] }),
  ca_file: z.string().min(1).optional().meta({ description: 'Certificate authorities besides the system\'s, PEM', examples: ['acme-ca.pem'] }),
})
const mailAddress = () => z.string().max(254).regex(/^[\w!#$%&'*+/=?^`{|}~.-]+@[\w.-]+$/, 'not a mail address')

const TLP = ['clear', 'green', 'amber', 'amber+strict'] as const
const feed = z.strictObject({
  name: z.string().regex(/^[a-z0-9][\w.-]{0,59}$/i, 'not a name: letters, digits, . _ and -').meta({ description: 'What its advisories call their source', examples: ['osv-npm'] }),
  url: z.string().regex(/^https?:\/\/[^\s@]+$/, 'not an http or https URL without a password').optional().meta({ description: 'Where it is; ends in / where it is a folder', examples: ['https://feeds.acme.example/osv/'] }),
  path: z.string().min(1).optional().meta({ description: 'A file or folder on this machine', examples: ['malicious-packages/osv'] }),
  format: z.enum(['osv', 'gate', 'misp', 'file']).optional().meta({ description: 'OSV\'s bulk layout, another gate, a MISP feed, one file; absent: told by looking' }),
  tlp: z.enum([...TLP, 'red']).prefault('clear').meta({ description: 'TLP of what does not say itself' }),
  every: duration().refine((value) => value >= 60_000, 'once a minute at most').prefault('1h').meta({ description: 'How often it is looked at', examples: ['1h'] }),
  ...connection,
}).refine(({ url: place, path }) => (place === undefined) !== (path === undefined), 'name either url or path')

export const documentSchema = z.strictObject({
  server: z.strictObject({
    host: z.string().min(1).prefault('127.0.0.1').meta({ description: 'Address to listen on', examples: ['0.0.0.0'] }),
    port: z.int().min(0).max(65_535).prefault(4880).meta({ description: 'Port to listen on', examples: [4880] }),
    public_url: url().optional().meta({ description: 'How clients reach the gate, when not by host and port', examples: ['https://sluice.acme.example/'] }),
    tls: z.strictObject({
      cert: z.string().min(1).meta({ description: 'Certificate chain, PEM file', examples: ['tls.crt'] }),
      key: z.string().min(1).meta({ description: 'Private key, PEM file', examples: ['tls.key'] }),
    }).optional().meta({ description: 'Serve https' }),
    anonymous: z.enum(['loopback', 'always', 'never']).prefault('loopback').meta({ description: 'From where packages may be read without a token' }),
    trust_forwarded: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: 'not an address or network' })).max(100).prefault([])
      .meta({ description: 'Proxies whose Forwarded and X-Forwarded-For are believed', examples: [['10.0.0.0/8']] }),
  }).prefault({}).meta({ description: 'The gate\'s own address' }),
  data: z.string().min(1).prefault('sluice-data').meta({ description: 'Folder for everything the gate keeps', examples: ['/var/lib/sluice'] }),
  upstreams: z.strictObject({
    npm: z.strictObject(upstream).prefault({}).meta({ description: 'The npm registry' }),
    pypi: z.strictObject(upstream).prefault({}).meta({ description: 'The simple index of PyPI', examples: [{ url: 'https://pypi.acme.example/simple/' }] }),
    go: z.strictObject({
      ...upstream,
      sumdb: z.string().regex(/^[A-Za-z0-9][\w.+/=-]*(?: https?:\/\/\S+)?$/, 'not a checksum database: as GOSUMDB says it, or off').optional()
        .meta({ description: 'Checksum database, as GOSUMDB says it: name, name+key, or name and URL; off: none', examples: ['sum.acme.example'] }),
    }).prefault({}).meta({ description: 'The Go module proxy' }),
  }).prefault({}).meta({ description: 'Where packages come from' }),
  network: z.strictObject({
    proxy: z.strictObject({
      http: proxyUrl.optional().meta({ description: 'For http; absent: HTTP_PROXY', examples: ['http://proxy.acme.example:3128'] }),
      https: proxyUrl.optional().meta({ description: 'For https; absent: HTTPS_PROXY', examples: ['http://proxy.acme.example:3128'] }),
      bypass: z.array(z.string().min(1)).max(1000).optional().meta({ description: 'Hosts that are reached straight; absent: NO_PROXY', examples: [['.acme.example']] }),
    }).prefault({}).meta({ description: 'Proxies for all upstreams' }),
    ca_file: connection.ca_file,
    head_timeout: timeout().prefault('30s').meta({ description: 'How long to wait for an answer to begin', examples: ['30s'] }),
    stall_timeout: timeout().prefault('30s').meta({ description: 'How long an answer may send nothing', examples: ['30s'] }),
  }).prefault({}).meta({ description: 'The way out' }),
  policy: policy.prefault({}).meta({ description: 'What is served; takes effect without a restart' }),
  watch: z.strictObject({
    mode: z.enum(['on', 'off']).prefault('on').meta({ description: 'Follow what the registries publish' }),
    budget: z.int().min(0).max(10_000).prefault(30).meta({ description: 'How many packages a minute are examined before anybody asks for them', examples: [30] }),
    recheck: z.strictObject({
      budget: z.int().min(0).max(10_000).prefault(60).meta({ description: 'How many packages a minute upstream is asked whether it still stands by them; 0: none', examples: [60] }),
      recent: timeout().prefault('1h').meta({ description: 'How often those that are young, or were asked for of late', examples: ['1h'] }),
      rest: timeout().prefault('24h').meta({ description: 'How often all the others', examples: ['24h'] }),
      window: timeout().prefault('30d').meta({ description: 'What counts as of late', examples: ['30d'] }),
      confirm: timeout().prefault('10min').meta({ description: 'How long something must be gone before that is believed', examples: ['10min'] }),
    }).prefault({}).meta({ description: 'Looking back: does upstream still stand by what was had from it' }),
  }).prefault({}).meta({ description: 'Watching the registries' }),
  names: z.strictObject(Object.fromEntries((['npm', 'pypi', 'go'] as const).map((ecosystem) => [ecosystem, z.string().min(1).max(2_000).optional()
    .meta({ description: 'A file or URL with popular names, the most popular first: what sluice names update reads', examples: ['top-packages.csv'] })])) as Record<'npm' | 'pypi' | 'go', z.ZodOptional<z.ZodString>>)
    .prefault({}).meta({ description: 'Lists of popular names; absent: built in' }),
  domains: domains.prefault({}).meta({ description: 'Names and addresses of attackers, and whom they imitate' }),
  downloads: downloads.prefault({}).meta({ description: 'How deliveries are read: mirrors, scanners, builds, people' }),
  hunt: z.strictObject({
    budget: z.int().min(0).max(100_000).prefault(60).meta({ description: 'How many files a minute are judged again behind clients\' backs when detectors or rules change; 0: none', examples: [60] }),
  }).prefault({}).meta({ description: 'Matching what is new against what was judged' }),
  feeds: z.array(feed).max(200).prefault([])
    .refine((all) => new Set(all.map((one) => one.name)).size === all.length, 'two feeds have one name')
    .meta({ description: 'Advisories and indicators of others, kept in sync', examples: [[{ name: 'osv-npm', url: 'https://feeds.acme.example/osv/npm/' }]] }),
  exchange: z.strictObject({
    publisher: z.string().min(1).max(100).prefault('Sluice').meta({ description: 'How this gate signs what it says', examples: ['Acme security'] }),
    tlp: z.enum([...TLP, 'red']).prefault('green').meta({ description: 'TLP of what this gate says of packages by itself; red: nothing leaves' }),
    share: z.enum(TLP).prefault('green').meta({ description: 'What whoever has a token may have; without one only what is clear' }),
  }).prefault({}).meta({ description: 'What this gate tells others' }),
  examine: z.strictObject({
    patience: duration().prefault('20s').meta({ description: 'How long a client waits for a first verdict before it is told to come back', examples: ['20s'] }),
    time_limit: timeout().prefault('60s').meta({ description: 'How long examining one artifact may take', examples: ['60s'] }),
    memory_limit: size().refine((value) => value >= 64e6, 'a worker needs at least 64MB').prefault('512MB').meta({ description: 'Memory of one worker', examples: ['512MB'] }),
    workers: z.union([z.literal('auto'), z.int().min(1).max(256)], { error: 'not a number of workers, nor auto' }).prefault('auto')
      .meta({ description: 'Worker threads; auto: by the number of processors', examples: ['auto', 4] }),
  }).prefault({}).meta({ description: 'Examining packages' }),
  sandbox: sandbox.prefault({}).meta({ description: 'Running packages in isolation to see what they do' }),
  host: hostSection(z.strictObject({
    url: url().optional().meta({ description: 'The gate that is told; absent: SLUICE_SERVER, else nobody', examples: ['https://sluice.acme.example/'] }),
    credentials: connection.credentials, ca_file: connection.ca_file, proxy: connection.proxy,
  }).prefault({}).meta({ description: 'Who is told what happens here' })).prefault({}).meta({ description: 'This machine, where it is one that packages are installed on' }),
  machines: machines.prefault({}).meta({ description: 'What machines tell this gate: what is installed on them, and what ran' }),
  rules: z.strictObject({
    yara: z.string().min(1).optional().meta({ description: 'Folder with YARA rules of your own, .yar and .yara files; changes take effect without a restart', examples: ['rules'] }),
    time_limit: timeout().prefault('2s').meta({ description: 'How long these rules may take for one package', examples: ['2s'] }),
  }).prefault({}).meta({ description: 'Rules of your own, besides the built-in detectors' }),
  cache: z.strictObject({
    memory: size().prefault('64MB').meta({ description: 'Memory for index documents that are ready to send', examples: ['64MB'] }),
  }).prefault({}).meta({ description: 'Caches' }),
  privacy: z.strictObject({
    keep: z.strictObject({
      addresses: kept('400d', 'Addresses of clients'), users: kept('400d', 'Names of users, as clients tell them'), hosts: kept('400d', 'Names of machines, as clients tell them'),
      jobs: kept('400d', 'Jobs of CI and their pages, as clients tell them'), tokens: kept('forever', 'Names of tokens'), agents: kept('400d', 'User agents, in full; tool and version stay'),
    }).prefault({}).meta({ description: 'How long the ledger says who asked; 0: it is never written down; forever' }),
  }).prefault({}).meta({ description: 'Personal data' }),
  log: z.strictObject({
    level: z.enum(['debug', 'info', 'warn', 'error']).prefault('info').meta({ description: 'What is logged' }),
  }).prefault({}).meta({ description: 'Logging, JSON lines on standard error' }),
  response: z.strictObject({
    organisation: z.string().min(1).max(200).optional().meta({ description: 'In whose name abuse reports go out; without it none can be written', examples: ['Acme'] }),
    contact: mailAddress().optional().meta({ description: 'A role mailbox for their answers, never a person\'s', examples: ['abuse-desk@acme.example'] }),
    send_mail: z.boolean().prefault(false).meta({ description: 'Send what a person approved, through the server of notify.mail; false: it is written to the folder outbox' }),
    look_at_content: z.boolean().prefault(false).meta({ description: 'Look at the URLs that letters were written about, to see whether they are gone; whoever runs them sees it' }),
    reports: z.enum(['off', 'token', 'everyone']).prefault('token').meta({ description: 'Who may report packages, at /report and by the API' }),
  }).refine((value) => (value.organisation === undefined) === (value.contact === undefined), 'organisation and contact, or neither').prefault({}).meta({ description: 'Incidents: reports in, letters out' }),
  notify: z.strictObject({
    webhook: url().optional().meta({ description: 'Gets a POST for recalls, quarantines and degradation', examples: ['https://hooks.acme.example/sluice'] }),
    secret: secret('Signs the posts').optional(),
    mail: z.strictObject({
      ...receiver('smtp.acme.example'),
      port: z.int().min(1).max(65_535).optional().meta({ description: 'Absent: 587 with starttls, 465 with tls, 25 with none', examples: [587] }),
      security: z.enum(['starttls', 'tls', 'none']).prefault('starttls').meta({ description: 'How the connection is encrypted' }),
      username: z.string().min(1).max(200).optional().meta({ description: 'Absent: no login', examples: ['sluice'] }),
      password: secret('For the login').optional(),
      from: mailAddress().meta({ description: 'Who it is from', examples: ['sluice@acme.example'] }),
      to: z.array(mailAddress()).min(1).max(50).meta({ description: 'Who gets it', examples: [['security@acme.example']] }),
    }).refine((value) => (value.username === undefined) === (value.password === undefined), 'username and password, or neither').optional()
      .meta({ description: 'Gets a mail for each notice', examples: [{ server: 'smtp.acme.example', from: 'sluice@acme.example', to: ['security@acme.example'] }] }),
    syslog: z.strictObject({
      ...receiver('log.acme.example'),
      port: z.int().min(1).max(65_535).optional().meta({ description: 'Absent: 6514 with tls, 514 otherwise', examples: [6514] }),
      transport: z.enum(['udp', 'tcp', 'tls']).prefault('tls').meta({ description: 'tcp and tls count octets' }),
      facility: z.enum(FACILITIES).prefault('local0').meta({ description: 'As RFC 5424 numbers them' }),
    }).optional().meta({ description: 'Gets a line for each notice, RFC 5424', examples: [{ server: 'log.acme.example' }] }),
  }).prefault({}).meta({ description: 'Who is told' }),
}).meta({ title: 'Sluice configuration' })

export type Document = z.output<typeof documentSchema>
