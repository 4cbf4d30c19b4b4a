import { expect, it } from 'vitest'
import { readProject } from './index.ts'
import { bytesOf, read, shown } from './testing.ts'

it('reads go.mod: indirect ones, replacements, what is malformed', () => {
  const file = read('go.mod', `module example.test/app

go 1.24

require (
	example.test/a v1.0.0
	example.test/B v1.2.0 // indirect
	example.test/c v0.1.0
	example.test/broken
)

require example.test/d v1.0.0 // indirect

replace example.test/c => ../c

replace (
	example.test/d v1.0.0 => fork.test/d v1.0.1
	example.test/deep => fork.test/deep v2.0.0
)
`)
  expect(file.dependencies.map(shown)).toEqual([
    'example.test/a v1.0.0 <v1.0.0> direct :6', 'example.test/B v1.2.0 <v1.2.0> indirect :7', 'example.test/c <v0.1.0> direct path ../c :8',
    'fork.test/d (example.test/d) v1.0.1 <v1.0.0> indirect :12', 'fork.test/deep (example.test/deep) v2.0.0 :18',
  ])
  expect(file.problems).toEqual([{ line: 9, says: 'malformed require' }])
})

it('reads go.sum with the go.mod beside it', () => {
  const hash = `h1:${'A'.repeat(43)}=`
  const [sum] = readProject([
    { path: 'go.sum', bytes: bytesOf(`example.test/a v1.0.0 ${hash}\nexample.test/a v1.0.0/go.mod ${hash}\nexample.test/b v1.0.0/go.mod ${hash}\nexample.test/c v1.0.0 ${hash}\nnonsense\nexample.test/c v1.0.0 h1:${'B'.repeat(43)}=\n`) },
    { path: 'go.mod', bytes: bytesOf('module x.test/x\nrequire example.test/a v1.0.0\n') },
  ])
  expect(sum?.dependencies.map(shown)).toEqual(['example.test/a v1.0.0 direct :1', 'example.test/c v1.0.0 indirect :4'])
  expect(sum?.dependencies[0]?.digests).toEqual([hash])
  expect(sum?.problems).toEqual([{ line: 5, says: 'a line that is no module, version and hash was left out' }, { line: 6, says: 'example.test/c v1.0.0 stands twice with different hashes' }])
})

it('reads CycloneDX', () => {
  const file = read('sbom.json', JSON.stringify({
    bomFormat: 'CycloneDX', specVersion: '9.9',
    metadata: { component: { 'bom-ref': 'app', name: 'app' } },
    components: [
      { 'bom-ref': 'a', type: 'library', name: 'core', purl: 'pkg:npm/%40acme/core@1.0.0?vcs_url=git%2Bhttps%3A%2F%2Fcode.example%2Fcore.git', hashes: [{ alg: 'SHA-256', content: 'AB' }], components: [{ 'bom-ref': 'n', purl: 'pkg:golang/example.test/Mod@v1.0.0', scope: 'excluded' }] },
      { 'bom-ref': 'b', purl: 'pkg:pypi/Django@5.0', properties: [{ name: 'cdx:npm:package:development', value: 'true' }] },
      { 'bom-ref': 'c', purl: 'pkg:maven/org/x@1' }, { 'bom-ref': 'd', purl: 'pkg:maven/org/y@1' }, { name: 'nothing' }, { type: 'file', name: '/etc/x' }, 7,
    ],
    dependencies: [{ ref: 'app', dependsOn: ['a'] }, { ref: 'a', dependsOn: ['b', 'c'] }, { ref: 'b', dependsOn: ['a'] }, { dependsOn: [] }],
  }, null, 1))
  expect(file.dependencies.map((one) => `${one.ecosystem} ${shown(one).replace(/ :\d+$/, '')}`)).toEqual([
    'npm @acme/core 1.0.0 direct git https://code.example/core.git', 'go example.test/Mod v1.0.0 dev', 'pypi django (Django) 5.0 indirect of @acme/core dev',
  ])
  expect(file.dependencies[0]?.digests).toEqual(['sha256:ab'])
  expect(file.problems.map(({ says }) => says)).toEqual([
    'specVersion 9.9: read as if it were 1.6', 'a component that is no table was left out', '2 components of kind maven left out, the first here', '1 component without a package URL left out, the first here',
    'a dependency without a ref was left out',
  ])
})

it('lets no component hide another behind its id', () => {
  const file = read('bom.json', JSON.stringify({
    bomFormat: 'CycloneDX', specVersion: '1.5',
    components: [{ 'bom-ref': 'x#2', purl: 'pkg:npm/a@1' }, { 'bom-ref': 'x', purl: 'pkg:npm/b@1' }, { 'bom-ref': 'x', purl: 'pkg:npm/c@1' }, { purl: 'pkg:npm/a@1' }, { purl: 'pkg:npm/a@1' }],
  }))
  expect(file.dependencies.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'a', 'a'])
})

it('reads SPDX 2 and 3', () => {
  const ref = (purl: string) => [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }]
  const second = read('x.spdx.json', JSON.stringify({
    spdxVersion: 'SPDX-2.3',
    packages: [
      { SPDXID: 'SPDXRef-app', name: 'app', externalRefs: ref('pkg:npm/app@1.0.0') },
      { SPDXID: 'SPDXRef-a', name: 'a', externalRefs: ref('pkg:npm/a@1.0.0'), checksums: [{ algorithm: 'SHA1', checksumValue: 'AB' }] },
      { SPDXID: 'SPDXRef-b', name: 'b', externalRefs: ref('pkg:pypi/b@2.0') },
      { SPDXID: 'SPDXRef-c', name: 'c' },
    ],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-app' },
      { spdxElementId: 'SPDXRef-app', relationshipType: 'DEPENDS_ON', relatedSpdxElement: 'SPDXRef-a' },
      { spdxElementId: 'SPDXRef-b', relationshipType: 'DEPENDENCY_OF', relatedSpdxElement: 'SPDXRef-a' },
    ],
  }))
  expect(second.format).toBe('SPDX 2.3')
  expect(second.dependencies.map(shown)).toEqual(['a 1.0.0 direct :1', 'b 2.0 indirect of a :1'])
  expect(second.dependencies[0]?.digests).toEqual(['sha1:ab'])
  expect(second.problems).toEqual([{ line: 1, says: '1 component without a package URL left out, the first here' }])

  const third = read('y.spdx.json', JSON.stringify({
    '@graph': [
      { type: 'software_Sbom', spdxId: 's', rootElement: ['app'] },
      { type: 'software_Package', spdxId: 'app', name: 'app', software_packageUrl: 'pkg:npm/app@1' },
      { type: 'software_Package', spdxId: 'a', name: 'a', externalIdentifier: [{ type: 'ExternalIdentifier', externalIdentifierType: 'packageUrl', identifier: 'pkg:npm/a@1.0.0' }] },
      { type: 'Relationship', from: 'app', to: ['a'], relationshipType: 'dependsOn' },
    ],
  }))
  expect(third.format).toBe('SPDX 3')
  expect(third.dependencies.map(shown)).toEqual(['a 1.0.0 direct :1'])
})
