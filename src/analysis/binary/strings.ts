/** Text found in a binary, with the offset of its first byte. */
export interface FoundText {
  text: string
  at: number
}

const SHORTEST = 6
const LONGEST = 500
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

/** Printable runs of at least six characters, in the order of their ends. */
export function* runs(bytes: Uint8Array): Generator<FoundText> {
  let left = MOST_RUNS
  for (const run of asciiRuns(bytes)) {
    if (left-- <= 0) return
    yield run
  }
  for (const run of wideRuns(bytes)) {
    if (left-- <= 0) return
    yield run
  }
}

function* asciiRuns(bytes: Uint8Array): Generator<FoundText> {
  let start = 0
  for (let at = 0; at <= bytes.length; at++) {
    const byte = bytes[at]
    if (byte !== undefined && printable(byte)) continue
    if (at - start >= SHORTEST) yield* pieces(start, at - start, (from, length) => ascii(bytes, from, length, 1), 1)
    start = at + 1
  }
}

/** Both parities: a compiler aligns wide text to two bytes, but nothing makes an attacker do so. */
function* wideRuns(bytes: Uint8Array): Generator<FoundText> {
  let start = 0
  let length = 0
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at]
    if (byte !== undefined && bytes[at + 1] === 0 && printable(byte)) {
      if (length === 0) start = at
      length++
      at += 2
      continue
    }
    if (length >= SHORTEST) yield* pieces(start, length, (from, count) => ascii(bytes, from, count, 2), 2)
    // After a run the byte at hand may begin the next one; its second byte was never more than a zero.
    length = 0
    at++
  }
  if (length >= SHORTEST) yield* pieces(start, length, (from, count) => ascii(bytes, from, count, 2), 2)
}

const OVERLAP = 100

function* pieces(start: number, length: number, read: (from: number, length: number) => string, width: number): Generator<FoundText> {
  for (let from = 0; from < length; from += LONGEST - OVERLAP) {
    yield { text: read(start + from * width, Math.min(LONGEST, length - from)), at: start + from * width }
    if (from + LONGEST >= length) return
  }
}

function ascii(bytes: Uint8Array, from: number, length: number, width: number): string {
  if (width === 1) return Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString('latin1')
  const narrow = Buffer.alloc(length)
  for (let i = 0; i < length; i++) narrow[i] = bytes[from + i * 2] ?? 0
  return narrow.toString('latin1')
}

const printable = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || byte === 0x09

/**
 * A substring test each, so that a run costs little: most of a binary's text is symbol names. What passes is judged by
 * others; this only keeps the haystack small.
 */
const HINTS: readonly string[] = [
  'hooks.slack', 'discord', 'api.telegram', 't.me/', 'pastebin', 'ngrok', '.onion', 'webhook',
  '.ssh', 'id_rsa', 'id_ed25519', '.aws', '.npmrc', '.pypirc', '.netrc', '.git-credentials', '.kube', '.docker/', '.gnupg', 'wallet',
  'Login Data', 'Local State', 'Local Storage', '/Cookies', '\\Cookies', 'cookies.sqlite', 'logins.json', 'keychain', 'Keychain', 'leveldb', '/etc/passwd',
  '/etc/shadow', '/proc/self', 'authorized_keys', 'crontab', 'LaunchAgents', 'CurrentVersion\\Run', 'systemd', '.bashrc', '.profile',
  '169.254.169.254', 'metadata.google', 'curl ', 'wget ', 'powershell', 'PowerShell', 'cmd.exe', 'cmd /c', '/bin/sh', '/bin/bash', '/dev/tcp', 'bash -',
  'sh -c', 'base64 -', 'certutil', 'bitsadmin', 'rundll32', 'regsvr32', 'schtasks', 'mshta', 'osascript', 'chmod +x', 'chmod 7', 'nohup ', 'pip install',
  'npm install', 'stratum+', 'xmrig', '\\AppData', '%APPDATA', '_TOKEN', '_SECRET_', 'PRIVATE KEY', 'api_key', 'API_KEY', 'ghp_', 'AKIA',
]
const URL_LIKE = /[a-z][a-z0-9+.-]{1,20}:\/\/[\w%${[-][\w.%$:{}@-]{3}/i
const ADDRESS = /(?:^|[^\d.])(?:\d{1,3}\.){3}\d{1,3}(?:[^\d.]|$)/

export function isInteresting(text: string): boolean {
  return (text.includes('://') && URL_LIKE.test(text)) || HINTS.some((hint) => text.includes(hint)) || ADDRESS.test(text)
}
