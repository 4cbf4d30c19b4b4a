import type { HostEvent } from '../events/event.ts'

/** The part of a path that says whose it is, on Linux, macOS and Windows. */
const HOMES = /(^|[^\w])(\/home\/|\/Users\/|[A-Za-z]:[\\/]Users[\\/])[^/\\"'\s:]+/g

/** The text without the names of accounts that paths have. */
export const withoutHomes = (text: string): string => text.replace(HOMES, '$1$2…')

/** The event without who it was: no user, and no account in any path. */
export function withoutUser(event: HostEvent): HostEvent {
  return JSON.parse(JSON.stringify({ ...event, user: null }), (key, value: unknown) => (key === 'at' && typeof value === 'string' ? new Date(value) : typeof value === 'string' ? withoutHomes(value) : value)) as HostEvent
}
