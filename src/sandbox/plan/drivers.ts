import { readFileSync } from 'node:fs'
import type { CellOptions } from '../cell/cell.ts'
import { file } from './plan.ts'

const read = new Map<string, Buffer>()

/** Programs of ours that run inside, put into a folder there. */
export function drivers(folder: string, names: readonly string[]): CellOptions['files'] {
  return names.map((name) => {
    let bytes = read.get(name)
    if (!bytes) {
      bytes = readFileSync(new URL(`drivers/${name}`, import.meta.url))
      read.set(name, bytes)
    }
    return file(`${folder}/${name}`, bytes, 0o755)
  })
}
