import { classesOf } from './classes.ts'
import type { Classes } from './classes.ts'
import { narrow, narrowOneByOne, wide, wideOneByOne } from './stretches.ts'
import type { Range } from './stretches.ts'

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

/** Printable runs of at least six characters: those of one byte each, then those of two, at either parity. */
export function* runs(bytes: Uint8Array): Generator<FoundText> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let left = MOST_RUNS
  const classes = classesOf(bytes)
  for (const width of [1, 2] as const) {
    for (const [from, to] of stretches(bytes, width, classes)) {
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

function stretches(bytes: Uint8Array, width: 1 | 2, classes: Classes | null): Generator<Range> {
  if (classes === null) return width === 1 ? narrowOneByOne(bytes) : wideOneByOne(bytes)
  return width === 1 ? narrow(bytes, classes) : wide(bytes, classes)
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
  return (text.includes('://') && URL_LIKE.test(text)) || HINT.test(text) || (text.includes('.') && ADDRESS.test(text))
}
