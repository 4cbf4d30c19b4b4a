import { linesOf, readIni } from '../../ecosystems/pypi/ini.ts'
import type { Format, Reading } from './project-file.ts'

/*
 * Settings of clients that projects carry along. They name no dependencies, only where clients look for them. Other keys are
 * passed over in silence: tokens stand there.
 */

/** docs of npm, npmrc: `registry` and `@scope:registry`. */
export const npmrc: Format = {
  name: '.npmrc',
  files: '.npmrc',
  ecosystem: 'npm',
  matches: (name) => name === '.npmrc',
  read(reading) {
    for (const [line, text] of linesWithNumbers(reading)) {
      const [, scope, url] = /^\s*(?:(@[^:\s]{1,214}):)?registry\s*=\s*["']?(\S+?)["']?\s*$/.exec(text) ?? []
      if (url) reading.index('index', url, line, scope)
      else if (/^\s*strict-ssl\s*=\s*["']?false/.test(text)) reading.index('unverified', 'strict-ssl=false', line)
    }
  },
}

/** docs of pip, configuration: the same names as its options, in any section. */
export const pipConf: Format = {
  name: 'pip.conf',
  files: 'pip.conf',
  ecosystem: 'pypi',
  matches: (name) => name === 'pip.conf' || name === 'pip.ini',
  read(reading) {
    const lines = [...linesWithNumbers(reading)]
    const lineOf = (url: string): number | null => lines.find(([, text]) => text.includes(url))?.[0] ?? null
    for (const section of readIni(reading.text.replaceAll('\r\n', '\n')).values()) {
      for (const [key, kind] of [['index-url', 'index'], ['extra-index-url', 'extra-index'], ['find-links', 'find-links']] as const) {
        const urls = linesOf(section.get(key) ?? section.get(key.replaceAll('-', '_'))).flatMap((text) => text.split(/\s+/))
        for (const url of urls.slice(0, 50)) reading.index(kind, url, lineOf(url))
      }
      for (const host of linesOf(section.get('trusted-host') ?? section.get('trusted_host')).slice(0, 50)) reading.index('unverified', `trusted-host ${host}`, lineOf(host))
    }
  },
}

/**
 * golang.org/ref/mod#environment-variables: proxies in the order Go asks them, `direct` for the origin itself. After a comma the
 * next is asked when one has not got a module, after a `|` whatever went wrong.
 */
export const goEnv: Format = {
  name: 'go.env',
  files: 'go.env',
  ecosystem: 'go',
  matches: (name, _text, folder) => name === 'go.env' || (name === 'env' && folder === 'go'),
  read(reading) {
    for (const [line, text] of linesWithNumbers(reading)) {
      const [, name, quoted] = /^\s*(?:export\s+)?(GO[A-Z]+)\s*=\s*(.*?)\s*$/.exec(text) ?? []
      if (name !== undefined) readGoVariable(reading, name, (quoted ?? '').replace(/^(["'])(.*)\1$/, '$2'), line)
    }
  },
}

/** Also of a process's environment, where there is no line. */
export function readGoVariable(reading: Pick<Reading, 'index'>, name: string, value: string, line: number | null): void {
  const parts = value.split(',', 50).map((one) => one.trim()).filter(Boolean)
  if (name === 'GOPROXY') for (const [mark, proxy] of proxiesOf(value)) reading.index(mark === '|' ? 'fallback' : 'proxy', proxy, line)
  else if (name === 'GONOPROXY' || name === 'GOPRIVATE') for (const pattern of parts) if (pattern !== 'none') reading.index('unproxied', `${name}=${pattern}`, line)
  if (name === 'GONOSUMDB' || name === 'GONOSUMCHECK' || name === 'GOINSECURE' || (name === 'GOSUMDB' && value === 'off')) {
    if (value !== '' && value !== 'none') reading.index('unverified', `${name}=${value}`, line)
  } else if (name === 'GOFLAGS') {
    for (const flag of value.split(/\s+/)) if (/^-{1,2}insecure$/.test(flag)) reading.index('unverified', `GOFLAGS=${flag}`, line)
  }
}

function proxiesOf(value: string): [mark: string, proxy: string][] {
  return [...value.slice(0, 5_000).matchAll(/([,|]?)\s*([^,|]+)/g)].slice(0, 50).map(([, mark = '', proxy = '']) => [mark, proxy.trim()] as [string, string]).filter(([, proxy]) => proxy !== '')
}

function* linesWithNumbers(reading: Reading): Generator<[line: number, text: string]> {
  for (const [index, text] of reading.text.split('\n').entries()) if (!/^\s*[#;]/.test(text)) yield [index + 1, text.slice(0, 5_000)]
}
