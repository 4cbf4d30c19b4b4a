import { mkdirSync } from 'node:fs'
import { client } from './client.ts'

interface Where { into: string; cache: string }

/** Wheels of a group, with all it depends on unless it is to stand alone. Wheels run nothing when they are downloaded. */
export function gatherWheels(group: readonly string[], { into, cache, alone = false }: Where & { alone?: boolean }): void {
  download([...group, '--only-binary', ':all:', ...(alone ? ['--no-deps'] : [])], { into, cache })
}

/** One source distribution. pip asks its build backend what it is, which runs it. */
export function gatherSource(name: string, where: Where): void {
  download([name, '--no-deps', '--no-binary', name], where)
}

function download(args: readonly string[], { into, cache }: Where): void {
  mkdirSync(into, { recursive: true })
  client('python3', ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--cache-dir', cache, '--dest', into, ...args], into)
}
