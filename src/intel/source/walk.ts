import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gitFiles } from './git-index.ts'
import type { Manifest } from './manifest.ts'

const DEEPEST = 12
const isRecordFile = (name: string): boolean => /\.(?:jsonl?|ndjson)$/i.test(name)

/** Files of records below a folder, with what tells that they changed. Links are not followed, hidden folders are left out. */
export function recordFiles(root: string): Manifest {
  const git = gitFiles(root)
  if (git) {
    const found: Manifest = new Map()
    for (const [name, stamp] of git) if (isRecordFile(name) && !/(?:^|\/)\./.test(name)) found.set(name, stamp)
    return found
  }
  const found: Manifest = new Map()
  const visit = (folder: string, prefix: string, depth: number): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) {
        if (depth > 0 && !entry.name.startsWith('.')) visit(join(folder, entry.name), `${prefix}${entry.name}/`, depth - 1)
      } else if (entry.isFile() && isRecordFile(entry.name)) {
        const { mtimeMs, size } = statSync(`${folder}/${entry.name}`, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 }
        found.set(prefix + entry.name, `${mtimeMs}:${size}`)
      }
    }
  }
  visit(root, '', DEEPEST)
  return found
}
