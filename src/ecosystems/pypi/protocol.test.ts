import { expect, it } from 'vitest'
import { parse } from './protocol.ts'
import { JSON_TYPE, variantOf } from './variants.ts'

const get = (path: string, accept = '*/*', query = ''): unknown => parse({ method: 'GET', path, query, accept })

it.each([
  ['/simple/flask/', { kind: 'index', name: 'flask', variant: 'html' }],
  ['/simple/Zope.Interface/', { kind: 'index', name: 'zope-interface', variant: 'html' }],
  ['/simple/flask', { kind: 'local', service: 'slash', text: '', name: 'flask' }],
  ['/files/flask/flask-1.0.tar.gz', { kind: 'artifact', name: 'flask', file: 'flask-1.0.tar.gz' }],
  ['/files/flask/flask-1.0%2Bcu1-py3-none-any.whl', { kind: 'artifact', name: 'flask', file: 'flask-1.0+cu1-py3-none-any.whl' }],
  ['/files/flask/f.whl.metadata', { kind: 'companion', name: 'flask', file: 'f.whl.metadata', of: 'f.whl' }],
  ['/files/flask/f.whl.provenance', { kind: 'companion', name: 'flask', file: 'f.whl.provenance', of: 'f.whl' }],
  ['/integrity/flask/1.0/f.whl/provenance', { kind: 'companion', name: 'flask', file: 'f.whl.provenance', of: 'f.whl' }],
  ['/pypi/flask/json', { kind: 'index', name: 'flask', variant: 'legacy' }],
  ['/flask/json', { kind: 'index', name: 'flask', variant: 'legacy' }],
  ['/pypi/flask/1.0-1/json', { kind: 'index', name: 'flask', variant: 'legacy 1.0.post1' }],
])('%s', (path, ask) => { expect(get(path)).toEqual(ask) })

it.each([
  ['/simple/', 404], ['/simple/..%2f..%2fetc/', 400], ['/simple/%2e%2e/', 400], ['/simple/a%00/', 400], ['/simple/%zz/', 400], ['/simple/-a/', 400],
  ['/files/flask/..%5c', 400], ['/files/flask/.hidden', 400], ['/files/flask//x', 400], [`/simple/${'a'.repeat(3_000)}/`, 414], ['/pypi/flask/latest/json', 404],
  [`/pypi/flask/1.${'0'.repeat(300)}/json`, 404],
])('%s is refused with %i', (path, status) => { expect(get(path)).toMatchObject({ kind: 'refused', status }) })

it.each(['/', '/foo', '/simple/a/b/', '/files/a', '/packages/a/b/c', '/integrity/a/1/f'])('%s is nothing', (path) => { expect(get(path)).toBeNull() })

it.each([['POST', '/legacy/'], ['POST', '/pypi'], ['PUT', '/simple/a/'], ['DELETE', '/files/a/b.whl']])('%s %s is refused: it would publish', (method, path) => {
  expect(parse({ method, path, query: '', accept: '' })).toMatchObject({ kind: 'refused', status: 405 })
})

it.each([
  ['', '', 'html'],
  ['*/*', '', 'html'],
  ['text/html', '', 'html'],
  [`${JSON_TYPE}, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01`, '', 'json'],
  [`${JSON_TYPE}, */*;q=0.1`, '', 'json'],
  [`text/html, ${JSON_TYPE};q=0.9`, '', 'html'],
  [`text/html, ${JSON_TYPE}`, '', 'json'],
  [`${JSON_TYPE};q=0`, '', 'html'],
  ['APPLICATION/VND.PYPI.SIMPLE.LATEST+JSON', '', 'json'],
  ['text/html', `format=${encodeURIComponent(JSON_TYPE)}`, 'json'],
  ['__proto__', 'format=__proto__', 'html'],
])('Accept %j and query %j choose %s', (accept, query, variant) => { expect(variantOf(accept, query)).toBe(variant) })
