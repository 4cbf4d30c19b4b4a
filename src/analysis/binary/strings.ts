/** Text found in a binary, with the offset of its first byte. */
export interface FoundText {
  text: string
  at: number
}

const LONGEST = 500
const OVERLAP = 100
const MOST = 500
/** Runs looked at; a file of nothing but text has no more lines than this worth reading. */
const MOST_RUNS = 200_000

/**
 * Printable runs, ASCII and UTF-16LE, that are worth a look: addresses, paths to secrets, command lines, keys. Linear; runs
 * longer than 500 characters are cut into pieces of that length, which overlap so that nothing hides at a cut. `every` is shown
 * each run, also those that are not worth a look.
 */
export function interestingStrings(bytes: Uint8Array, { most = MOST, every }: { most?: number; every?: (text: string) => void } = {}): FoundText[] {
  const found: FoundText[] = []
  const seen = new Set<string>()
  for (const run of runs(bytes)) {
    every?.(run.text)
    if (found.length >= most) {
      if (every) continue
      break
    }
    if (!isInteresting(run.text) || seen.has(run.text)) continue
    seen.add(run.text)
    found.push(run)
  }
  return found
}

const SHORTEST = 6
const PRINTABLE = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 9 || (byte >= 0x20 && byte <= 0x7e) ? 1 : 0))

/** Printable runs of at least six characters: those of one byte each, then those of two, at either parity. */
export function* runs(bytes: Uint8Array): Generator<FoundText> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let left = MOST_RUNS
  for (const [stretches, width] of [[narrow, 1], [wide, 2]] as const) {
    for (const [from, to] of stretches(bytes)) {
      for (let at = from; ;) {
        if (left-- <= 0) return
        const end = Math.min(to, at + LONGEST * width)
        const text = buffer.toString('latin1', at, end)
        yield { text: width === 1 ? text : text.replaceAll('\0', ''), at }
        if (end === to) break
        at = end - OVERLAP * width
      }
    }
  }
}

/** One byte in six is looked at where there is no text, in a table: several times as fast as a regular expression, and no text as long as the file is made. */
function* narrow(bytes: Uint8Array): Generator<readonly [from: number, to: number]> {
  let floor = 0
  for (let probe = SHORTEST - 1; probe < bytes.length; probe += SHORTEST) {
    if (PRINTABLE[bytes[probe] as number] === 0) continue
    let from = probe
    while (from > floor && PRINTABLE[bytes[from - 1] as number] === 1) from--
    let to = probe + 1
    while (to < bytes.length && PRINTABLE[bytes[to] as number] === 1) to++
    if (to - from >= SHORTEST) yield [from, to]
    floor = to
    probe = to
  }
}

/** A zero behind each character, as UTF-16LE has it: of any ten bytes of such text the first two are a character and a zero, or a zero and a character. */
function* wide(bytes: Uint8Array): Generator<readonly [from: number, to: number]> {
  const is = (at: number): boolean => bytes[at + 1] === 0 && PRINTABLE[bytes[at] as number] === 1
  let floor = 0
  for (let probe = 0; probe + 1 < bytes.length; probe += SHORTEST * 2 - 2) {
    const [one, next] = [bytes[probe] as number, bytes[probe + 1] as number]
    if (!(one === 0 ? PRINTABLE[next] === 1 : next === 0 && PRINTABLE[one] === 1)) continue
    let from = one === 0 ? probe + 1 : probe
    while (from - 2 >= floor && is(from - 2)) from -= 2
    let to = from
    while (to + 1 < bytes.length && is(to)) to += 2
    if (to - from < SHORTEST * 2) continue
    yield [from, to]
    floor = to
    probe = Math.max(probe, to - SHORTEST * 2 + 2)
  }
}

/** Most of a binary's text is symbol names; what passes is judged by others, this only keeps the haystack small. */
const HINTS = [
  'hooks.slack', 'discord', 'api.telegram', 't.me/', 'pastebin', 'ngrok', '.onion', 'webhook',
  '.ssh', 'id_rsa', 'id_ed25519', '.aws', '.npmrc', '.pypirc', '.netrc', '.git-credentials', '.kube', '.docker/', '.gnupg', 'wallet',
  'Login Data', 'Local State', 'Local Storage', '/Cookies', '\\Cookies', 'cookies.sqlite', 'logins.json', 'keychain', 'Keychain', 'leveldb', '/etc/passwd',
  '/etc/shadow', '/proc/self', 'authorized_keys', 'crontab', 'LaunchAgents', 'CurrentVersion\\Run', 'systemd', '.bashrc', '.profile',
  '169.254.169.254', 'metadata.google', 'curl ', 'wget ', 'powershell', 'PowerShell', 'cmd.exe', 'cmd /c', '/bin/sh', '/bin/bash', '/dev/tcp', 'bash -',
  'sh -c', 'base64 -', 'certutil', 'bitsadmin', 'rundll32', 'regsvr32', 'schtasks', 'mshta', 'osascript', 'chmod +x', 'chmod 7', 'nohup ', 'pip install',
  'npm install', 'stratum+', 'xmrig', '\\AppData', '%APPDATA', '_TOKEN', '_SECRET_', 'PRIVATE KEY', 'api_key', 'API_KEY', 'ghp_', 'AKIA',
]
const HINT = new RegExp(HINTS.map((hint) => RegExp.escape(hint)).join('|'))
const URL_LIKE = /[a-z][a-z0-9+.-]{1,20}:\/\/[\w%${[-][\w.%$:{}@-]{3}/i
const ADDRESS = /(?:^|[^\d.])(?:\d{1,3}\.){3}\d{1,3}(?:[^\d.]|$)/

export function isInteresting(text: string): boolean {
  return (text.includes('://') && URL_LIKE.test(text)) || HINT.test(text) || ADDRESS.test(text)
}
