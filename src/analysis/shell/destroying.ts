import { UNKNOWN } from '../desk.ts'
import { placeOf } from '../places.ts'
import { heldBy, isFlag, NOTHING, note, save, unknown } from './call.ts'
import type { Call, Program } from './call.ts'

/** Programs that take things away. */

const MOST = 20
const HISTORY = '<home>/.bash_history'

const paths = (call: Call): string[] => call.texts.filter((text) => !isFlag(text) && !/^\/[a-z]$/i.test(text)).slice(0, MOST)

const remove: Program = (call) => {
  if (/^(?:del|erase|rd|rmdir)$/.test(call.program) || call.texts.length > 0) for (const path of paths(call)) note(call, 'delete', path)
  return NOTHING
}

/** `dd if=a of=b`: a copy, or the end of a disk. */
const convert: Program = (call) => {
  const named = (name: string): string | undefined => call.texts.find((text) => text.startsWith(`${name}=`))?.slice(name.length + 1)
  const [source, target] = [named('if'), named('of')]
  const content = source === undefined ? call.given : heldBy(call, { text: source, taint: unknown().taint })
  if (target === undefined) return content
  if (/^\/dev\/(?!null|std|shm)/.test(target)) note(call, 'delete', target)
  else save(call, target, content)
  return NOTHING
}

const format: Program = (call) => {
  note(call, 'spawn', call.line)
  const target = call.texts.findLast((text) => !isFlag(text) && /^(?:\/dev\/|[A-Za-z]:|…)/.test(text))
  if (target !== undefined) note(call, 'delete', target)
  return NOTHING
}

/** Tools whose words say what is destroyed: backups, logs, protection. */
const tool: Program = (call) => {
  note(call, 'spawn', call.line)
  return NOTHING
}

const forget: Program = (call) => {
  if (call.program === 'history' ? call.texts.some((text) => /^-[a-z]*c/.test(text)) : call.texts.some((text) => /^HIST(?:FILE|SIZE|FILESIZE)$/.test(text))) note(call, 'delete', HISTORY)
  for (const text of call.texts) call.variables.delete(text)
  return NOTHING
}

/** `truncate -s 0 file`. */
const truncate: Program = (call) => {
  for (const path of paths(call)) if (path.includes(UNKNOWN) || placeOf(path) !== null) note(call, 'delete', path)
  return NOTHING
}

const each = (names: string, program: Program): [string, Program][] => names.split(' ').map((name) => [name, program])

export const DESTROYING: readonly (readonly [string, Program])[] = [
  ...each('rm del erase rd rmdir rimraf unlink shred srm remove-item ri wipe del-cli', remove), ['dd', convert],
  ...each('mkfs mkfs.ext4 mkfs.ext3 mkfs.ext2 mkfs.xfs mkfs.btrfs mkfs.vfat mkswap format wipefs fdisk parted sgdisk blkdiscard diskpart', format),
  ...each('vssadmin wbadmin bcdedit wevtutil cipher chattr kill pkill killall taskkill stop-process', tool), ['unset', forget], ['history', forget], ['truncate', truncate],
]
