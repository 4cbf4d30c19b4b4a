import type { PackageFile } from '../core/types.ts'
import type { Language } from './desk.ts'
import { firstLineOf } from './source.ts'

const ENDINGS: ReadonlyMap<string, Language | 'gyp' | 'pth'> = new Map([
  ...['js', 'cjs', 'mjs', 'jsx', 'ts', 'cts', 'mts', 'tsx'].map((ending) => [ending, 'javascript'] as const),
  ...['sh', 'bash', 'zsh', 'bat', 'cmd', 'ps1', 'psm1'].map((ending) => [ending, 'shell'] as const),
  ['py', 'python'], ['pyw', 'python'], ['pyx', 'python'], ['go', 'go'], ['gyp', 'gyp'], ['gypi', 'gyp'], ['pth', 'pth'],
])

/** The language a file is read as: by its name, by what runs it, or by its first line. */
export function languageOf(file: PackageFile, asked: Language | null): Language | 'gyp' | 'pth' | null {
  const ending = /\.(\w+)$/.exec(file.path)?.[1]?.toLowerCase() ?? ''
  const byEnding = ENDINGS.get(ending)
  if (byEnding) return byEnding
  if (asked) return asked
  if (ending !== '' && !/^(?:txt|dat|bin|in|tpl)$/.test(ending)) return null
  const shebang = /^#!(?:\S*[/ ])?(node|bun|deno|python[\d.]*|sh|bash|dash|zsh)\b/.exec(firstLineOf(file).slice(0, 200))?.[1]
  return shebang === undefined ? null : shebang.startsWith('python') ? 'python' : shebang.endsWith('sh') ? 'shell' : 'javascript'
}

/** Code words of a language, to tell which one a decoded text is written in; null: it does not look like code. */
export function languageIn(text: string): Language | null {
  const head = text.slice(0, 20_000)
  if (/(?:^|\n)\s*(?:import \w|from [\w.]+ import |def \w+\(|class \w+[(:]|exec\(|print ?\(|with open\()/.test(head) && !/[;{]\s*(?:\n|$)/.test(head.slice(0, 2000))) return 'python'
  if (/\b(?:require\s*\(|const |let |var |function\b|=>|process\.|new Function|eval\(|module\.exports|globalThis)/.test(head)) return 'javascript'
  if (/(?:^|\n)\s*(?:import [\w.]+|from [\w.]+ import |__import__\(|exec\(|lambda )/.test(head)) return 'python'
  if (/(?:^#!\/|\b(?:curl|wget|bash|sh|powershell|chmod|nc|sudo|cmd(?:\.exe)?) (?:-|\/|https?:|\w))/.test(head)) return 'shell'
  return null
}
