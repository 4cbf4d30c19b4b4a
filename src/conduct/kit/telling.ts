import { indicatorsIn } from '../../analysis/indicators/index.ts'
import { defang } from '../../analysis/indicators/index.ts'
import type { Evidence } from '../../core/types.ts'
import type { Act, HoneyHit, Place } from '../../tracing/act.ts'
import type { About } from '../about.ts'
import type { Deed } from '../deed.ts'
import { clean, decoded, printable } from './decoded.ts'

type Role = NonNullable<Evidence['role']>

const LONGEST = 300

/** A deed as evidence: the line of the package that did it, or else the hook it came from; the excerpt is what was done. */
export function shown(deed: Deed, about: About, says: string, role?: Role): Evidence {
  const place = placeOf(deed, about)
  const hidden = deed.act.sample && deed.act.honey?.some(({ encodings }) => encodings.length > 0) ? decoded(deed.act.sample) : null
  const told: Evidence = { ...place, excerpt: done(deed.act), says: `${clean(says)}${ofDependency(deed, about)}`.slice(0, LONGEST), ...(role ? { role } : {}) }
  return hidden ? { ...told, excerpt: hidden.text, decodedFrom: { ...place, excerpt: told.excerpt, says: `undone: ${hidden.how.join('; ')}` } } : told
}

/** The hook that nobody asked for, where there is one. */
function trigger({ hook, phase, act }: Deed): Evidence[] {
  if (hook) return [{ file: hook.file, lines: [hook.line, hook.line], excerpt: clean(hook.command).slice(0, LONGEST), says: `${hook.name} runs without being asked`, role: 'trigger' }]
  const outer = act.stack?.at(-1)
  return phase === 'import' && outer && outer !== act.by && outer.package !== null ? [{ ...lines(outer), excerpt: 'loaded', says: 'runs when it is imported', role: 'trigger' }] : []
}

export const chain = (about: About, deeds: readonly (readonly [Deed, string, Role])[]): Evidence[] => {
  const [first] = deeds
  return [...(first ? trigger(first[0]) : []), ...deeds.map(([deed, says, role]) => shown(deed, about, says, role))]
}

export function placeOf({ act, hook, process }: Deed, about: About): { file: string; lines: [number, number] } {
  const mine = (place: Place): boolean => place.package === about.ref.name
  const own = (act.by && mine(act.by) ? act.by : act.stack?.find(mine)) ?? act.by ?? act.stack?.find((place) => place.package !== null) ?? null
  if (own && own.package !== null) return own.package === about.ref.name ? lines(own) : lines({ ...own, file: `${own.package}/${own.file}` })
  if (hook) return { file: hook.file, lines: [hook.line, hook.line] }
  return { file: clean(own?.file ?? process?.program ?? '').slice(0, LONGEST), lines: own ? [own.line, own.line] : [0, 0] }
}

const lines = ({ file, line }: Place): { file: string; lines: [number, number] } => ({ file: clean(file).slice(0, LONGEST), lines: [line, line] })

function ofDependency({ act: { by } }: Deed, about: About): string {
  return by && by.package !== null && by.package !== about.ref.name ? ` (code of ${clean(by.package)})` : ''
}

/** How the moment is called at which it was done. */
export function when({ hook, phase }: Pick<Deed, 'hook' | 'phase'>): string {
  return hook ? `the ${hook.name} script` : phase === 'install' ? 'installing it' : phase === 'import' ? 'importing it' : 'using it'
}

/** What an act was, in one line, with nothing in it that a program makes a link of, decoys named. */
function done(act: Act): string {
  const sample = act.sample && act.sample.byteLength > 0 ? `: ${printable(act.sample, 160)}` : ''
  const honey = act.honey && act.honey.length > 0 ? ` [${decoys(act.honey)}]` : ''
  return clean(`${safe(clean(body(act)).slice(0, LONGEST))}${act.done ? '' : ` (${act.error ?? 'failed'})`}${honey}${safe(sample)}`).slice(0, LONGEST)
}

function body(act: Act): string {
  switch (act.kind) {
    case 'exec': return `ran ${(act.argv ?? [act.target]).slice(0, 40).join(' ')}`
    case 'resolve': return `asked for ${act.target}`
    case 'connect': return `connected to ${act.name ?? ''} ${act.target}`
    case 'send': return `sent ${act.bytes ?? 'bytes'}${act.bytes === undefined ? '' : ' bytes'} to ${act.name ?? act.target}`
    case 'request': return `${act.method ?? 'GET'} ${act.target}${act.bytes ? ` (${act.bytes} bytes)` : ''}`
    case 'environment': return act.target === '*' ? 'read the whole environment' : `read $${act.target}`
    case 'rename': case 'link': return `${act.kind}d ${act.target} to ${act.other ?? '?'}`
    case 'mode': return act.mode === undefined ? `changed the mode of ${act.target}` : `changed the mode of ${act.target} to ${act.mode.toString(8)}`
    case 'write': return `wrote ${act.target}`
    case 'delete': return `deleted ${act.target}`
    case 'listen': return `listened on ${act.target}`
    case 'signal': return `signalled ${act.target}`
    case 'inject': return `wrote into process ${act.target}`
    case 'memory': return `ran code from memory ${act.target}`
    case 'code': return 'made code of what was fetched'
    case 'refused': return `tried ${act.target}`
    case 'sleep': return `waited ${Math.round((act.ms ?? 0) / 1000)} s`
    case 'read': return `read ${act.target}`
  }
}

/** `npm-token (base64 in gzip)`. */
export const decoys = (hits: readonly HoneyHit[]): string =>
  [...new Set(hits.map(({ token, encodings }) => (encodings.length > 0 ? `planted ${token}, ${encodings.join(' in ')}` : `planted ${token}`)))].slice(0, 6).join('; ')

/** Addresses are made so that nobody follows them. */
function safe(text: string): string {
  if (!text.includes('.') && !text.includes('://')) return text
  let out = text
  for (const { type, value } of indicatorsIn(text, 'command')) {
    if (type === 'url' || type === 'domain' || type === 'ipv4' || type === 'webhook' || type === 'onion' || type === 'ipv6') out = out.replaceAll(value, defang(value, type))
  }
  return out.replaceAll(/\bhttp(?=s?:\/\/)/g, 'hxxp')
}
