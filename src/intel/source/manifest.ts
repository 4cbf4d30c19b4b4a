import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/**
 * What a source consisted of when it was last read: name → stamp, which differs when the content does. A cache: without it
 * everything is read again, and nothing else happens.
 */
export type Manifest = Map<string, string>

const FIRST = 'sluice manifest 1'

export function loadManifest(file: string | null): Manifest {
  const manifest: Manifest = new Map()
  if (file === null) return manifest
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return manifest
  }
  if (!text.startsWith(`${FIRST}\n`)) return manifest
  for (let from = FIRST.length + 1; from < text.length;) {
    const end = text.indexOf('\n', from)
    if (end < 0) return new Map()
    const tab = text.indexOf('\t', from)
    if (tab > 0 && tab < end) manifest.set(text.slice(tab + 1, end), text.slice(from, tab))
    from = end + 1
  }
  return manifest
}

export function saveManifest(file: string, manifest: Manifest): void {
  const parts: string[] = [`${FIRST}\n`]
  for (const [name, stamp] of manifest) if (!name.includes('\n')) parts.push(`${stamp}\t${name}\n`)
  writeFileSync(`${file}.new`, parts.join(''))
  renameSync(`${file}.new`, file)
}
