import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agentNamed, clientOf, readAgent } from './client.ts'

const pip = (details: string): string => `pip/23.2.1 {"ci":null,"cpu":"x86_64","distro":{"id":"bookworm","libc":{"lib":"glibc","version":"2.36"},"name":"Debian GNU/Linux","version":"12"},"implementation":{"name":"CPython","version":"3.11.7"},${details}"openssl_version":"OpenSSL 3.0.19","python":"3.11.7","system":{"name":"Linux","release":"6.1"}}`
const uv = (ci: string): string => `uv/0.13.8 {"installer":{"name":"uv","version":"0.13.8","subcommand":["pip","install"]},"python":"3.11.7","implementation":{"name":"CPython","version":"3.11.7"},"distro":{"name":"Debian GNU/Linux","version":"12","id":"bookworm","libc":{"lib":"glibc","version":"2.36"}},"system":{"name":"Linux","release":"6.1"},"cpu":"x86_64","openssl_version":null,"setuptools_version":null,"rustc_version":null,"ci":${ci}}`

/** Agents as the tools send them, captured where they could be run: agent, tool, version, what it is for, CI. */
const AGENTS: readonly (readonly [string, string, string | null, string, string | null])[] = [
  // npm's clients, captured from the versions that the tests run.
  ['npm/11.19.1 node/v20.20.2 linux x64 workspaces/false', 'npm', '11.19.1', 'installer', null],
  ['npm/12.2.0 node/v24.21.0 linux x64 workspaces/false ci/github-actions', 'npm', '12.2.0', 'installer', 'github-actions'],
  ['npm/10.9.9 node/v24.21.0 linux x64 workspaces/false', 'npm', '10.9.9', 'installer', null],
  ['pnpm/12.21.0 npm/? node/? linux x64', 'pnpm', '12.21.0', 'installer', null],
  ['pnpm/10.34.9 npm/? node/v24.21.0 linux x64', 'pnpm', '10.34.9', 'installer', null],
  ['yarn/1.22.22 npm/? node/v24.21.0 linux x64', 'yarn1', '1.22.22', 'installer', null],
  ['yarn/4.18.1 npm/? node/v20', 'yarn', '4.18.1', 'installer', null],
  ['got (https://github.com/sindresorhus/got)', 'yarn', null, 'installer', null],
  ['Bun/1.4.5', 'bun', '1.4.5', 'installer', null],
  ['Deno/2.9.6', 'deno', '2.9.6', 'installer', null],
  ['cnpm/9.4.0 npminstall/7.12.0 node/v20', 'cnpm', '9.4.0', 'installer', null],
  ['npm-registry-fetch@18.0.2/node@v22.1.0+x64 (linux)', 'npm-registry-fetch', '18.0.2', 'script', null],
  // Python's.
  ['pip/18.1 {"cpu":"x86_64","installer":{"name":"pip","version":"18.1"}}', 'pip', '18.1', 'installer', null],
  ['pip/1.4.1 CPython/2.7.14 Darwin/17.7.0', 'pip', '1.4.1', 'installer', null],
  [pip('"installer":{"name":"pip","version":"23.2.1"},'), 'pip', '23.2.1', 'installer', null],
  [pip('"installer":{"name":"pip","version":"23.2.1"},').replace('"ci":null', '"ci":true'), 'pip', '23.2.1', 'installer', 'yes'],
  [pip('"installer":{"name":"uv","version":"0.9.11","subcommand":["pip","install"]},'), 'uv', '0.9.11', 'installer', null],
  [uv('null'), 'uv', '0.13.8', 'installer', null],
  [uv('true'), 'uv', '0.13.8', 'installer', 'yes'],
  ['poetry/2.5.1 CPython/3.11.7 Linux/6.1', 'poetry', '2.5.1', 'installer', null],
  ['pdm/2.20.1 CPython/3.12.0', 'pdm', '2.20.1', 'installer', null],
  ['conda/24.5.0 requests/2.31.0 CPython/3.12.2 Linux/6.1 ubuntu/22.04 glibc/2.35', 'conda', '24.5.0', 'installer', null],
  ['Hatch/1.14.0 CPython/3.12', 'hatch', '1.14.0', 'installer', null],
  ['setuptools/1.0 Python-urllib/3.6', 'setuptools', '1.0', 'installer', null],
  ['Python-urllib/3.6 distribute/0.6.21', 'distribute', '0.6.21', 'installer', null],
  ['Bazel/release 1.0', 'bazel', '1.0', 'installer', null],
  ['Homebrew/4.2.0 (Macintosh; Intel macOS 14.1) curl/8.1.2', 'homebrew', '4.2.0', 'installer', null],
  ['fetch libfetch/2.0', 'libfetch', '2.0', 'installer', null],
  ['OpenBSD ftp', 'openbsd-ftp', null, 'installer', null],
  ['twine/3.8.0 pkginfo/1.9.6 requests/2.27.1 CPython/3.9.16', 'twine', '3.8.0', 'publisher', null],
  ["twine/1.12.1 requests/<module 'x' from '/usr/lib/python3/x.py'> setuptools/40.8.0 CPython/3.6.8", 'twine', '1.12.1', 'publisher', null],
  ['devpi-client/7.3.0 (py3.11.7; linux)', 'devpi-client', '7.3.0', 'publisher', null],
  ['Go-http-client/1.1', 'go', '1.1', 'script', null],
  // Those that copy and pass on.
  ['bandersnatch/6.6.0 (cpython 3.11.7-final0, Linux x86_64) (aiohttp 3.9)', 'bandersnatch', '6.6.0', 'mirror', null],
  ['devpi-server/6.9.2 (py3.11.7; linux)', 'devpi', '6.9.2', 'mirror', null],
  ['Nexus/3.6.0-02 (PRO; Linux; 4.4.0-62-generic; amd64; 1.8.0_144)', 'nexus', '3.6.0-02', 'mirror', null],
  ['Artifactory/7.77.3 77703900', 'artifactory', '7.77.3', 'mirror', null],
  ['z3c.pypimirror/1.0.16', 'z3c.pypimirror', '1.0.16', 'mirror', null],
  ['pep381client-proxy/0.5.6', 'pep381client', '0.5.6', 'mirror', null],
  ['verdaccio/6.0.5', 'verdaccio', '6.0.5', 'mirror', null],
  ['pulpcore/3.49 (cpython 3.9.18-final0, Linux x86_64) (aiohttp 3.9.2)', 'pulp', '3.49', 'mirror', null],
  ['Cloudsmith/1.0', 'cloudsmith', '1.0', 'mirror', null],
  ['athens/0.14', 'athens', '0.14', 'mirror', null],
  ['acme-pypi-mirror/2', 'other-mirror', '2', 'mirror', null],
  ['Amazon CloudFront', 'cloudfront', null, 'mirror', null],
  // Those that look.
  ['Snyk/1.2', 'snyk', '1.2', 'scanner', null],
  ['deps.dev/1.0', 'deps.dev', '1.0', 'scanner', null],
  ['osv-scanner/2.0', 'osv', '2.0', 'scanner', null],
  ['python-requests/2.31.0 (malware research; +https://lab.example/about)', 'crawler', '2.31.0', 'scanner', null],
  ['Mozilla/5.0 (compatible; ExampleBot/2.0; +http://bot.example/)', 'crawler', null, 'scanner', null],
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36', 'crawler', '156.0.0.0', 'scanner', null],
  ['inspector.registry.example', 'inspector', null, 'scanner', null],
  ['RenovateBot/37.1.0 (https://renovate.example)', 'renovate', '37.1.0', 'updater', null],
  ['dependabot-core/0.230.0 excon/0.100.0 ruby/3.1.4', 'dependabot', '0.230.0', 'updater', null],
  // Programs for anything, and people who look.
  ['curl/7.88.1', 'curl', '7.88.1', 'script', null],
  ['Wget/1.21.3', 'wget', '1.21.3', 'script', null],
  ['python-requests/2.34.2', 'requests', '2.34.2', 'script', null],
  ['Python-urllib/3.11', 'urllib', '3.11', 'script', null],
  ['python-httpx/0.28.1', 'httpx', '0.28.1', 'script', null],
  ['Python/3.11 aiohttp/3.14.5', 'aiohttp', '3.11', 'script', null],
  ['node', 'node', null, 'script', null],
  ['Go 1.1 package http', 'go', null, 'script', null],
  ['Mozilla/5.0 (Windows NT; Windows NT 10.0; de-DE) WindowsPowerShell/5.1', 'powershell', '5.1', 'script', null],
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36', 'browser', '126.0.0.0', 'browser', null],
  ['Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)', 'browser', null, 'browser', null],
  // Nobody.
  ['somebody else', 'unknown', null, 'unknown', null],
  ['(null)', 'unknown', null, 'unknown', null],
  ['__proto__/1.0 constructor', 'unknown', '1.0', 'unknown', null],
  ['', 'unknown', null, 'unknown', null],
]

