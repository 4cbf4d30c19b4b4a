import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Ask } from '../ecosystem.ts'
import { escapeCase, pathProblem, unescapeCase } from './modules.ts'
import { parse } from './protocol.ts'

const ask = (path: string, method = 'GET'): Ask | null => parse({ method, path, query: '', accept: '*/*' })

describe('asks', () => {
  const tagged = { name: 'm.example/Azure/x' }
  it.each<[string, Ask]>([
    ['/m.example/!azure/x/@v/list', { kind: 'index', ...tagged, variant: 'list' }],
    ['/m.example/%21azure/x/@v/list', { kind: 'index', ...tagged, variant: 'list' }],
    ['/m.example/!azure/x/@v/v1.0.0-!r!c1.zip', { kind: 'artifact', ...tagged, file: 'v1.0.0-RC1.zip' }],
    ['/m.example/!azure/x/@v/v1.0.0.mod', { kind: 'companion', ...tagged, file: 'v1.0.0.mod', of: 'v1.0.0.zip' }],
    ['/m.example/!azure/x/@v/v1.0.0.info', { kind: 'companion', ...tagged, file: 'v1.0.0.info', of: 'v1.0.0.zip' }],
    ['/m.example/!azure/x/@latest', { kind: 'query', ...tagged, path: 'm.example/!azure/x/@latest', variant: 'latest' }],
    ['/m.example/!azure/x/@v/Main.info', { kind: 'refused', status: 400, message: expect.stringContaining('upper-case') as string }],
    ['/m.example/!azure/x/@v/!main.info', { kind: 'query', ...tagged, path: 'm.example/!azure/x/@v/!main.info', variant: null }],
    ['/m.example/!azure/x/@v/v2.0.0.info', { kind: 'query', ...tagged, path: 'm.example/!azure/x/@v/v2.0.0.info', variant: null }],
    ['/m.example/x/@v/v2.0.0+incompatible.zip', { kind: 'artifact', name: 'm.example/x', file: 'v2.0.0+incompatible.zip' }],
    ['/m.example/x/@v/a%23b%25.info', { kind: 'query', name: 'm.example/x', path: 'm.example/x/@v/a%23b%25.info', variant: null }],
  ])('%s', (path, expected) => {
    expect(ask(path)).toEqual(expected)
  })

  it.each([
    ['supported', null], ['latest', null], ['tile/8/0/x234/375', null], ['tile/8/3/000.p/4', null], ['tile/8/data/000', null],
    ['lookup/m.example/!azure/x@v1.0.0', 'm.example/Azure/x'], ['lookup/m.example/x@v2.0.0+incompatible', 'm.example/x'],
  ])('hands the checksum database %s on, naming the module it is about', (rest, name) => {
    expect(ask(`/sumdb/sum.example/${rest}`)).toEqual({
      kind: 'passthrough', path: `sumdb/sum.example/${rest}`, name, contentTypes: ['text/plain', 'application/octet-stream'],
    })
  })

  it.each([
    ['/m.example/x', 404], ['/m.example/x/@v/', 404], ['/m.example/x/@v/v1.0.0.exe', 404], ['/m.example/x/@v/main.zip', 404],
    ['/m.example/x/@v/v2.0.0.zip', 404], ['/m.example/x/@vv/list', 404], ['/M.example/x/@v/list', 400], ['/nodot/x/@v/list', 400],
    ['/m.example/../x/@v/list', 400], ['/m.example/%2e%2e/x/@v/list', 400], ['/m.example/a%2Fb/@v/list', 400], ['/m.example//x/@v/list', 400],
    ['/m.example/x/v1/@v/list', 400], ['/m.example/%zz/@v/list', 400], ['/m.example/x%00/@v/list', 400], ['/m.example/x%0a/@v/list', 400],
    ['/m.example/é/@v/list', 400], ['/m.example/con/@v/list', 400], ['/m.example/x/@v/..%2f..%2fv1.0.0.zip', 400], ['/m.example/x/@v/!.info', 400],
    ['/sumdb/a..b/latest', 400], ['/sumdb/sum.example/tile/8/0/../latest', 404], ['/sumdb/sum.example/lookup/m.example/x@main', 400],
    ['/sumdb/sum.example/lookup/M.example/x@v1.0.0', 400], ['/sumdb/sum.example/other', 404], [`/m.example/${'a/'.repeat(3_000)}@v/list`, 414],
  ])('refuses %s with %i', (path, status) => {
    expect(ask(path)).toMatchObject({ kind: 'refused', status, message: expect.stringMatching(/^[A-Z].*\.$/) as string })
  })

  it('refuses writing', () => {
    expect(ask('/m.example/x/@v/list', 'PUT')).toMatchObject({ kind: 'refused', status: 405 })
    expect(ask('/m.example/x/@v/list', 'HEAD')).toMatchObject({ kind: 'index' })
  })

  it('never throws', () => {
    const odd = fc.array(fc.constantFrom('/', '@v', '@latest', 'm.example', '!', '%2e', '%', 'v1.0.0', '.zip', '.info', 'sumdb', 'é', '\0', '..'), { maxLength: 12 })
    fc.assert(fc.property(odd, (parts) => {
      const found = ask(`/${parts.join('')}`)
      if (found && 'name' in found && found.name !== null) expect(pathProblem(found.name)).toBeNull()
    }))
  })
})

it('case encoding is exact both ways', () => {
  fc.assert(fc.property(fc.string().filter((text) => !text.includes('!')), (text) => {
    expect(unescapeCase(escapeCase(text))).toBe(text)
  }))
})

it.each(['a.example', 'm.example/v2', 'm.example/x/v10', 'm.example/a.b/c_d~e', 'gopkg.in/yaml.v3', 'golang.example/toolchain', 'm.example/__proto__'])('%s is a module path', (path) => {
  expect(pathProblem(path)).toBeNull()
})

it.each(['gopkg.in/yaml', 'm.example/x/v0', 'm.example/x/v02', 'm.example/x/v1.2', 'm.example/.x', 'm.example/x.', '-m.example/x', 'm.example/a~1', `m.example/${'a'.repeat(1_000)}`])('%s is none', (path) => {
  expect(pathProblem(path)).toEqual(expect.any(String))
})
