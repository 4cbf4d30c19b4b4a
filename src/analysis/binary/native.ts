import { readElf } from './elf.ts'
import type { NativeFacts } from './facts.ts'
import { machOf, readMach } from './mach.ts'
import { isPe, readPe } from './pe.ts'
import type { Problems } from './reading.ts'

/** Reads an ELF, PE or Mach-O file, without its text; null when it is none. Never throws. */
export function readNative(bytes: Uint8Array, problems: Problems): NativeFacts | null {
  const read = readerOf(bytes)
  if (!read) return null
  const facts = read(bytes, problems)
  const loader = loaderOf(facts)
  return { ...facts, kind: facts.kind === 'object' ? facts.kind : loader ?? facts.kind, marks: [...(loader ? ['addon'] : []), ...facts.marks] }
}

function readerOf(bytes: Uint8Array): ((bytes: Uint8Array, problems: Problems) => NativeFacts) | null {
  if (bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46) return readElf
  if (isPe(bytes)) return readPe
  return machOf(bytes) ? readMach : null
}

/** Who loads it, by the entry that it offers: both interpreters call a function of a fixed name. */
function loaderOf({ exports, imports }: NativeFacts): string | null {
  if (exports.some((name) => /^PyInit_|^PyInitU_/.test(name))) return 'python extension'
  if (exports.some((name) => /^init\w/.test(name)) && imports.some((name) => name.startsWith('Py_InitModule'))) return 'python extension'
  if (exports.some((name) => /^napi_register_module_v\d+$|^node_register_module_v\d+$/.test(name))) return 'node addon'
  if (imports.some((name) => name === 'napi_module_register' || name === 'node_module_register')) return 'node addon'
  return null
}
