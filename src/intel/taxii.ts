import { SluiceError } from '../core/errors.ts'
import type { StixObject } from './write/stix.ts'

/** An object and when it came into the collection. */
export interface Added { object: StixObject; at: Date }

/** What a client asks of a collection (TAXII 2.1, 3.4 and 5.4). */
export interface TaxiiQuery {
  addedAfter?: Date | undefined
  limit: number
  next?: string | undefined
  ids?: readonly string[] | undefined
  types?: readonly string[] | undefined
  versions?: readonly string[] | undefined
  specVersions?: readonly string[] | undefined
}

export interface TaxiiPage {
  objects: StixObject[]
  more: boolean
  next: string | null
  first: Date | null
  last: Date | null
}

/** By when they were added, then by id: the order in which pages follow each other. */
export const inOrder = (all: readonly Added[]): Added[] => all.toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.object.id < b.object.id ? -1 : 1))

/** `all` in order. Only the newest version of an object is kept here, so `first`, `last` and `all` are the same one. Throws `usage`. */
export function pageOf(all: readonly Added[], { addedAfter, limit, next, ids, types, versions, specVersions }: TaxiiQuery): TaxiiPage {
  const from = next === undefined ? null : placeOf(next)
  const wanted = all.filter(({ object, at }) =>
    (!addedAfter || at > addedAfter) && (from === null || at.getTime() > from.at || (at.getTime() === from.at && object.id > from.id))
    && (!ids || ids.includes(object.id)) && (!types || types.includes(object.type))
    && (!specVersions || specVersions.includes(String(object['spec_version'] ?? '2.1')))
    && (!versions || versions.some((version) => /^(?:first|last|all)$/.test(version) || Date.parse(version) === Date.parse(versionOf(object)))))
  const page = wanted.slice(0, limit)
  const [first, last] = [page[0], page.at(-1)]
  const more = wanted.length > page.length
  return {
    objects: page.map(({ object }) => object), more, next: more && last ? Buffer.from(`${last.at.getTime()} ${last.object.id}`).toString('base64url') : null,
    first: first?.at ?? null, last: last?.at ?? null,
  }
}

/** Objects without times have the day on which TLP 2.0 came out, as their publisher has. */
export const versionOf = (object: StixObject): string => String(object['modified'] ?? object['created'] ?? '2022-10-01T00:00:00.000Z')

function placeOf(next: string): { at: number; id: string } {
  const [, at, id] = /^(\d{1,16}) ([\w-]+--[0-9a-f-]{36})$/.exec(Buffer.from(next, 'base64url').toString('utf8')) ?? []
  if (at === undefined || id === undefined) throw new SluiceError('usage', 'next is not a value that this server gave')
  return { at: Number(at), id }
}
