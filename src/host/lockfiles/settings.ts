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
      const url = /^\s*(?:@[^:\s]{1,214}:)?registry\s*=\s*["']?(\S+?)["']?\s*$/.exec(text)?.[1]
      if (url) reading.index('index', url, line)
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
    }
  },
}

/** golang.org/ref/mod#goproxy-protocol: proxies in the order Go asks them, `direct` for the origin itself. */
export const goEnv: Format = {
  name: 'go.env',
  files: 'go.env',
  ecosystem: 'go',
  matches: (name) => name === 'go.env',
  read(reading) {
    for (const [line, text] of linesWithNumbers(reading)) {
      const value = /^\s*(?:export\s+)?GOPROXY\s*=\s*["']?([^"'\s]+)["']?\s*$/.exec(text)?.[1]
      for (const proxy of value?.split(/[,|]/, 50) ?? []) if (proxy !== '') reading.index('proxy', proxy, line)
    }
  },
}

function* linesWithNumbers(reading: Reading): Generator<[line: number, text: string]> {
  for (const [index, text] of reading.text.split('\n').entries()) if (!/^\s*[#;]/.test(text)) yield [index + 1, text.slice(0, 5_000)]
}
