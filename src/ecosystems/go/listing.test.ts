import { describe, expect, it } from 'vitest'
import { SluiceError } from '../../core/errors.ts'
import type { IndexDocument, IndexView } from '../ecosystem.ts'
import { readIndex, readQuery } from './listing.ts'

const name = 'm.example/Azure/x'
const base = 'https://proxy.example/go/m.example/!azure/x/@v/list'
const read = (list: string): IndexDocument => readIndex({ name, body: Buffer.from(list), base })
const hiding = (...hidden: string[]): IndexView => ({
  base: 'http://127.0.0.1/go/',
  visibility: ({ version }) => (hidden.includes(version) ? { show: false, because: 'too young' } : { show: true }),
})
const render = (list: string, variant: string, ...hidden: string[]): string =>
  Buffer.from(read(list).render(variant, hiding(...hidden)).body).toString()

describe('a version list', () => {
  it('gives one undated release a version, in order', () => {
    expect(read('v1.10.0\nv1.2.0 2026-01-01T00:00:00Z\nv1.2.0\n\nmaster\nv2.0.0\n').releases).toEqual(['v1.2.0', 'v1.10.0'].map((version) => ({
      version,
      file: `${version}.zip`,
      url: `https://proxy.example/go/m.example/!azure/x/@v/${version}.zip`,
      pledge: {},
      publishedAt: null,
      publishedBefore: null,
    })))
  })

  it('encodes upper case in URLs', () => {
    expect(read('v1.0.0-RC1').releases[0]?.url).toBe('https://proxy.example/go/m.example/!azure/x/@v/v1.0.0-!r!c1.zip')
  })

  it('shows what is visible', () => {
    expect(render('v1.0.0\nv1.1.0\nv1.2.0\n', 'list', 'v1.1.0')).toBe('v1.0.0\nv1.2.0\n')
    expect(render('v1.0.0\n', 'list', 'v1.0.0')).toBe('')
  })

  it.each([
    ['v1.0.0\nv1.2.0\nv1.3.0-rc.1', [], 'v1.2.0'],
    ['v1.0.0\nv1.2.0\nv1.3.0-rc.1', ['v1.2.0'], 'v1.0.0'],
    ['v1.0.0-rc.1\nv1.0.0-rc.2', [], 'v1.0.0-rc.2'],
    ['v1.0.0\nv2.0.0+incompatible', [], 'v1.0.0'],
    ['v2.0.0+incompatible\nv3.0.0+incompatible', ['v3.0.0+incompatible'], 'v2.0.0+incompatible'],
    ['v0.0.0-20240101000000-ffffffffffff\nv0.0.0-20250101000000-aaaaaaaaaaaa\nv0.0.1-0.20230101000000-bbbbbbbbbbbb', [], 'v0.0.0-20250101000000-aaaaaaaaaaaa'],
    ['v0.1.0\nv0.1.1-0.20250101000000-aaaaaaaaaaaa', [], 'v0.1.0'],
  ])('latest of %j without %j is %s', (list, hidden, expected) => {
    expect(JSON.parse(render(list, 'latest', ...hidden))).toEqual({ Version: expected })
  })

  it('has no latest when nothing is visible', () => {
    expect(render('v1.0.0', 'latest', 'v1.0.0')).toBe('')
    expect(render('', 'latest')).toBe('')
    expect(render('v2.0.0', 'latest')).toBe('')
  })

  it.each([['a page', Buffer.from('<html>sign in</html>')], ['not text', Buffer.from([0xff, 0xfe])], ['endless', Buffer.from('v0.0.0\n'.repeat(200_001))]])('refuses %s', (_, body) => {
    expect(() => readIndex({ name, body, base })).toThrow(expect.objectContaining({ code: 'index-invalid' }) as SluiceError)
  })
})

describe('the answer to a query', () => {
  const answer = (body: string): unknown => readQuery({ name, body: Buffer.from(body), base: 'https://proxy.example/go/m.example/!azure/x/@latest' })

  it('resolves to a release without a date: the time in it is the author’s', () => {
    expect(answer('{"Version":"v1.2.0","Time":"2001-01-01T00:00:00Z"}')).toMatchObject({
      version: 'v1.2.0', file: 'v1.2.0.zip', url: 'https://proxy.example/go/m.example/!azure/x/@v/v1.2.0.zip', publishedAt: null,
    })
  })

  it.each(['', '[]', 'null', '{}', '{"Version":1}', '{"Version":"main"}', '{"Version":"v2.0.0"}', '{"Version":"v1.0.0/../x"}', `"${'x'.repeat(70_000)}"`])('refuses %.30s', (body) => {
    expect(() => answer(body)).toThrow(expect.objectContaining({ code: 'index-invalid' }) as SluiceError)
  })
})
