import { expect, it } from 'vitest'
import { clientOf } from '../../core/client.ts'
import type { Denial } from '../../core/types.ts'
import type { Ask } from '../ecosystem.ts'
import { deny } from './deny.ts'

const page: Ask = { kind: 'index', name: 'evil', variant: 'json' }
const file: Ask = { kind: 'artifact', name: 'evil', file: 'evil-1.0.tar.gz' }
const denial: Denial = { reason: 'malicious', name: 'evil', version: '1.0', message: 'sends ~/.ssh away', requestId: 'r-1', link: 'http://gate.example/evil' }
const [pip, uv] = [clientOf('pip/26.3'), clientOf('uv/0.13.8')]

it.each([
  ['malicious', 403, 451], ['too-young', 403, 451], ['forbidden', 403, 403], ['unknown-package', 404, 404], ['bad-request', 400, 400], ['upstream-down', 424, 424],
] as const)('%s: %i for a file, %i for a page', (reason, ofFile, ofPage) => {
  expect(deny(file, { ...denial, reason }, pip).status).toBe(ofFile)
  expect(deny(page, { ...denial, reason }, uv).status).toBe(ofPage)
})

it('says everything in the phrase and in a problem document', () => {
  const answer = deny(file, denial, uv)
  expect(answer.phrase).toBe('evil==1.0: sends ~/.ssh away (r-1, http://gate.example/evil)')
  expect(answer.headers['content-type']).toBe('application/problem+json')
  const detail = 'evil==1.0: sends ~/.ssh away (request r-1, see http://gate.example/evil)'
  expect(JSON.parse(String(answer.body))).toEqual({ title: 'refused by Sluice', detail, status: 403, type: 'about:blank', error: detail })
})

it('keeps the phrase short, its reference whole and its characters printable', () => {
  const { phrase = '' } = deny(file, { ...denial, message: `\u4f60\r\n${'x'.repeat(500)}` }, pip)
  expect(phrase).toHaveLength(180)
  expect(phrase.endsWith('... (r-1, http://gate.example/evil)')).toBe(true)
  // eslint-disable-next-line no-control-regex -- control characters must not be there
  expect(phrase).not.toMatch(/[^\x20-\x7e\xa0-\xff]/)
})

it('tells pip through the type of a page it skips, unless the project is simply not there', () => {
  const answer = deny(page, { ...denial, version: null, message: 'has "quotes"\n' }, pip)
  expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } })
  expect(answer.headers['content-type']).toBe(`application/problem+json; refused="evil: has 'quotes'\n (request r-1, see http://gate.example/evil)"`.replace('\n', ' '))
  expect(deny(page, { ...denial, reason: 'unknown-package' }, pip).status).toBe(404)
})

it('keeps the status of what is refused by its form', () => {
  expect(deny({ kind: 'refused', status: 405, message: 'no' }, { ...denial, reason: 'bad-request' }, pip).status).toBe(405)
})
