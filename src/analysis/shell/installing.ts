import { FETCHED, UNTAINTED } from '../taint.ts'
import { argued, collected, joined, NOTHING, note, plain, runnable, stepped, urlIn } from './call.ts'
import type { Call, Program, Value } from './call.ts'
import { clone } from './fetching.ts'
import { deliver, transfer } from './sending.ts'

/** Package managers and builders: they run what they install, and scripts of this package. */

const RUNS_ITSELF = new Set(['npx', 'pnpx', 'bunx', 'easy_install', 'uvx'])
const INSTALLING = new Set(['install', 'i', 'add', 'get', 'exec', 'x', 'dlx', 'tool', 'download', 'ci', 'upgrade', 'update', 'run'])
const LIFECYCLE = new Set(['test', 't', 'start', 'stop', 'restart'])
const INDEX = /^(?:-i|--index-url|--extra-index-url|--registry|-f|--find-links|--index|--channel|-c|--source|--default-index)$/

const manage: Program = (call) => {
  const words = call.words.filter((word) => !word.text.startsWith('-'))
  const verb = words.findIndex((word) => INSTALLING.has(word.text))
  runScripts(call, words.map((word) => word.text))
  note(call, 'spawn', call.line, argued(call))
  if (verb < 0 && !RUNS_ITSELF.has(call.program)) return NOTHING
  const url = indexIn(call.texts) ?? words.slice(verb + 1).map((word) => addressIn(word.text)).find((text) => text !== null)
  if (url !== undefined && url !== null) installFrom(call, url)
  else installFile(call, words.slice(verb + 1))
  return NOTHING
}

/** An archive named by its address, or an index that serves whatever name is asked for: both run what they serve. */
function installFrom(call: Call, url: string): void {
  note(call, 'fetch', url)
  note(call, 'execute', url, stepped(call, UNTAINTED, FETCHED, { kind: 'fetch', argument: url }))
}

/** A saved archive, or a list of requirements that was fetched. */
function installFile(call: Call, words: readonly Value[]): void {
  const held = words.map((word) => word.text === '/dev/stdin' ? call.given : call.files.get(word.text)).find((value) => value !== null && runnable(value.taint).bits !== 0)
  if (held) note(call, 'execute', call.line, runnable(held.taint))
}

/** `dpkg -i file`, `rpm -U file`: scripts in the file run. */
const unpack: Program = (call) => {
  note(call, 'spawn', call.line, argued(call))
  installFile(call, call.words)
  return NOTHING
}

function indexIn(texts: readonly string[]): string | null {
  const at = texts.findIndex((text) => INDEX.test(text))
  const given = texts.map((text) => /^--(?:index-url|extra-index-url|registry|find-links|index|source)=(.+)$/.exec(text)?.[1]).find((text) => text !== undefined)
  const url = given ?? (at >= 0 ? texts[at + 1] : undefined) ?? null
  return url !== null && /:\/\//.test(url) ? url : null
}

