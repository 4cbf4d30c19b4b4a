import { HuntAnswers } from '../api/hunt-schemas.ts'
import type { HuntWire, RetroWire } from '../api/hunt-schemas.ts'
import { wire } from '../api/wire.ts'
import type { Hunter, HuntRequest } from '../hunt/hunter.ts'
import type { Call } from './watch-desk.ts'

/** What commands ask of the index of judged files, in a data folder or at a running gate. */
export interface HuntDesk {
  hunt(request: HuntRequest, progress: (done: number, of: number) => void): Promise<HuntWire>
  retro(): Promise<RetroWire>
}

export const localHuntDesk = (hunter: Pick<Hunter, 'hunt' | 'retro'>): HuntDesk => ({
  hunt: async (request, progress) => wire(await hunter.hunt(request, progress)) as HuntWire,
  retro: async () => wire(await hunter.retro()) as RetroWire,
})

export const remoteHuntDesk = (call: Call): HuntDesk => ({
  hunt: ({ what, like, yara, limit }) => (like || yara ? call(HuntAnswers.hunt, 'hunt', { json: { ...(what === undefined ? {} : { what }), ...(like ? { like } : {}), ...(yara ? { yara } : {}), ...(limit === undefined ? {} : { limit }) } })
    : call(HuntAnswers.hunt, `hunt?${new URLSearchParams({ what: what ?? '', ...(limit === undefined ? {} : { limit: String(limit) }) })}`)),
  retro: () => call(HuntAnswers.retro, 'hunt/retro'),
})
