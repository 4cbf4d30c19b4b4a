export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>

const MOST_LINES = 50_000

/**
 * Sections and keys as `configparser` reads `setup.cfg`: `key = value` or `key: value`, lines that begin with space
 * continue the value, `#` and `;` begin comments. Interpolation is not done.
 */
export function readIni(text: string): Ini {
  const sections = new Map<string, Map<string, string>>()
  let section = new Map<string, string>()
  let key: string | null = null
  for (const line of text.split('\n', MOST_LINES)) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue
    if (/^[ \t]/.test(line) && key !== null) {
      section.set(key, `${section.get(key) ?? ''}\n${trimmed}`)
    } else if (trimmed.startsWith('[') && trimmed.endsWith(']')) {
      const name = trimmed.slice(1, -1).trim()
      section = sections.get(name) ?? new Map<string, string>()
      sections.set(name, section)
      key = null
    } else {
      const mark = trimmed.search(/[=:]/)
      key = mark > 0 ? trimmed.slice(0, mark).trim() : null
      if (key !== null) section.set(key, trimmed.slice(mark + 1).trim())
    }
  }
  return sections
}

/** `entry_points.txt`: sections hold `name = module:object` only, and indentation means nothing. */
export const readEntryPoints = (text: string): Ini => readIni(text.replace(/^[ \t]+/gm, ''))

/** The lines of a value that lists things. */
export const linesOf = (value: string | undefined): string[] => (value ?? '').split('\n').map((line) => line.trim()).filter(Boolean)
