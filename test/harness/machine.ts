import { execFileSync } from 'node:child_process'
import { dirname, delimiter, sep } from 'node:path'

/** PATH without the folders that npm puts in front, so that `npm` and `node` are the machine's own. */
export function machinePath(): string {
  return (process.env['PATH'] ?? '').split(delimiter)
    .filter((folder) => !folder.includes(`node_modules${sep}.bin`) && !folder.includes('node-gyp-bin'))
    .join(delimiter)
}

/** PATH that begins with the Node that runs the tests: newer clients need it, and so do the scripts they start. */
export const pinnedPath = (): string => `${dirname(process.execPath)}${delimiter}${machinePath()}`

let python: string | undefined

/** The interpreter behind `python3`; version managers put a shim there that needs the person's own home folder. */
export function machinePython(): string {
  python ??= execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()
  return python
}
