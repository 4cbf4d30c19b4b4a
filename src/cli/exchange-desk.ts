import { ExchangeAnswers } from '../api/exchange-schemas.ts'
import type { ExchangeAnswer } from '../api/exchange-schemas.ts'
import { wire } from '../api/wire.ts'
import type { Exchange } from '../intel/exchange.ts'
import type { IndicatorKind } from '../intel/indicator.ts'
import type { FeedKind } from '../intel/sync/feeds.ts'
import type { Tlp } from '../intel/tlp.ts'
import type { ExportFormat } from '../intel/write/formats.ts'
import type { Call } from './watch-desk.ts'

/** What commands ask of the exchange, in a data folder or at a running gate. */
export interface ExchangeDesk {
  feeds(): Promise<ExchangeAnswer<'feeds'>>
  addFeed(feed: { name: string; location: string; format: FeedKind | null; tlp: Tlp; every: number | undefined }): Promise<ExchangeAnswer<'feed'>>
  removeFeed(name: string): Promise<void>
  sync(name: string | undefined, progress: (feed: string, done: number) => void): Promise<ExchangeAnswer<'synced'>>
  export(format: ExportFormat, options: { since: Date | undefined; most: Tlp | undefined }): Promise<ExchangeAnswer<'exported'>>
  indicators(query: { source: string | undefined; like: string | undefined; withdrawn: boolean; after: number; limit: number }): Promise<ExchangeAnswer<'indicators'>>
  addIndicators(values: readonly string[], said: { type: IndicatorKind | null; because: string; tlp: Tlp; validUntil: Date | undefined }): Promise<ExchangeAnswer<'added'>>
  withdrawIndicator(value: string): Promise<ExchangeAnswer<'indicator'>>
}

export function localExchangeDesk(exchange: Exchange, whoami: () => string): ExchangeDesk {
  return {
    async feeds() {
      await exchange.begin()
      return wire(await exchange.feeds())
    },
    addFeed: async (feed) => wire(await exchange.addFeed(feed, { by: whoami(), atMachine: true })),
    removeFeed: (name) => exchange.removeFeed(name),
    sync: async (name, progress) => wire(await exchange.syncFeeds(name, progress)),
    export: async (format, options) => wire(await exchange.export(format, options)),
    indicators: async (query) => wire(await exchange.indicators(query)),
    addIndicators: (values, { because, validUntil, ...rest }) => exchange.addIndicators(values, { ...rest, says: because, validUntil: validUntil ?? null, by: whoami() }),
    withdrawIndicator: async (value) => wire(await exchange.withdrawIndicator(value)),
  }
}

export function remoteExchangeDesk(call: Call): ExchangeDesk {
  const part = encodeURIComponent
  const query = (values: Readonly<Record<string, string | number | boolean | undefined>>): string =>
    new URLSearchParams(Object.entries(values).flatMap(([key, value]): [string, string][] => (value === undefined ? [] : [[key, String(value)]]))).toString()
  return {
    feeds: () => call(ExchangeAnswers.feeds, 'feeds'),
    addFeed: ({ name, every, ...rest }) => call(ExchangeAnswers.feed, `feeds/${part(name)}`, { method: 'PUT', json: { ...rest, ...(every === undefined ? {} : { every }) } }),
    removeFeed: async (name) => { await call(ExchangeAnswers.removed, `feeds/${part(name)}`, { method: 'DELETE' }) },
    sync: (name) => call(ExchangeAnswers.synced, 'feeds/sync', { json: name === undefined ? {} : { name } }),
    export: (format, { since, most }) => call(ExchangeAnswers.exported, `feed/export?${query({ format, since: since?.toISOString(), max_tlp: most })}`),
    indicators: ({ withdrawn, ...rest }) => call(ExchangeAnswers.indicators, `indicators?${query({ ...rest, withdrawn })}`),
    addIndicators: (values, { validUntil, ...rest }) => call(ExchangeAnswers.added, 'indicators', { json: { values, ...rest, ...(validUntil ? { validUntil: validUntil.toISOString() } : {}) } }),
    withdrawIndicator: (value) => call(ExchangeAnswers.indicator, 'indicators/withdraw', { json: { value } }),
  }
}
