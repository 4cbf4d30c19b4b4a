/**
 * Case A: a package of two files, uploaded on 2024-03-05 01:09 and removed on 2024-03-06 17:16 (UTC), downloaded 116 times in all,
 * many of them by mirrors and by people who looked at it, administrators among them. Those numbers and times are of the public
 * report; who the rest were is not public, so that the agents, countries and addresses here are made up.
 */
export const CASE_A = { ecosystem: 'pypi', name: 'yocolor', version: '0.4.6', deliveries: 116 } as const

export interface CaseDelivery {
  at: Date
  file: string
  agent: string
  country: string | null
  /** Of the documentation networks; the same for the same caller. */
  address: string
}

/** What a caller is here, and what must be made of it. */
export type Kind = 'mirror' | 'scanner' | 'ci' | 'person' | 'unknown'

const SDIST = 'yocolor-0.4.6.tar.gz'
const WHEEL = 'yocolor-0.4.6-py3-none-any.whl'
const UPLOADED = Date.UTC(2024, 2, 5, 1, 9)

const pip = (version: string, python: string, system: string, ci: boolean): string =>
  `pip/${version} {"ci":${ci ? 'true' : 'null'},"cpu":"x86_64","implementation":{"name":"CPython","version":"${python}"},"installer":{"name":"pip","version":"${version}"},"python":"${python}","system":{"name":"${system}","release":"6.1"}}`

interface Caller { kind: Kind; agent: string; country: string | null; files: readonly string[]; minutes: readonly number[] }

const both = [SDIST, WHEEL]
const MIRROR_COUNTRIES = ['CN', 'DE', 'US', 'JP', 'FR', 'NL', 'BR', 'KR', 'SG', 'ZA', 'PL', 'TW', 'IN', 'CH']
const LOOKERS: readonly (readonly [string, string | null])[] = [
  ['python-requests/2.31.0', 'US'], ['python-requests/2.31.0', 'US'], ['python-requests/2.28.2', 'DE'], ['python-requests/2.25.1', 'CN'], ['curl/7.88.1', 'CZ'],
  ['Wget/1.21.3', 'IL'], ['Go-http-client/2.0', 'US'], ['python-httpx/0.27.0', 'GB'], ['node', 'US'], ['', null], ['', 'RU'],
]

/** 58 to mirrors, 22 to scanners, 11 to programs for anything, 7 to browsers, 12 to installers, 6 to builds. */
const CALLERS: readonly Caller[] = [
  ...MIRROR_COUNTRIES.map((country, index): Caller => ({ kind: 'mirror', agent: `bandersnatch/6.${index % 6}.0 (cpython 3.11.7-final0, Linux x86_64) (aiohttp 3.9.1)`, country, files: both, minutes: [4 + index * 7] })),
  ...['US', 'DE', 'FR', 'SE', 'AU'].map((country, index): Caller => ({ kind: 'mirror', agent: `Artifactory/7.77.${index} 7770${index}900`, country, files: both, minutes: [95 + index * 130] })),
  ...['US', 'IN', 'GB'].map((country, index): Caller => ({ kind: 'mirror', agent: 'Nexus/3.65.0-02 (OSS; Linux; 5.15.0; amd64; 17.0.9)', country, files: both, minutes: [210 + index * 260] })),
  ...['DE', 'CH'].map((country, index): Caller => ({ kind: 'mirror', agent: 'devpi-server/6.10.0 (py3.11.7; linux)', country, files: both, minutes: [330 + index * 300] })),
  ...['US', 'BR', 'JP'].map((country, index): Caller => ({ kind: 'mirror', agent: 'pulpcore/3.45.0 (cpython 3.9.18-final0, Linux x86_64) (aiohttp 3.9.2)', country, files: both, minutes: [55 + index * 340] })),
  // Two that copy everything and call themselves something else than what they are known for.
  ...['RU', 'HK'].map((country, index): Caller => ({ kind: 'mirror', agent: 'pep381client/1.5', country, files: both, minutes: [40 + index * 60] })),
  ...['US', 'US', 'FI', 'IL', 'DE'].map((country, index): Caller => ({ kind: 'scanner', agent: `${['package-analysis/1.0', 'Socket/1.2', 'Snyk/3.1', 'reversinglabs/2', 'phylum/6.1'][index] ?? ''}`, country, files: both, minutes: [2 + index * 3] })),
  ...['US', 'US', 'GB', 'FR', 'NL', 'CA'].map((country, index): Caller => ({ kind: 'scanner', agent: `python-requests/2.3${index}.0 (malware research; +https://lab-${index}.example/)`, country, files: both, minutes: [290 + index * 190] })),
  ...LOOKERS.map(([agent, country], index): Caller => ({ kind: 'unknown', agent, country, files: [SDIST], minutes: [70 + index * 195] })),
  ...['US', 'US', 'DE', 'CZ', 'GB', 'FI', 'US'].map((country, index): Caller => ({
    kind: 'person', agent: `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/12${index}.0.0.0 Safari/537.36`, country, files: [SDIST], minutes: [318 + index * 250],
  })),
  ...['US', 'IN', 'BR', 'DE', 'VN', 'ID', 'TR', 'PL'].map((country, index): Caller => ({ kind: 'person', agent: pip(`23.${index % 4}.1`, `3.1${index % 3}.4`, index % 2 ? 'Windows' : 'Linux', false), country, files: [WHEEL], minutes: [130 + index * 270] })),
  // One of them twice, an hour later; two with other installers.
  { kind: 'person', agent: pip('24.0', '3.12.1', 'Darwin', false), country: 'FR', files: [WHEEL], minutes: [400, 460] },
  { kind: 'person', agent: 'poetry/1.8.2 CPython/3.11.7 Linux/6.1', country: 'ES', files: [WHEEL], minutes: [900] },
  { kind: 'person', agent: 'uv/0.1.15 {"installer":{"name":"uv","version":"0.1.15"},"python":"3.12.2","ci":null}', country: 'US', files: [WHEEL], minutes: [1_650] },
  ...['US', 'US', 'NL'].map((country, index): Caller => ({ kind: 'ci', agent: pip('24.0', `3.1${index}.8`, 'Linux', true), country, files: [WHEEL], minutes: [515 + index * 420, 530 + index * 420] })),
]

export const callers: readonly (Caller & { address: string })[] = CALLERS.map((caller, index) => ({ ...caller, address: `${['192.0.2', '198.51.100', '203.0.113'][index % 3]}.${1 + Math.floor(index / 3)}` }))

/** In the order of time. */
export const deliveries: readonly CaseDelivery[] = callers.flatMap(({ agent, country, files, minutes, address }) => minutes.flatMap((minute) => files.map((file, index) =>
  ({ at: new Date(UPLOADED + minute * 60_000 + index * 900), file, agent, country, address })))).sort((a, b) => a.at.getTime() - b.at.getTime())

/** As a table of downloads that somebody else counts. */
export function caseTable(): string {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
  const rows = deliveries.map(({ at, file, agent, country }) => [at.toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' UTC'), country ?? '', CASE_A.name, file, CASE_A.version, agent].map(quoted).join(','))
  return `timestamp,country_code,project,file.filename,file.version,user_agent\n${rows.join('\n')}\n`
}
