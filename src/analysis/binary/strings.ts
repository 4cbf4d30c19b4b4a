import { latin1 } from './reading.ts'

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
 * longer than 500 characters are cut into pieces of that length, which overlap so that nothing hides at a cut.
 */
export function interestingStrings(bytes: Uint8Array, most = MOST): FoundText[] {
  const found: FoundText[] = []
  const seen = new Set<string>()
  for (const run of runs(bytes)) {
    if (found.length >= most) break
    if (!isInteresting(run.text) || seen.has(run.text)) continue
    seen.add(run.text)
    found.push(run)
  }
  return found
}

/** Printable runs of at least six characters: those of one byte each, then those of two, at either parity. */
export function* runs(bytes: Uint8Array): Generator<FoundText> {
  const text = latin1(bytes)
  let left = MOST_RUNS
  for (const [pattern, width] of [[NARROW, 1], [WIDE, 2]] as const) {
    for (const run of pieces(text, new RegExp(pattern, 'g'), width)) {
      if (left-- <= 0) return
      yield run
    }
  }
}

// oxlint-disable-next-line no-control-regex -- a zero is the second byte of UTF-16LE
const WIDE = /(?:[\t -~]\0){6,500}/
const NARROW = /[\t -~]{6,500}/

function* pieces(text: string, pattern: RegExp, width: number): Generator<FoundText> {
  let done = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [run] = match
    const end = match.index + run.length
    if (end > done) yield { text: width === 1 ? run : run.replaceAll('\0', ''), at: match.index }
    done = end
    if (run.length === LONGEST * width) pattern.lastIndex = end - OVERLAP * width
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