describe('readAgent', () => {
  it.each(AGENTS)('%s', (agent, tool, version, kind, ci) => {
    expect(readAgent(agent)).toMatchObject({ tool, kind, ci, ...(tool === 'unknown' ? {} : { version }) })
    expect(clientOf(agent)).toMatchObject({ tool, ci, userAgent: agent.slice(0, 300) })
  })

  it('takes no mirror for what a person installs with', () => {
    for (const [agent, , , kind] of AGENTS) if (kind === 'mirror') expect(readAgent(`${agent} npm/10 pip/23`).kind).toBe('mirror')
  })

  it('reads what uv was asked to do', () => {
    expect(readAgent(uv('null')).command).toBe('pip install')
    expect(readAgent('pip/24.0 {"installer":{"name":"pip"}}').command).toBeNull()
  })

  it('reads details that were cut off', () => {
    expect(readAgent(uv('true').slice(0, 85))).toMatchObject({ tool: 'uv', version: '0.13.8', command: 'pip install', ci: null })
    expect(readAgent('pip/23.2 {"ci":true,"inst')).toMatchObject({ tool: 'pip', version: '23.2', ci: 'yes' })
  })

  it('reads anything in linear time and never throws', () => {
    assert(property(string({ unit: 'binary', maxLength: 400 }), (text) => {
      expect(readAgent(text).tool).toMatch(/^[a-z0-9.-]+$/)
      expect(readAgent(`pip/1 {${text}`).tool).toMatch(/^[a-z0-9.-]+$/)
    }))
    for (const text of ['('.repeat(100_000), '/'.repeat(100_000), `pip/1 {"installer":${'{'.repeat(100_000)}`, 'ci/'.repeat(50_000)]) expect(readAgent(text)).toBeDefined()
  })

  it('keeps only the beginning of an endless agent', () => {
    expect(clientOf(`npm/${'9'.repeat(10_000)}`).userAgent).toHaveLength(300)
    expect(clientOf(`npm/${'9'.repeat(10_000)}`).version).toHaveLength(40)
    expect(clientOf(null)).toEqual({ tool: 'unknown', version: null, userAgent: '', ci: null })
  })
})

describe('agentNamed', () => {
  it('knows every tool by the name it was given', () => {
    for (const [agent] of AGENTS) {
      const { tool, kind } = readAgent(agent)
      expect(agentNamed(tool, null)).toMatchObject({ tool, kind })
    }
  })

  it.each([
    ['Browser', 'browser', 'browser'], ['bandersnatch', 'bandersnatch', 'mirror'], ['devpi', 'devpi', 'mirror'], ['pip', 'pip', 'installer'],
    ['yarn1', 'yarn1', 'installer'], ['crawler', 'crawler', 'scanner'], ['other-mirror', 'other-mirror', 'mirror'], ['cloudfront', 'cloudfront', 'mirror'], ['OS', 'os', 'installer'], ['requests', 'requests', 'script'], ['__proto__', 'unknown', 'unknown'], [null, 'unknown', 'unknown'],
  ])('%s', (name, tool, kind) => {
    expect(agentNamed(name, null)).toMatchObject({ tool, kind })
  })
})
