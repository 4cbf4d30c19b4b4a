import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeAuthority, Mint } from './certificates.ts'

const authority = makeAuthority()
const mint = new Mint(authority, 3)
const root = new X509Certificate(authority.certificate)

describe('certificates', () => {
  it('are signed by an authority of the run', () => {
    expect(root.ca).toBe(true)
    expect(root.verify(root.publicKey)).toBe(true)
    const leaf = new X509Certificate(mint.certificate('api.attacker.example'))
    expect(leaf.checkIssued(root)).toBe(true)
    expect(leaf.verify(root.publicKey)).toBe(true)
    expect(leaf.ca).toBe(false)
    expect(new Date(leaf.validFrom) < new Date() && new Date(leaf.validTo) > new Date()).toBe(true)
    expect(new X509Certificate(makeAuthority().certificate).verify(root.publicKey)).toBe(false)
  })

  it.each(['a.example', 'x.y.z.co.example', 'under_score.example', `${'a'.repeat(60)}.${'b'.repeat(60)}.example`, 'localhost'])('fit the name %s', (name) => {
    expect(new X509Certificate(mint.certificate(name)).checkHost(name)).toBe(name)
  })

  it.each(['198.18.7.9', '::1', 'fd4c:9a1e:7b32::1:2'])('fit the address %s', (address) => {
    expect(new X509Certificate(mint.certificate(address)).checkIP(address)).toBe(address)
  })

  it.each(['', '..', 'a\0b', 'é'.repeat(300), '*', `${'a'.repeat(64)}.example`, '-x', 'a b', '__proto__'])('are made for nobody with the name %j', (name) => {
    expect(() => mint.context(name)).not.toThrow()
  })

  it('are made once for a name, and forgotten when there are too many', () => {
    const first = mint.context('one.example')
    expect(mint.context('ONE.example')).toBe(first)
    for (const name of ['two', 'three', 'four']) mint.context(`${name}.example`)
    expect(mint.context('one.example')).not.toBe(first)
  })

  it('need an authority', () => {
    expect(() => new Mint({ certificate: 'none', key: authority.key }, 3)).toThrow()
  })
})
