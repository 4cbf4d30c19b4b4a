import { HOME } from '../desk.ts'
import { givenBy, placeOf } from '../places.ts'
import { mixed, SOURCES, UNTAINTED } from '../taint.ts'
import type { SourceKind } from '../taint.ts'
import { collect, isFlag, NOTHING, note, save, unknown } from './call.ts'
import type { Program } from './call.ts'
import { SECRETS } from './plumbing.ts'

/** Programs that tell about the machine, its user and their secrets: by name, and by what they are asked. */
const TELLING: readonly (readonly [source: SourceKind, programs: string, asked: RegExp | null])[] = [
  ['host', 'whoami hostname id ifconfig ipconfig systeminfo who w last lastlog logname groups netstat ss ps tasklist dmidecode getmac arp route lsusb lspci lsblk df mount hostnamectl users finger wmic get-computerinfo get-ciminstance get-wmiobject get-process get-netipaddress get-localuser', null],
  ['host', 'uname', /^-[a-z]*[an]/],
  ['host', 'ip', /^(?:a|addr|address|route|r|link|neigh)$/],
  ['host', 'net', /^(?:user|localgroup|group|view|config|share|accounts)$/i],
  ['host', 'git', /^(?:log|shortlog)$/], ['host', 'git', /^(?:--list|-l|--get|--get-all|user\.(?:name|email)|remote\.\w+\.url|--show-origin)$/], ['host', 'git', /^get-url$/],
  ['host', 'npm pnpm yarn', /^whoami$/], ['host', 'gh', /^status$/], ['host', 'reg', /^query$/i], ['host', 'sw_vers system_profiler ioreg scutil dscl', null],
  ['host', 'docker', /^(?:inspect|info)$/],
  ['environment', 'printenv', null],
  ['history', 'history fc', null], ['history', 'doskey', /^\/history$/i],
  ['credentials', 'npm pnpm yarn', /_authToken|_password|^(?:token)$/i], ['credentials', 'gh glab', /^(?:token)$|--show-token/],
  ['credentials', 'aws', /^(?:sts|iam|secretsmanager|ssm|configure|export-credentials)$/], ['credentials', 'kubectl oc', /^(?:view|secrets?|secret\/.+)$/],
  ['credentials', 'gcloud', /^(?:print-access-token|print-identity-token|secrets)$/], ['credentials', 'az', /^(?:get-access-token|keyvault|account)$/],
  ['credentials', 'security', /^(?:find-(?:generic|internet)-password|dump-keychain|export|find-certificate)$/], ['credentials', 'secret-tool pass op bw vault lpass', /^(?:lookup|search|show|get|read|item|kv|export|list)$/],
  ['credentials', 'cmdkey vaultcmd', /^\/list/i], ['credentials', 'netsh', /^key=clear$/i], ['credentials', 'git', /^credential(?:-\w+)?$/], ['credentials', 'heroku', /^auth:token$/],
  ['credentials', 'mimikatz procdump lazagne', null], ['credentials', 'docker', /^secret$/], ['credentials', 'reg', /^save$/i], ['credentials', 'terraform', /^(?:output|state)$/],
  ['clipboard', 'pbpaste xclip xsel wl-paste get-clipboard', null],
  ['screen', 'screencapture scrot gnome-screenshot grim spectacle maim nircmd flameshot', null], ['screen', 'import', /^(?:root|-window)$/],
  ['keystrokes', 'xinput logkeys xspy showkey', null],
]

/** What such a program prints is what it was asked for; null when it was asked for something else. */
const telling = (program: string): { source: SourceKind; asked: RegExp | null }[] =>
  TELLING.filter(([, programs]) => programs.split(' ').includes(program)).map(([source, , asked]) => ({ source, asked }))

const HARMLESS = /^(?:wmic .{0,200}call create.*|net (?:user|localgroup|group) .{0,200}\/(?:add|delete).*|history -[a-z]*[cw]\b.*|id -[ugG]+n?|id -[a-z]+ root|ps -p \S+|docker info -f \S+|xclip -(?:i|sel\S* c\S*|in)\b.{0,40}|pbcopy|npm token revoke.*|git log -\S* --format=%[hHc]\S*|df -h? ?\.?|mount \S.*|security export.*)$/

