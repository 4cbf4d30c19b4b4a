import type { Severity } from '../../core/types.ts'
import { printable } from '../kit/decoded.ts'
import { earliest, own } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, shown, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

/** So many names under one domain, or so much in one name, is no address book any more. */
const NAMES = 4
const LONG = 30
const VOLUME = 100

/** Data went out in names that were looked up. */
export const didTunnelDns: Rule = {
  id: 'did-tunnel-dns',
  version: 2,
  why: ['Names are looked up where nothing else may leave, and hardly anybody reads them.'],
  judge(scene) {
    const asked = own(scene, 'resolve').filter(({ trust }) => trust !== 'own' && trust !== 'release')
    const domains = Map.groupBy(asked, ({ pass, act }) => `${pass} ${parentOf(act.target)}`)
    const tunnels = [...domains.values()].filter(isTunnel)
    const first = earliest(tunnels.flat())
    const tunnel = tunnels.find((deeds) => deeds.some((deed) => deed === first))
    if (!first || !tunnel) return []
    const text = read(tunnel)
    // Names that are dense for some other reason have no text in them; no argument asks for text to be hidden there.
    const severity: Severity = first.phase === 'execute' && text === null ? 'medium' : 'high'
    const [head, ...rest] = chain(scene.about, tunnel.slice(0, 5).map((deed) => [deed, 'asks for a name that carries data', 'sink'] as const))
    const open = text === null ? [] : [{ ...shown(first, scene.about, 'what the names say together', 'transform'), excerpt: text }]
    return found({ detector: this.id, behaviour: 'exfiltration', severity, title: `${when(first)} sent data in ${new Set(tunnel.map(({ act }) => act.target)).size} names under ${parentOf(first.act.target)}` }, head ? [...open, head, ...rest] : [])
  },
}

const parentOf = (name: string): string => name.toLowerCase().split('.').filter((label) => label !== '').slice(-2).join('.')
const labelsOf = (name: string): string[] => name.split('.').filter((label) => label !== '').slice(0, -2)

function isTunnel(deeds: readonly Deed[]): boolean {
  const labels = [...new Set(deeds.map(({ act }) => labelsOf(act.target).join('.')))].filter((label) => label.length >= 8)
  const dense = labels.filter((label) => label.replaceAll('.', '').length >= LONG && isDense(label))
  const volume = labels.reduce((sum, { length }) => sum + length, 0)
  return dense.length >= 1 && dense.some((label) => label.replaceAll('.', '').length >= LONG * 1.3) || labels.length >= NAMES && (dense.length >= 2 || volume >= VOLUME && labels.filter(isDense).length * 2 >= labels.length)
}

/** Encoded text has digits among its letters, and no words. */
function isDense(label: string): boolean {
  const text = (label.split('.').toSorted((a, b) => b.length - a.length)[0] ?? '').replaceAll('-', '').toLowerCase()
  return entropy(text) >= (/^[0-9a-f]+$/.test(text) ? 2.2 : 3.3) && (/\d/.test(text) || text.length >= 40)
}

/** Shannon's, in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>()
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0)
}

/** Labels put together, in the encodings that names allow. */
function read(deeds: readonly Deed[]): string | null {
  const text = [...new Set(deeds.map(({ act }) => labelsOf(act.target).filter((label) => label.length >= 8).join('')))].join('').slice(0, 4000)
  const bytes = /^[0-9a-f]+$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  const plain = bytes.filter((byte) => byte >= 32 && byte < 127 || byte === 10).length
  return bytes.length >= 8 && plain / bytes.length > 0.9 ? printable(bytes) : null
}
