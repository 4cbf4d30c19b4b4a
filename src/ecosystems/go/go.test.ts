import { describe, expect, it } from 'vitest'
import type { Client, Denial } from '../../core/types.ts'
import { go } from './go.ts'

const client: Client = { tool: 'go', version: null, userAgent: 'Go-http-client/1.1', ci: null }
const denial: Denial = {
  reason: 'too-young', name: 'm.example/x', version: 'v1.0.0', message: 'published less than 24 h ago', requestId: 'r-1', link: 'http://gate.example/#/go/m.example/x',
}
const artifact = { kind: 'artifact', name: 'm.example/x', file: 'v1.0.0.zip' } as const

describe('a denial', () => {
  it('says in plain text what, why, and where to read on', () => {
    expect(go.deny(artifact, denial, client)).toEqual({
      status: 403,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: 'Sluice: published less than 24 h ago\nModule: m.example/x@v1.0.0\nRequest: r-1\nDetails: http://gate.example/#/go/m.example/x\n',
    })
  })

  it.each([
    ['unknown-package', 404], ['bad-request', 400], ['malicious', 403], ['examining', 403], ['upstream-down', 403], ['refused', 403],
  ] as const)('for %s is %i', (reason, status) => {
    expect(go.deny(artifact, { ...denial, reason }, client).status).toBe(status)
  })

  it('keeps the status of a refusal', () => {
    expect(go.deny({ kind: 'refused', status: 405, message: 'x' }, { ...denial, reason: 'refused' }, client).status).toBe(405)
  })

  it('stays within what Go prints, whatever the words', () => {
    const nasty = `a\u001b[31m\n\n\u202e\u{10ffff}\ud800${'é'.repeat(5_000)}`
    const body = String(go.deny(artifact, { ...denial, message: nasty, name: 'é'.repeat(900), requestId: nasty, link: `http://gate.example/${'x'.repeat(900)}` }, client).body)
    expect(body.trimEnd().split('\n').length).toBeLessThanOrEqual(8)
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(648)
    expect(body).toMatch(/^[^\p{C}]*$/mu)
    expect(body).not.toContain('\n\n')
  })
})

describe('files', () => {
  it.each([
    ['v1.0.0.zip', 'v1.0.0'], ['v1.0.0.mod', 'v1.0.0'], ['v1.0.0-RC1.info', 'v1.0.0-RC1'], ['main.info', null], ['v2.0.0.zip', null], ['v1.0.0.exe', null], ['.zip', null],
  ])('%s belongs to %s', (file, version) => {
    expect(go.versionOfFile?.('m.example/x', file)).toBe(version)
  })

  it('are found without an index', () => {
    expect(go.directUrl?.('m.example/Azure/x', 'v1.0.0-RC1.zip')).toBe('m.example/!azure/x/@v/v1.0.0-!r!c1.zip')
    expect(go.indexRequest('m.example/Azure/x', false).path).toBe('m.example/!azure/x/@v/list')
  })

  it('have their companions beside them', () => {
    const release = go.readIndex({ name: 'm.example/x', body: Buffer.from('v1.0.0'), contentType: 'text/plain', base: 'https://p.example/m.example/x/@v/list' }).releases[0]
    expect(release && go.companion(release, 'v1.0.0.mod')).toEqual({ url: 'https://p.example/m.example/x/@v/v1.0.0.mod', pledge: {} })
  })

  it('have module and version before their paths in the zip', () => {
    expect(go.packageRoot({ ecosystem: 'go', name: 'm.example/x', version: 'v1.0.0', file: 'v1.0.0.zip' })).toEqual({ prefix: 'm.example/x@v1.0.0/' })
    expect([go.archiveFormat('v1.0.0.zip'), go.archiveFormat('v1.0.0.mod')]).toEqual(['zip', 'none'])
  })
})

it('tells clients to ask the gate alone', () => {
  const lines = go.clientSettings('http://127.0.0.1:4880/go/', ['go.acme.example/*'])[0]?.lines ?? []
  expect(lines).toContain('go env -w GOPROXY=http://127.0.0.1:4880/go')
  expect(lines).toContain('go env -w GONOSUMDB=go.acme.example/*')
})

it('answers a service it does not have', async () => {
  const desk = { advisories: () => Promise.resolve([]), caller: null }
  expect((await go.answer({ kind: 'local', service: 'audit', name: null }, new Uint8Array(), desk)).status).toBe(404)
})
