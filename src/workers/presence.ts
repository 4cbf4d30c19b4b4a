import { ecosystems } from '../ecosystems/index.ts'
import type { Job, PresenceResult } from './jobs.ts'

export function readPresence({ ecosystem, name, body, part, contentType, base, wanted }: Extract<Job, { kind: 'presence' }>): PresenceResult {
  const { presence } = ecosystems[ecosystem]
  return {
    presence: part === 'index' ? presence.read({ name, body, contentType, base }, wanted) : null,
    statement: part === 'absence' ? presence.readAbsence?.(name, body) ?? null : null,
    marks: part === 'retractions' ? presence.retractions?.read(body, wanted) ?? null : null,
  }
}
