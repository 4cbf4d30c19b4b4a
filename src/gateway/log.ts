import pino from 'pino'
import type { DestinationStream, Logger } from 'pino'

/** JSON lines without secrets, on standard error unless a destination is given. */
export function createLog(level: string, destination: DestinationStream = pino.destination(2)): Logger {
  return pino({ level, hooks: { streamWrite: withoutSecrets } }, destination)
}

const SECRETS: readonly { sign: RegExp; instead: string }[] = [
  // The user information of a URL (RFC 3986 §3.2.1): registries' URLs carry user:password or a token there.
  { sign: /:\/\/[^\s/?#"\\]*@/g, instead: '://…@' },
  // Members and headers whose value is a secret, whatever it looks like; arrays of values, too.
  { sign: /"((?:proxy-)?authorization|(?:set-)?cookie|password|secret|npm-otp|_authToken|_auth|_password)":(?:"(?:[^"\\]|\\.)*"|\[[^\][]*\])/gi, instead: '"$1":"…"' },
  { sign: /\b(bearer|basic) +[\w+/=.~-]{6,}/gi, instead: '$1 …' },
  { sign: /\b(sluice|npm|pypi|ghp|gho|glpat)([_-])[\w-]{20,}/g, instead: '$1$2…' },
  { sign: /([?&](?:(?:access_?|auth_?|private_?)?token|password|secret|api_?key|sig|signature|x-amz-signature|x-amz-credential|x-amz-security-token)=)[^&\s"\\#]+/gi, instead: '$1…' },
]

/** A finished line of the log, so that nothing a logger call says can slip past. Linear in its length. */
export function withoutSecrets(line: string): string {
  return SECRETS.reduce((text, { sign, instead }) => text.replace(sign, instead), line)
}
