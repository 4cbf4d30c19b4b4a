/** Programs whose work is known by their name. */

export const FETCHERS = new Set([
  'curl', 'wget', 'wget2', 'aria2c', 'fetch', 'http', 'https', 'invoke-webrequest', 'invoke-restmethod', 'iwr', 'irm', 'bitsadmin',
  'nc', 'ncat', 'netcat', 'telnet', 'ftp', 'tftp', 'scp', 'rsync', 'lynx', 'nslookup', 'dig', 'host', 'mshta',
])

export const COLLECTORS = new Set(['whoami', 'hostname', 'id', 'ifconfig', 'ipconfig', 'printenv', 'env', 'systeminfo', 'set'])

export const INTERPRETERS: ReadonlyMap<string, 'javascript' | 'python' | 'shell' | 'powershell' | 'other'> = new Map([
  ...['node', 'nodejs', 'bun', 'deno', 'tsx', 'ts-node'].map((name) => [name, 'javascript'] as const),
  ...['python', 'python2', 'python3', 'py', 'pythonw'].map((name) => [name, 'python'] as const),
  ...['sh', 'bash', 'zsh', 'dash', 'ksh', 'ash', 'fish', 'cmd', '.', 'source', 'busybox'].map((name) => [name, 'shell'] as const),
  ...['powershell', 'pwsh'].map((name) => [name, 'powershell'] as const),
  ...['perl', 'ruby', 'php', 'lua', 'osascript', 'wscript', 'cscript', 'rundll32', 'regsvr32', 'awk'].map((name) => [name, 'other'] as const),
])

/** `C:\\x\\Python3.EXE`, `/usr/bin/python3.11` → `python3`. */
export function programName(word: string): string {
  const last = word.split(/[\\/]/).at(-1) ?? word
  const name = (last === '' ? word : last).toLowerCase().replace(/\.(?:exe|cmd|bat)$/, '')
  return /^python[23]?\.\d+$/.test(name) ? 'python3' : name
}

const INSTALLERS = /^(?:npm|pnpm|yarn|bun|npx|pnpx|bunx|pip|pip2|pip3|pipx|uv|easy_install|conda|gem|cargo|go|apt|apt-get|yum|brew)$/
const INSTALLING = new Set(['install', 'i', 'add', 'get', 'exec', 'x', 'dlx', 'tool', 'download', 'ci'])
const RUNS_ITSELF = new Set(['npx', 'pnpx', 'bunx', 'easy_install'])

/** Whether this installs packages; `url` when one is named by address, which runs what that address serves. */
export function installs(program: string, words: readonly string[]): { url: string | null } | null {
  if (!INSTALLERS.test(program)) return null
  const plain = words.filter((word) => !word.startsWith('-'))
  const index = RUNS_ITSELF.has(program) ? -1 : plain.findIndex((word) => INSTALLING.has(word))
  if (index < 0 && !RUNS_ITSELF.has(program)) return null
  // An index given on the command line serves the package, whatever its name.
  const registry = words.findIndex((word) => /^(?:-i|--index-url|--extra-index-url|--registry|-f|--find-links)$/.test(word))
  const given = words.map((word) => /^--(?:index-url|extra-index-url|registry|find-links)=(.+)$/.exec(word)?.[1]).find((url) => url !== undefined)
  const url = given ?? (registry >= 0 ? words[registry + 1] : undefined) ?? plain.slice(index + 1).map(addressIn).find((word) => word !== null)
  return { url: url ?? null }
}

/** `name @ https://…`, `git+https://…`, `name@https://…`. */
function addressIn(word: string): string | null {
  const at = /(?:git\+)?(?:https?|git|ssh|ftp):\/\/[^\s'"]+/i.exec(word)
  return at ? at[0] : null
}

/** The address a downloader is given, also without its scheme. */
export function urlIn(words: readonly string[]): string | null {
  for (const word of words) {
    const found = /(?:https?|ftp|tcp):\/\/[^\s'"`)<>]{1,2000}/i.exec(word)
    if (found) return found[0]
  }
  const bare = words.find((word) => /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\w-]+(?:\.[\w-]+)+)(?::\d+)?(?:\/\S*)?$/.test(word) && !word.startsWith('-'))
  return bare ?? null
}
