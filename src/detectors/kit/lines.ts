import type { UnpackedPackage } from '../../core/types.ts'

/** File and line of a text in the package's manifest; line 1 of the manifest when it is spelled otherwise there. */
export function lineOf(pkg: UnpackedPackage, text: string): { file: string; lines: [number, number] } {
  const file = pkg.manifest.file ?? ''
  const bytes = pkg.files.get(file)?.bytes
  if (!bytes) return { file, lines: [0, 0] }
  const content = new TextDecoder().decode(bytes)
  const at = content.indexOf(text)
  if (at < 0) return { file, lines: [1, 1] }
  let line = 1
  for (let next = content.indexOf('\n'); next >= 0 && next < at; next = content.indexOf('\n', next + 1)) line++
  return { file, lines: [line, line] }
}
