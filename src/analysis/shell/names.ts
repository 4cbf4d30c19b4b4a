export type Interpreter = 'javascript' | 'python' | 'shell' | 'powershell' | 'other'

/** Programs that run code they are given. */
export const INTERPRETERS: ReadonlyMap<string, Interpreter> = new Map([
  ...['node', 'nodejs', 'bun', 'deno', 'tsx', 'ts-node', 'electron'].map((name) => [name, 'javascript'] as const),
  ...['python', 'python2', 'python3', 'py', 'pythonw', 'pypy', 'pypy3'].map((name) => [name, 'python'] as const),
  ...['sh', 'bash', 'zsh', 'dash', 'ksh', 'ash', 'fish', 'cmd', '.', 'source', 'rbash', 'csh', 'tcsh', 'mksh'].map((name) => [name, 'shell'] as const),
  ...['powershell', 'pwsh'].map((name) => [name, 'powershell'] as const),
  ...['perl', 'ruby', 'php', 'lua', 'osascript', 'wscript', 'cscript', 'awk', 'gawk', 'mawk', 'tclsh', 'expect', 'groovy', 'gdb'].map((name) => [name, 'other'] as const),
])

export const isShell = (program: string): boolean => {
  const language = INTERPRETERS.get(program)
  return language === 'shell' || language === 'powershell'
}

/** `C:\\x\\Python3.EXE`, `/usr/bin/python3.11` → `python3`. */
export function programName(word: string): string {
  const last = word.slice(-300).split(/[\\/]/).at(-1) ?? word
  const name = (last === '' ? word.slice(0, 300) : last).toLowerCase().replace(/\.(?:exe|cmd|bat|com)$/, '')
  return /^python[23]?\.\d+$/.test(name) ? 'python3' : name
}
