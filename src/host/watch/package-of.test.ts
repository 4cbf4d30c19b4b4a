import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packageAt } from './package-of.ts'

describe('whose a path is', () => {
  it.each([
    ['/app/node_modules/left-pad', 'npm left-pad null', '/app/node_modules/left-pad'],
    ['/app/node_modules/@acme/x/lib/y.js', 'npm @acme/x null', '/app/node_modules/@acme/x'],
    ['/app/node_modules/a/node_modules/b/c.js', 'npm b null', '/app/node_modules/a/node_modules/b'],
    ['/app/node_modules/.pnpm/a@1.0.0/node_modules/a', 'npm a null', '/app/node_modules/.pnpm/a@1.0.0/node_modules/a'],
    ['/tmp/pip-install-ab12/My.Pkg_0123456789abcdef0123456789abcdef/setup.py', 'pypi my-pkg null', '/tmp/pip-install-ab12/My.Pkg_0123456789abcdef0123456789abcdef'],
    ['/v/lib/python3.11/site-packages/requests/api.py', 'pypi requests null', '/v/lib/python3.11/site-packages/requests'],
    ['/home/u/go/pkg/mod/go.acme.example/!tool@v1.2.3/main.go', 'go go.acme.example/Tool v1.2.3', '/home/u/go/pkg/mod/go.acme.example/!tool@v1.2.3'],
  ])('%s', (path, owner, place) => {
    const found = packageAt(path)
    expect(found && `${found.package.ecosystem} ${found.package.name} ${found.package.version}`).toBe(owner)
    expect(found?.place).toBe(place)
  })

  it.each(['/app', '/app/node_modules', '/app/node_modules/.bin/x', '/app/node_modules/../x', '/app/node_modules/__proto__ x', '/v/site-packages/pip/_internal', '/go/pkg/mod/cache/lock', `/${'a'.repeat(5000)}/node_modules/x`])('%s is nobody\'s', (path) => {
    expect(packageAt(path)).toBeNull()
  })

  it('ends for every path', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('node_modules', '@a', 'b', '..', 'site-packages', 'pkg', 'mod', 'x@v1', '.', '\u0000', 'pip-install-q', 'ü')), (parts) => { packageAt(`/${parts.join('/')}`) }))
  })
})