/** `name @ https://…`, `git+https://…`, `github:owner/name`. */
const addressIn = (word: string): string | null => /(?:git\+)?(?:https?|git|ssh|ftp):\/\/[^\s'"]+/i.exec(word)?.[0] ?? /^(?:github|gitlab|bitbucket|gist):[\w.-]+\/[\w.#-]+$/.exec(word)?.[0] ?? null

/** `npm run build` inside a hook leads to another script of the same package. */
function runScripts(call: Call, words: readonly string[]): void {
  if (!SCRIPTED.has(call.program)) return
  const { scripts } = call.desk.pkg.manifest
  const all = /^(?:run-[sp]|npm-run-all2?)$/.test(call.program) ? words : words[0] === 'run' || words[0] === 'run-script' ? words.slice(1, 2) : call.program === 'yarn' || call.program === 'pnpm' || LIFECYCLE.has(words[0] ?? '') ? words.slice(0, 1) : []
  for (const name of all.slice(0, 20)) {
    for (const script of [`pre${name}`, name, `post${name}`]) if (Object.hasOwn(scripts, script)) call.script(script, scripts[script] ?? '')
  }
}

const SCRIPTED = new Set(['npm', 'pnpm', 'yarn', 'run-s', 'run-p', 'npm-run-all', 'npm-run-all2'])

/** Builders read a file of the package that holds commands. */
const build: Program = (call) => {
  note(call, 'spawn', call.line, argued(call))
  if (call.program === 'node-gyp' || NATIVE.has(call.program)) {
    if (call.desk.pkg.files.has('binding.gyp')) call.desk.file('binding.gyp', null)
    return NOTHING
  }
  const asked = call.texts.findIndex((text) => text === '-f' || text === '-C')
  const named = asked < 0 ? undefined : call.texts[asked + 1]
  const candidates = named === undefined ? ['Makefile', 'makefile', 'GNUmakefile'] : call.texts[asked] === '-C' ? [`${plain(named)}/Makefile`] : [plain(named)]
  const file = candidates.map((path) => call.desk.pkg.files.get(path)).find((each) => each !== undefined)
  if (file) for (const recipe of recipesIn(new TextDecoder().decode(file.bytes.subarray(0, 262_144)))) call.read(recipe, 'posix')
  return NOTHING
}

/** Commands of a Makefile: the lines behind a tab, and `$(shell …)` wherever it stands. */
function recipesIn(text: string): string[] {
  const joinedLines = text.replace(/\\\r?\n\t?/g, ' ')
  const lines = [...joinedLines.matchAll(/^\t[-@+]{0,3}([^\n]{1,4000})/gm)].map((match) => match[1] ?? '')
  const shells = [...joinedLines.matchAll(/\$\(shell ([^\n]{1,2000}?)\)[ \t]*$/gm)].map((match) => match[1] ?? '')
  return [...shells, lines.map((line) => line.replaceAll('$$', '$').replace(/\$\((\w{1,60})\)/g, '$${$1}')).join('\n')].filter((line) => line !== '')
}

const NATIVE = new Set(['node-gyp-build', 'prebuild-install', 'node-pre-gyp', 'prebuildify', 'cmake-js', 'prebuild', 'electron-rebuild'])

/** `git`: a clone brings in files, a push takes some away, hooks and aliases run commands. */
const git: Program = (call) => {
  const verb = call.texts.find((text) => /^[a-z][a-z-]*$/.test(text))
  note(call, 'spawn', call.line, argued(call))
  if (verb === 'clone' || verb === 'submodule') return clone(call)
  return verb === 'push' ? transferred(call) : NOTHING
}

const transferred = (call: Call): Value => (collected(joined(call.words)) ? deliver(call, urlIn(call.texts), call.words) : NOTHING)

/** `docker run image`, `aws s3 cp`: known by their words; data that goes with them is sent. */
const client: Program = (call) => {
  if (/\bs3 (?:cp|sync|mv)\b|\bstorage (?:cp|blob)\b|\bput-object\b|\bgist create\b|\bupload\b|\bsecret set\b/.test(call.line)) return transfer(call)
  note(call, 'spawn', call.line, argued(call))
  return NOTHING
}

const each = (names: string, program: Program): [string, Program][] => names.split(' ').map((name) => [name, program])

export const INSTALLING_PROGRAMS: readonly (readonly [string, Program])[] = [
  ...each('npm pnpm yarn npx pnpx bunx pip pip2 pip3 pipx uv uvx easy_install conda mamba poetry gem bundle cargo go apt apt-get apk dnf yum pacman zypper brew choco winget scoop snap flatpak run-s run-p npm-run-all npm-run-all2 install-module install-package cpan composer luarocks', manage),
  ...each('make gmake node-gyp node-gyp-build prebuild-install node-pre-gyp prebuildify cmake-js prebuild electron-rebuild nmake', build), ['git', git], ...each('dpkg rpm installer', unpack),
  ...each('aws gcloud az gh glab docker podman kubectl oc terraform vault heroku', client),
]
