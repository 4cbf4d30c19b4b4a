/** Words of the judgement on names with dots that stand alone: what is a host, and what only looks like one. */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Endings that files have, too: they need a scheme, a port or an `@`. */
const FILE_ENDINGS = words('py rs sh zip mov md pl cc so ps ai ac am bz cab cpa dm es gd in mk ml mm mo ms pm pub sc st sx tf tm vi bar map ax la mp properties cat')

/** Endings under which a name with a dot is a host more often than anything else. */
const PLAIN = words('com net org xyz biz sbs cyou buzz')
/** Words of code as well: a figure or a hyphen makes a name of what stands before them. */
const PROPERTIES = words('icu top club online site vip click rest space website monster live fun info pro life world link shop store')
/** Countries: two letters are languages and properties as well, so that the name before them has to be one. */
const COUNTRIES = words('ru cn su ir kp br de fr nl eu us uk ua pw tk ga cf gq jp kr tr cz hu gr vn au ca ch se no fi dk ro bg lt lv ee kz by')
/** First labels of hosts. */
const HOSTISH = words('www api cdn c2 mail ftp vpn dl dns ns1 ns2 s3 webhook webhooks telemetry')
/** Endings that are properties of whatever comes before. */
const MEMBERS = words('name id data date host style media email page link map call bind info')
/** What code calls its objects, in front of a property that happens to be an ending. */
const OBJECTS = words('self this cls node process exports module window document config options request response req res args event props state obj ctx context semver')

/** Registrable names under endings that are words of code, which are hosts all the same: short links, drops, tunnels, mirrors. */
const KNOWN = words(`
  bit.ly t.me is.gd cutt.ly tinyurl.com discord.gg rentry.co pastebin.pl paste.ee ix.io transfer.sh file.io temp.sh 0x0.st webhook.site oast.fun oast.me
  oast.pro oast.live oast.site interact.sh ngrok.io ngrok.app ngrok.dev ipinfo.io ipapi.co ip-api.io ifconfig.me ifconfig.co ident.me catbox.moe gofile.io workers.dev
  pages.dev r2.dev vercel.app netlify.app web.app fly.dev deno.dev repl.co replit.dev replit.app glitch.me railway.app loca.lt trycloudflare.com
  telegram.me github.io gitlab.io m.pipedream.net requestcatcher.com beeceptor.com lhr.life pythonanywhere.com
`)

/** Names of programs, projects and languages that are written like hosts, and common words of files in some language. */
const FRIENDS = words('asp.net vb.net ado.net ml.net system.net paint.net chart.com socket.io engine.io draw.io next.js node.js vue.js')
const FILEISH = words('messages strings locale locales lang language i18n translation translations index main file data config env settings readme changelog license package test tests error errors')

/** All endings that are enough for a host with nothing else to tell it by. */
const ENDINGS = new Set([...PLAIN, ...PROPERTIES, ...COUNTRIES, ...[...KNOWN].map((name) => name.slice(name.lastIndexOf('.') + 1)), 'example'])

/** Whether a bare name is a host by its ending and its labels. `strong`: a command or a port makes it one more easily. */
export function looksLikeHost(name: string, strong: boolean): boolean {
  const [ending, first] = [name.slice(name.lastIndexOf('.') + 1), name.slice(0, name.indexOf('.'))]
  if (!strong && !ENDINGS.has(ending) && !HOSTISH.has(first)) return false
  const labels = name.split('.')
  const second = labels.at(-2) as string
  if (FRIENDS.has(name) || (labels.length > 2 && REVERSED.test(name))) return false
  if (KNOWN.has(`${second}.${ending}`) || KNOWN.has(labels.slice(-3).join('.'))) return true
  if (FILE_ENDINGS.has(ending)) return false
  if (strong) return true
  if (OBJECTS.has(first) || (labels.length === 2 && second.length < 3)) return false
  if (PLAIN.has(ending)) return true
  if (ending === 'example') return !FILEISH.has(second)
  if (labels.length > 2 && HOSTISH.has(first)) return !MEMBERS.has(ending)
  if (PROPERTIES.has(ending)) return second.length >= 4 && /\d|^[a-z]{2,}(?:-[a-z]{2,})+$/.test(second)
  return COUNTRIES.has(ending) && second.length >= 4 && !FILEISH.has(second)
}

/** Package paths of Java, Android and reverse-domain identifiers. */
const REVERSED = /^(?:com|org|net|io|edu|gov|dev|me|java|javax|android|androidx|kotlin)\./

/** Hosts that are the beginning of module paths. */
export const FORGES = words('github.com gitlab.com bitbucket.org golang.org google.golang.org gopkg.in go.uber.org k8s.io sigs.k8s.io go.etcd.io go.opentelemetry.io codeberg.org gitee.com')
