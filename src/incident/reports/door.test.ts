import { describe, expect, it } from 'vitest'
import type { Incidents } from '../face.ts'
import { ReportDoor } from './door.ts'

const seen: string[] = []
const incidents = { report: (_said: object, { id }: { id: string }) => { seen.push(id); return Promise.resolve({ reference: 'R-1', says: 'thank you' }) } } as unknown as Incidents
const said = { kind: 'spam' as const, package: 'npm:x', summary: 'it is nothing but spam' }
const taken = async (door: ReportDoor, address: string, caller: string | null = null): Promise<boolean> => !('wait' in await door.take(said, { caller, address, isMachine: false, now: 0 }))

describe('the door for reports', () => {
  it.each([
    ['one address', () => '192.0.2.1', 5], ['the addresses of one network', (index: number) => `2001:db8::${index.toString(16)}`, 5], ['one network, however it is written', (index: number) => (index % 2 === 0 ? '2001:db8:0:0:1::' : '2001:0db8::2%eth0'), 5],
    ['many addresses', (index: number) => `198.51.100.${index}`, 100],
  ])('lets a few through from %s', async (_, address, most) => {
    const door = new ReportDoor(incidents, 'everyone', () => '')
    const all = []
    for (let index = 0; index < 150; index++) all.push(await taken(door, address(index)))
    expect(all.filter(Boolean)).toHaveLength(most)
    // Who has a token is not kept out by strangers.
    expect(await taken(door, '192.0.2.1', 'ann')).toBe(true)
    expect(seen.at(-1)).toBe('ann')
  })
})
