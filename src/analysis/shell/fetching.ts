import { UNKNOWN } from '../desk.ts'
import { placeOf } from '../places.ts'
import { FETCHED, mixed, SOURCES, taint, UNTAINTED } from '../taint.ts'
import type { Taint } from '../taint.ts'
import { collect, collected, heldBy, joined, NOTHING, note, save, stepped, unknown, urlIn } from './call.ts'
import type { Call, Program, Value } from './call.ts'
import { options } from './options.ts'
import type { Options } from './options.ts'

/** Programs that ask an address for something, and what they carry there. */

const VALUED: Readonly<Record<string, ReadonlySet<string>>> = {
  curl: new Set('-o --output -d --data --data-raw --data-binary --data-urlencode --data-ascii --json -F --form --form-string -T --upload-file -X --request -H --header -u --user -x --proxy -A --user-agent -e --referer -b --cookie -c --cookie-jar -m --max-time --connect-timeout --retry --retry-delay -w --write-out --cacert --cert -E --key --resolve --url --output-dir -K --config -r --range -C --limit-rate -U --interface --doh-url --dns-servers -D --dump-header -P --socks5 --socks5-hostname'.split(' ')),
  wget: new Set('-O --output-document -P --directory-prefix --post-data --post-file --body-data --body-file --method --header -U --user-agent -t --tries -T --timeout -w --wait -o --output-file -a -i --input-file -e --execute --user --password --referer -Q -l'.split(' ')),
}
const OTHERS = new Set('-o --output -O --output-document -d --dir --out -P -t'.split(' '))

const BODY = ['-d', '--data', '--data-raw', '--data-binary', '--data-urlencode', '--data-ascii', '--json', '-F', '--form', '--form-string', '--post-data', '--body-data']
const FILES = ['-T', '--upload-file', '--post-file', '--body-file']
const INCIDENTAL = ['-H', '--header', '-A', '--user-agent', '-e', '--referer', '-b', '--cookie', '-u', '--user']

const fetch: Program = (call) => {
  const chosen = options(call.words, VALUED[call.program === 'wget2' ? 'wget' : call.program] ?? OTHERS)
  const targets = [...chosen.of('--url'), ...chosen.rest]
  const url = urlIn(targets.map((word) => word.text)) ?? targets.find((word) => word.text.includes(UNKNOWN))?.text ?? null
  const sent = carried(call, chosen, targets)
  const answer = asked(call, url, sent)
  for (const target of savedTo(call, chosen, url)) save(call, target, answer)
  const prints = call.program === 'curl' ? !chosen.has('-O', '--remote-name') && chosen.of('-o', '--output').every((word) => word.text === '-') : call.program === 'wget' ? chosen.of('-O', '--output-document').some((word) => word.text === '-' || word.text === '/dev/stdout') : true
  return prints || savedTo(call, chosen, url).includes('/dev/stdout') ? answer : NOTHING
}

/** Notes a request and what it carries; gives the answer. A metadata service answers with secrets of this machine. */
export function asked(call: Call, url: string | null, sent: Taint = UNTAINTED): Value {
  if (url !== null && placeOf(url) === 'cloud') return unknown(collect(call, SOURCES.cloud, url))
  note(call, 'fetch', url)
  if (collected(sent)) note(call, 'send', url, sent)
  if (url !== null && MY_ADDRESS.test(url)) return unknown(collect(call, SOURCES.host, url))
  return unknown(stepped(call, UNTAINTED, FETCHED, { kind: 'fetch', argument: url }))
}

const MY_ADDRESS = /\b(?:ifconfig\.(?:me|co|io)|icanhazip\.com|ipinfo\.io|api\.ipify\.org|checkip\.amazonaws\.com|ipapi\.co|ip-api\.com|ident\.me|ipecho\.net)\b/i

/** What leaves with the request: in the address, the body, headers, the files it names. */
function carried(call: Call, chosen: Options, targets: readonly Value[]): Taint {
  const body = chosen.of(...BODY).map((word) => fromFile(call, word))
  const files = chosen.of(...FILES).map((word) => (word.text === '-' || word.text === '.' ? call.given.taint : fileTaint(call, word)))
  // A token in a header is how one is let in: it goes to whom it belongs.
  const headers = chosen.of(...INCIDENTAL).map(({ taint: held }) => taint(held.bits & ~SOURCES.secret, held.trail))
  const homes = targets.some((word) => word.text.includes('<home>')) ? [stepped(call, UNTAINTED, SOURCES.host, { kind: 'collect', argument: 'HOME', call: '$HOME' })] : []
  return [...body, ...files, ...headers, ...homes, joined(targets)].reduce(mixed, UNTAINTED)
}

