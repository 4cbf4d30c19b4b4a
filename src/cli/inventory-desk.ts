import type { InventoryAnswer } from '../api/inventory-schemas.ts'
import { InventoryAnswers } from '../api/inventory-schemas.ts'
import { wire } from '../api/wire.ts'
import { parsePackage } from '../core/package-spec.ts'
import type { GivenFile } from '../host/lockfiles/index.ts'
import type { Inventory } from '../screening/inventory/inventory.ts'
import type { Call } from './watch-desk.ts'

interface AddWanted {
  service: string
  files: readonly GivenFile[]
  revision: string | null
  complete: boolean
}

/** What commands ask of the inventory, in a data folder or at a running gate. `at`: ISO 8601. */
export interface InventoryDesk {
  add(wanted: AddWanted): Promise<InventoryAnswer<'added'>>
  services(): Promise<InventoryAnswer<'services'>>
  show(service: string, at: string | null): Promise<InventoryAnswer<'service'>>
  who(spec: string, when: { at: string | null; ever: boolean }): Promise<InventoryAnswer<'who'>>
  remove(service: string, wanted: { source: string | null; forget: boolean }): Promise<InventoryAnswer<'removed'>>
}

export function localInventoryDesk(inventory: Inventory, whoami: () => string): InventoryDesk {
  return {
    add: async (wanted) => wire(await inventory.add({ ...wanted, by: whoami() })),
    services: async () => wire(await inventory.services()),
    show: async (service, at) => wire(await inventory.show(service, at === null ? null : new Date(at))),
    who: async (spec, { at, ever }) => wire(await inventory.who(parsePackage(spec), ever ? 'ever' : at === null ? 'now' : new Date(at))),
    remove: async (service, wanted) => wire(await inventory.remove(service, wanted)),
  }
}

export function remoteInventoryDesk(call: Call): InventoryDesk {
  const part = encodeURIComponent
  const query = (values: Readonly<Record<string, string | null>>): string => new URLSearchParams(Object.entries(values).filter((one): one is [string, string] => one[1] !== null)).toString()
  return {
    add: ({ service, files, revision, complete }) => call(InventoryAnswers.added, `inventory/${part(service)}`, {
      method: 'PUT', json: { complete, files: files.map(({ path, bytes }) => ({ path, ...textOf(bytes) })), ...(revision === null ? {} : { revision }) },
    }),
    services: () => call(InventoryAnswers.services, 'inventory'),
    show: (service, at) => call(InventoryAnswers.service, `inventory/${part(service)}?${query({ at })}`),
    who: (spec, { at, ever }) => call(InventoryAnswers.who, `locked?${query({ package: spec, at, ever: ever ? 'true' : null })}`),
    remove: (service, { source, forget }) => call(InventoryAnswers.removed, `inventory/${part(service)}?${query({ path: source, forget: forget ? 'true' : null })}`, { method: 'DELETE' }),
  }
}

/** UTF-8 travels as text, anything else as it is. */
function textOf(bytes: Uint8Array): { text: string } | { base64: string } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') }
  }
}
