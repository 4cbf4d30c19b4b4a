import { linesOf, readIni } from '../../ecosystems/pypi/ini.ts'
import type { Format, Reading } from './project-file.ts'
import { readRequirement } from './requirement.ts'

/** The ini reader stops there. */
const MOST_LINES = 50_000

/** setuptools' declarative settings (docs of setuptools, setup.cfg): `install_requires` and its relatives. */
export const setupCfg: Format = {
  name: 'setup.cfg',
  files: 'setup.cfg',
  ecosystem: 'pypi',
  matches: (name) => name === 'setup.cfg',
  read(reading) {
    const lines = reading.text.split(/\r?\n/)
    if (lines.length > MOST_LINES) reading.problem(MOST_LINES, `more than ${MOST_LINES} lines: the rest was not read`)
    const ini = readIni(reading.text)
    const options = ini.get('options')
    const lineOf = lineFinder(lines)
    for (const [key, dev] of [['install_requires', false], ['setup_requires', true], ['tests_require', true]] as const) {
      list(reading, options?.get(key) ?? options?.get(key.replace('_', '-')), { what: key, dev, lineOf })
    }
    for (const [extra, value] of ini.get('options.extras_require') ?? []) list(reading, value, { what: `extras_require.${extra}`, dev: false, lineOf })
  },
}

function list(reading: Reading, value: string | undefined, { what, dev, lineOf }: { what: string; dev: boolean; lineOf: (text: string) => number | null }): void {
  if (value?.trim().startsWith('file:')) {
    reading.problem(lineOf(value.trim()), `${what} stands in a file of its own: not read from here`)
    return
  }
  // Requirements stand on lines of their own, or on one line with semicolons, which markers have, too.
  for (const text of linesOf(value)) {
    const read = readRequirement(text)
    if (read) reading.add({ ...read, line: lineOf(text), direct: true, dev })
    else reading.problem(lineOf(text), `${what}: this is no requirement that can be read: ${text.slice(0, 200)}`)
  }
}

/** The first line that holds this text, by itself or after a key. */
function lineFinder(lines: readonly string[]): (text: string) => number | null {
  const known = new Map<string, number>()
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim()
    for (const text of [line, line.replace(/^[\w.-]{1,200}\s*[=:]\s*/, '')]) if (!known.has(text)) known.set(text, index + 1)
  }
  return (text) => known.get(text) ?? null
}
