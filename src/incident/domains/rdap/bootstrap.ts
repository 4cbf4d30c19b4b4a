import { BlockList, isIP } from 'node:net'
import { at, list, thing, wordList } from './json.ts'
import type { Target } from '../target.ts'

/** The lists that say who answers about what (RFC 9224). */
export type ListName = 'dns' | 'ipv4' | 'ipv6' | 'asn'

export const listFor = (target: Target): ListName => (target.type === 'domain' ? 'dns' : target.type === 'asn' ? 'asn' : isIP(target.value) === 6 ? 'ipv6' : 'ipv4')

/** Base URLs of who answers about the target, https first; none: nobody does. The longest match counts. */
export function serversFor(document: unknown, target: Target): string[] {
  let [best, longest]: [string[], number] = [[], -1]
  for (const service of list2(at(thing(document), 'services'))) {
    const [entries, urls] = list(service)
    for (const entry of list2(entries)) {
      const length = typeof entry === 'string' ? matches(entry, target) : -1
      if (length > longest) [best, longest] = [wordList(urls), length]
    }
  }
  return best.filter((url) => /^https?:\/\//i.test(url)).map((url) => (url.endsWith('/') ? url : `${url}/`))
    .toSorted((a, b) => Number(b.startsWith('https:')) - Number(a.startsWith('https:'))).slice(0, 4)
}

/** Longer than other lists: there are 1,500 endings. */
const list2 = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, 20_000) : [])

/** How long the match is; -1: none. */
function matches(entry: string, { type, value }: Target): number {
  if (type === 'domain') {
    const ending = entry.toLowerCase().replace(/\.$/, '')
    return ending === '' ? 0 : value === ending || value.endsWith(`.${ending}`) ? ending.split('.').length : -1
  }
  if (type === 'asn') {
    const [, from = '', to = from] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(entry) ?? []
    return from !== '' && Number(from) <= Number(value) && Number(value) <= Number(to) ? 2 ** 32 - (Number(to) - Number(from)) : -1
  }
  const [, network = '', bits = ''] = /^([0-9a-fA-F.:]{2,45})\/(\d{1,3})$/.exec(entry) ?? []
  const family = isIP(network)
  if (family === 0 || family !== isIP(value) || Number(bits) > (family === 4 ? 32 : 128)) return -1
  const block = new BlockList()
  block.addSubnet(network, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return block.check(value, family === 4 ? 'ipv4' : 'ipv6') ? Number(bits) : -1
}
