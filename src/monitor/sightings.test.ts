import { describe, expect, it } from 'vitest'
import { identityOf } from '../core/identity.ts'
import type { EcosystemId } from '../core/types.ts'
import { readIdentity } from '../ecosystems/go/identity.ts'
import type { Identity } from '../core/watch.ts'
import { sightingOf } from './sightings.ts'

const NOW = new Date('2026-01-01T00:00:00Z')
const facts = { version: null, account: null, there: true, at: '2025-12-31T23:00:00.000Z' }
const seen = (ecosystem: EcosystemId, identity: Identity | null) => sightingOf(
  { ecosystem, name: 'x', identity, there: true, established: false, mine: null, imitation: null, twins: [], watched: null, unknown: [], problem: null }, facts, NOW)

describe('when a package was published', () => {
  it('is what its registry says, not what its author does', () => {
    const module = readIdentity('git.example/x/y', Buffer.from(JSON.stringify({ Version: 'v1.0.0', Time: '2001-01-01T00:00:00Z' })))
    expect(module.latestAt).toEqual(new Date('2001-01-01T00:00:00Z'))
    expect(seen('go', module).at).toEqual(new Date(facts.at))
    const dated = identityOf('npm', 'x', { releases: [{ version: '1.0.0', at: new Date('2025-12-31T22:00:00Z') }] })
    expect(seen('npm', dated).at).toEqual(new Date('2025-12-31T22:00:00Z'))
    expect(seen('npm', null).at).toEqual(new Date(facts.at))
  })
})