/** `@file`, `name=@file`, `@-`. */
function fromFile(call: Call, word: Value): Taint {
  const path = /^(?:[^@=]{0,100}=)?[@<]([^;]+)/.exec(word.text)?.[1]
  if (path === undefined) return word.taint
  return mixed(word.taint, path === '-' || path === '/dev/stdin' ? call.given.taint : fileTaint(call, { text: path, taint: UNTAINTED }))
}

/** An upload from outside the package takes along what is on the machine, whatever it is. */
function fileTaint(call: Call, word: Value): Taint {
  const held = heldBy(call, word).taint
  if (held.bits !== 0 || !/^(?:\/(?!tmp\/|dev\/)|~|<home>|[A-Z]:\\|%USERPROFILE%)/i.test(word.text)) return held
  return collect(call, SOURCES.files, word.text)
}

function savedTo(call: Call, chosen: Options, url: string | null): string[] {
  const named = chosen.of('-o', '--output', '--out', ...(call.program === 'wget' || call.program === 'aria2c' ? ['-O', '--output-document'] : []))
  if (named.length > 0) return named.map((word) => word.text).filter((text) => text !== '-')
  const last = url?.replace(/^\w+:\/\/[^/]*/, '').split(/[?#]/)[0]?.split('/').at(-1)
  const folder = chosen.of('-P', '--directory-prefix', '--output-dir', '--dir')[0]?.text
  const saves = call.program === 'curl' ? chosen.has('-O', '--remote-name') : call.program !== 'http' && call.program !== 'https'
  return url !== null && saves ? [`${folder === undefined ? '' : `${folder}/`}${last || 'index.html'}`] : []
}

/** `certutil -urlcache -f URL file`, `bitsadmin /transfer job URL file`: the file comes last. */
const download: Program = (call) => {
  if (call.program === 'certutil' && !call.texts.some((text) => /^[-/](?:urlcache|verifyctl)/i.test(text))) return NOTHING
  const url = urlIn(call.texts)
  const answer = asked(call, url)
  const file = call.texts.at(-1)
  if (file !== undefined && file !== url) save(call, file, answer)
  return answer
}

const BRANCH = /^(?:-b|--branch|--depth|-o|--origin|--revision|-c|--config|--filter|-j|--jobs)$/

/** `git clone URL dir`: whatever lies in there was fetched. */
export const clone: Program = (call) => {
  const texts = call.texts.filter((_text, index) => !BRANCH.test(call.texts[index - 1] ?? ''))
  const url = urlIn(texts) ?? texts.find((text) => /^[\w.-]+@[\w.-]+:/.test(text)) ?? null
  const answer = asked(call, url)
  call.files.loose(answer)
  return NOTHING
}

/** Programs of Windows that fetch what they run: `mshta URL`, `regsvr32 /i:URL scrobj.dll`, `msiexec /i URL`, `rundll32 …`. */
const fetchesAndRuns: Program = (call) => {
  const url = call.texts.map((text) => /(?:https?|ftp|\\\\[\w.-]+\\|file):?[^\s"'),]{2,1000}/i.exec(text)?.[0]).find((text) => text !== undefined)
  if (url === undefined) {
    const held = call.words.map((word) => call.files.get(word.text.split(',')[0] ?? '')).find((value) => value !== null)
    note(call, 'spawn', call.line, held?.taint ?? joined(call.words))
    return /^(?:vb|java)script:/i.test(call.texts[0] ?? '') ? (note(call, 'execute', call.texts.join(' '), joined(call.words)), NOTHING) : NOTHING
  }
  const answer = asked(call, url)
  note(call, 'execute', url, answer.taint)
  return NOTHING
}

const each = (names: string, program: Program): [string, Program][] => names.split(' ').map((name) => [name, program])

export const FETCHING: readonly (readonly [string, Program])[] = [
  ...each('curl wget wget2 aria2c fetch http https xh httpie lynx links w3m axel', fetch), ...each('certutil bitsadmin', download),
  ...each('mshta regsvr32 rundll32 msiexec installutil', fetchesAndRuns),
]
