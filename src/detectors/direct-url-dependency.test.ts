import { expect, it } from 'vitest'
import { findingsIn, packageOf } from '../../test/samples.ts'
import { directUrlDependency } from './direct-url-dependency.ts'

it.each([
  ['^1.0.0', []], ['npm:other@^1', []], ['workspace:*', []], ['file:../a', []], ['>=1 <2 || 3.x', []], ['*', []],
  ['https://registry.example/a/-/a-1.0.0.tgz', []],
  ['https://cdn.other.example/a.tgz', ['medium']], ['http://cdn.other.example/a.tgz', ['high']], ['http://203.0.113.9/a.tgz', ['high']], ['https://files.packagehostd.example/a.tgz', ['high']],
  ['git+https://code.example/a.git#abc', ['low']], ['someone/project', ['low']], ['git@code.example:a/b.git', ['low']],
  ['@ https://cdn.other.example/a.zip', ['medium']],
])('judges a dependency on %s', (spec, expected) => {
  const examined = packageOf({ says: '', ecosystem: 'npm', files: { 'package.json': JSON.stringify({ dependencies: { a: spec } }) } })
  expect(findingsIn(examined, directUrlDependency).map((finding) => finding.severity)).toEqual(expected)
})