/** `known` is what the program does when it is asked something else, `started` what is said of any program. */
type Teller = (known: Program | undefined, started: Program) => Program

function teller(program: string): Teller {
  const rules = telling(program)
  return (known, started) => (call) => {
    const rule = HARMLESS.test(call.line) ? undefined : rules.find(({ asked }) => asked === null || call.texts.some((text) => asked.test(text)))
    if (!rule) return known ? known(call) : rules.some(({ asked }) => asked === null) ? unknown() : started(call)
    const held = collect(call, SOURCES[rule.source], call.line)
    if (rule.source === 'screen') {
      const file = call.texts.findLast((text) => !isFlag(text) && /[./\\]/.test(text))
      if (file !== undefined) save(call, file, unknown(held))
    }
    return unknown(held)
  }
}

/** `env` and `set` without a command print all there is. */
export const environment: Program = (call) => unknown(collect(call, SOURCES.environment, call.line))

/** Searches of the disk: what for, and from where, tells honest ones from others. */
const search: Program = (call) => {
  const from = call.texts.filter((text) => !isFlag(text) && !/^[(!]/.test(text))
  const names = call.texts.filter((text) => LOOKED_FOR.test(text) || SECRETS.test(text))
  const place = from.find((text) => placeOf(text) !== null)
  const wide = from.some((text) => text === '/' || text === '~' || text === HOME || /^(?:~|<home>|\/(?:home|root|Users|etc|var|opt))(?:\/|$)|^[A-Za-z]:\\?(?:Users)?\\?$|^%USERPROFILE%/i.test(text))
  const bits = place === undefined ? 0 : givenBy(placeOf(place))
  note(call, 'list', names[0] !== undefined && !wide ? names[0] : call.line)
  const held = bits !== 0 || names.length > 0 ? collect(call, bits || SOURCES.files, names[0] ?? place ?? call.line) : UNTAINTED
  if (call.texts.includes('-delete')) note(call, 'delete', from[0] ?? '.')
  const at = call.texts.findIndex((text) => /^-(?:exec|execdir|ok|okdir)$/.test(text))
  if (at < 0) return unknown(held)
  const words = call.words.slice(at + 1).filter((word) => !/^(?:;|\+|\\;)$/.test(word.text))
  const found = { text: names[0] ?? '…', taint: held }
  const printed = call.start(words.map((word) => (word.text === '{}' ? found : { text: word.text.replaceAll('{}', () => found.text), taint: word.text.includes('{}') ? mixed(word.taint, held) : word.taint })))
  return unknown(mixed(printed.taint, held))
}

const LOOKED_FOR = /\.(?:pem|key|ppk|kdbx|env|wallet|p12|pfx|ovpn|keystore|jks|sqlite|tfvars|rdp)\b|id_(?:rsa|dsa|ed25519|\*)|wallet|mnemonic|credentials|\.npmrc|\.pypirc|\.aws|\.ssh|\.git-credentials|\.env\b|authorized_keys|Login Data|cookies/i

/** `ls` of a place that matters. */
const list: Program = (call) => {
  const path = call.texts.find((text) => !isFlag(text)) ?? null
  const place = path === null ? null : placeOf(path)
  if (place !== null && place !== 'temporary') note(call, 'list', path)
  return path !== null && /^(?:~|<home>|\/(?:home|Users|root|etc))/.test(path) ? unknown(collect(call, givenBy(place) || SOURCES.files, path)) : unknown()
}

/** What kind of machine is this? */
const machine: Program = (call) => {
  note(call, 'check', call.line)
  return unknown()
}

const named = [...new Set(TELLING.flatMap(([, programs]) => programs.split(' ')))]
const each = (names: string, program: Program): [string, Program][] => names.split(' ').map((name) => [name, program])

export const COLLECTING: readonly (readonly [string, Program])[] = [
  ...each('find fd locate mdfind where', search), ...each('ls dir get-childitem gci tree stat', list),
  ...each('uname systemd-detect-virt virt-what nproc lscpu lsb_release arch ldd getconf', machine), ...each('pbcopy clip set-clipboard', () => NOTHING),
]
/** Programs that tell, wrapped around what they do when they are asked something else. */
export const TELLERS: readonly (readonly [string, Teller])[] = named.map((name) => [name, teller(name)])
