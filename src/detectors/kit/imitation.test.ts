import { expect, it } from 'vitest'
import { imitated } from './imitation.ts'

const OWN = ['files.packagehosted.example', 'acmeidx.example', 'registry.example', '192.0.2.1', 'localhost']
const FILES = 'files.packagehosted.example'
const INDEX = 'acmeidx.example'

it.each([
  // Its own name somewhere else.
  ['packagehosted.test', FILES], ['files.packagehosted.test', FILES], ['acmeidx.help', INDEX], ['acmeidx.top', INDEX], ['github.zone', 'github'], ['checkmarx.zone', 'checkmarx'], ['snyk.xyz', 'snyk'],
  // In front of somebody else's.
  ['packagehosted.example.evil.test', FILES], ['files.packagehosted.example.evil.test', FILES],
  // Misspelt.
  ['files.packaghosted.example', FILES], ['pakcagehosted.test', FILES], ['packagehostad.net', FILES], ['packegehosted.org', FILES], ['pockagehasted.org', FILES], ['packagehost3d.net', FILES],
  ['acmeixd.net', INDEX], ['acmaidx.org', INDEX], ['gihtub.com', 'github'], ['githud.com', 'github'], ['g1thub.com', 'github'], ['qithub.com', 'github'], ['gitlap.io', 'gitlab'],
  ['cloudfare.com', 'cloudflare'], ['crowdstirke.com', 'crowdstrike'], ['kasperski.net', 'kaspersky'], ['virustotai.com', 'virustotal'], ['bitbuckett.org', 'bitbucket'],
  // Its parts, in another order or among words of infrastructure.
  ['cdn.packagehosted-files.test', FILES], ['packageshost.net', FILES], ['hostedpackages.org', FILES], ['files-package-hosted.com', FILES], ['packages-hosting.org', FILES], ['hosted-packages.net', FILES],
  ['acmeidx-files.org', INDEX], ['acmeidxhosted.org', FILES], ['files.acmeidxhosted.org', FILES], ['cdn-acmeidx.com', INDEX], ['acmeidx-mirror.vercel.app', INDEX], ['acmeidx-login.co.uk', INDEX],
  ['github-files.com', 'github'], ['githubdownloads.com', 'github'], ['snyk-security.org', 'snyk'], ['cdn-cloudflare.net', 'cloudflare'],
])('%s imitates %s', (host, expected) => expect(imitated(host, { ownHosts: OWN })).toBe(expected))

it.each([
  // Its own, and what is not a name.
  'files.packagehosted.example', 'other.packagehosted.example', 'acmeidx.example', 'test.acmeidx.example', '203.0.113.9', 'localhost', '[::1]', '',
  // The owner under another common ending, and mirrors under a host's own domain.
  'acmeidx.com', 'packagehosted.org', 'acmeidx.vendor.example.org', 'acmeidx.fury.io', 'acmeidx.university.edu.cn',
  // About it.
  'acmeidxstats.org', 'acmeidx-weekly.com', 'acmeidxci.run', 'acmeidx-server.readthedocs.io', 'acmeidx.github.io',
  // Anything else.
  'downloads.test', 'files.project.example', 'cdn.example.com', 'packages.vendor.com', 'registry.company.com', 'hosting.example.org', 'web-hosting.com', 'package-store.com', 'registries.dev', 'hosted.org',
  'github.com', 'raw.githubusercontent.com', 'objects.githubusercontent.com', 'github.io', 'me.github.io', 'githubassets.com', 'githubstatus.com', 'githubcopilot.com', 'github.dev', 'github.blog', 'rawgithub.com',
  'gitlab.com', 'gitlab.company.com', 'gitlab.cn', 'gitlab-ci.org', 'gitea.com', 'githack.com', 'gitbook.io', 'lithub.com', 'bitbucket.org', 'codeberg.page', 'sourceforge.net',
  'cloudflare.com', 'cloudflareinsights.com', 'cloudfront.net', 'cloudflare-dns.com', 'cdnjs.cloudflare.com', 'kaspersky.ru', 'snyk.io', 'sentry.io', 'fortnite.com', 'sonar.com', 'jfrog.io', 'frog.io', 'npms.io',
])('%s imitates nobody', (host) => expect(imitated(host, { ownHosts: OWN })).toBeNull())

it('knows no registry without its hosts', () => expect(imitated('acmeidx.help', { ownHosts: [] })).toBeNull())

it('protects the organisation\'s own domains, and lets those alone that it knows', () => {
  const guarded = { protect: ['acmecorp.example'], allow: ['acmecorp-login.example'] }
  expect(imitated('acrnecorp.test', { ownHosts: OWN, guarded })).toBe('acmecorp.example')
  expect(imitated('sso.acmecorp-login.test', { ownHosts: OWN, guarded })).toBe('acmecorp.example')
  expect(imitated('sso.acmecorp-login.example', { ownHosts: OWN, guarded })).toBeNull()
  expect(imitated('acmecorp.example', { ownHosts: OWN, guarded })).toBeNull()
  expect(imitated('acrnecorp.test', { ownHosts: OWN })).toBeNull()
})
