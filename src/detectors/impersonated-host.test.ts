import { expect, it } from 'vitest'
import { findingsIn, packageOf } from '../../test/samples.ts'
import { impersonatedHost } from './impersonated-host.ts'

it('names both hosts and the place', () => {
  const [finding] = findingsIn(packageOf({ says: '', ecosystem: 'pypi', files: {
    'setup.py': 'import urllib.request\n\nurllib.request.urlopen("https://files." + "packaghosted" + ".example/x")\n' } }), impersonatedHost)
  expect(finding?.title).toBe('names files.packaghosted.example, which imitates files.packagehosted.example')
  expect(finding?.evidence[0]).toMatchObject({ file: 'setup.py', lines: [3, 3] })
})

it('knows nothing to imitate without the registry\'s hosts', () => {
  const examined = packageOf({ says: '', ecosystem: 'npm', outside: { ownHosts: [] }, files: {
    'package.json': '{"scripts":{"install":"curl https://files.packaghosted.example"}}' } })
  expect(findingsIn(examined, impersonatedHost)).toEqual([])
})
