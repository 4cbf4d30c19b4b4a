import { defang } from '../../analysis/indicators/spelling.ts'
import type { Act, HoneyHit, Place } from '../../tracing/act.ts'

/** One act as people say it. Text of packages is in it: whoever prints it makes it plain first. */
export function saidOf(act: Act): string {
  const failed = act.done ? '' : `: ${act.error ?? 'refused'}`
  const tries = (does: string, tries: string): string => (act.done ? does : tries)
  switch (act.kind) {
    case 'exec': return `${tries('runs', 'tries to run')} ${(act.argv ?? [act.target]).join(' ')}${failed}`
    case 'read': return `${tries('reads', 'looks for')} ${short(act.target)}${failed}`
    case 'write': return `${tries('writes', 'tries to write')} ${short(act.target)}${act.bytes ? ` (${sizeOf(act.bytes)})` : ''}${failed}`
    case 'delete': return `${tries('removes', 'tries to remove')} ${short(act.target)}${failed}`
    case 'rename': return `${tries('moves', 'tries to move')} ${short(act.target)} to ${short(act.other ?? '?')}${failed}`
    case 'link': return `${tries('links', 'tries to link')} ${short(act.other ?? '?')} to ${short(act.target)}${failed}`
    case 'mode': return `${tries('changes the mode of', 'tries to change the mode of')} ${short(act.target)}${failed}`
    case 'resolve': return `looks up ${hostOf(act.target)}`
    case 'connect': return `connects to ${endOf(act)}${act.done || act.error === 'EINPROGRESS' ? '' : failed}`
    case 'listen': return `listens on ${act.target}${failed}`
    case 'send': return `sends ${act.bytes ? sizeOf(act.bytes) : 'something'} to ${endOf(act)}`
    case 'request': return `${act.method ?? 'GET'} ${defang(act.target, 'url')}${act.bytes ? `, ${sizeOf(act.bytes)}` : ''}`
    case 'environment': return act.target === '*' ? 'reads all variables of the environment' : `reads the variable ${act.target}`
    case 'signal': return `signals process ${act.target}${failed}`
    case 'inject': return `reaches into process ${act.target}${failed}`
    case 'memory': return `runs a program out of memory (${act.target})${failed}`
    case 'code': return `makes code of what came over the wire (${act.bytes ? sizeOf(act.bytes) : act.target.slice(0, 12)})`
    case 'refused': return `asks for ${act.target}, which the box refuses`
    case 'sleep': return act.ms === undefined ? 'waits' : `waits ${durationOf(act.ms)}`
  }
}

/** `decoy npm-token (base64, gzip)` of each planted secret that was found in it. */
export const decoysOf = (honey: readonly HoneyHit[] | undefined): string =>
  [...new Set((honey ?? []).map(({ token, encodings }) => `${token}${encodings.length > 0 ? ` (${encodings.join(', ')})` : ''}`))].map((one) => `decoy ${one}`).join(', ')

/** `lib/index.js:12` of the package itself, `other/lib/index.js:12` of another; '' where it is not known. */
export function placeOf(place: Place | null, own: string): string {
  if (place === null) return ''
  const file = place.package === null ? short(place.file) : place.package === own ? place.file : `${place.package}/${place.file}`
  return `${file}:${place.line}`
}

/** Whoever's home it is. */
const short = (path: string): string => path.replace(/^\/home\/[^/]+(?=\/|$)/, '~')

const endOf = ({ target, name }: Act): string => {
  if (target.startsWith('/') || target.startsWith('@')) return target
  const port = /:(\d{1,5})$/.exec(target)?.[1]
  return name === undefined ? hostOf(target) : `${hostOf(name)}${port === undefined ? '' : `:${port}`}`
}

const hostOf = (host: string): string => defang(host, 'domain')

function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

export function durationOf(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`
}
