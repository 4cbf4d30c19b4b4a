import type { Action, Facts, Origin } from '../../analysis/facts.ts'
import { carrying } from './chains.ts'

/** Programs that fetch what they install, and run it. */
const INSTALLERS = new Set([
  'npm', 'pnpm', 'yarn', 'npx', 'pnpx', 'bunx', 'bun', 'pip', 'pip2', 'pip3', 'pipx', 'uv', 'uvx', 'easy_install', 'conda', 'mamba', 'poetry', 'gem', 'cargo', 'go',
  'apt', 'apt-get', 'apk', 'dnf', 'yum', 'pacman', 'zypper', 'brew', 'choco', 'winget', 'scoop', 'snap', 'install-module', 'install-package', 'cpan', 'composer', 'luarocks',
])

/** Whether a package manager is the one that runs something. */
export const isInstaller = ({ call }: Action): boolean => INSTALLERS.has(call)

const RUNS = ['execute', 'spawn', 'load'] as const

/**
 * What runs data of such an origin: as code, as a program, or by the name of a file that was written with it before.
 * `git checkout …` with a fetched version runs git, and is not among them; nor is what a package manager installs.
 */
export function running(facts: Facts, origin: Origin): Action[] {
  const direct = carrying(facts.actions, RUNS, [origin]).filter((run) => startsData(run, facts))
  const written = facts.actions.filter((action) => action.kind === 'write' && action.from.includes(origin) && action.argument !== null && (/[\\/]/.test(action.argument) || PROGRAM.test(action.argument)))
  const named = written.length === 0 ? [] : facts.actions.flatMap((run) => {
    const file = run.kind === 'spawn' && run.from.length === 0 ? startedFile(run) : null
    const write = file === null ? undefined : written.find(({ argument }) => argument === file || PROGRAM.test(file) && sameFile(file, argument ?? ''))
    return write ? [{ ...run, from: write.from, path: write.path }] : []
  })
  const cloned = written.filter(({ call }) => CLONES.test(call))
  const inside = cloned.length === 0 ? [] : facts.actions.flatMap((run) => {
    const file = run.kind === 'spawn' && run.from.length === 0 ? startedFile(run) : null
    const write = file === null || !SCRIPT.test(file) || /[\\/]/.test(file) ? undefined : cloned.find((one) => one.file === run.file && one.trigger.kind === run.trigger.kind)
    return write ? [{ ...run, from: write.from, path: write.path }] : []
  })
  return [...direct, ...named, ...inside].filter((run) => !isInstaller(run) && (origin !== 'decoded' || wasHidden(run)))
}

/**
 * Whether what is run was hidden. What a function of the package makes of constants may be a decoder's work or a code
 * generator's: it counts when it is run whole, not as a part of something else.
 */
export function wasHidden({ argument, path }: Action): boolean {
  const steps = path.filter(({ kind }) => kind === 'decode')
  return steps.length === 0 || steps.some((step) => !EVALUATES.test(step.call) && !PICKLES.test(step.call) && (!OWN.test(step.call) || CODECS.test(step.call) || step.argument !== null && argument !== null && argument.startsWith(step.argument.slice(0, 100))))
}

/** What runs a text as code of its own language. */
export const EVALUATES = /^(?!(?:child_process|shelljs)\.)(?:.*\.)?(?:eval|exec|_?compile|(?:Async|Generator)?Function|constructor|spec_from_loader|run_path|runIn\w+|Script)$/
/** Objects on their way between processes. */
const PICKLES = /(?:pickle|dill)\.loads?$/i
const OWN = /^[\w$]+$/
const CODECS = /^(?:atob|unescape|base64|xxd|openssl|gunzip|zcat|printf|echo|tr|rev|chr|unichr)$/

/** The file that was written with such data and is started now. */
export function writtenBefore(run: Action, { actions }: Facts): Action | null {
  const file = startedFile(run)
  if (file === null) return null
  return actions.find(({ kind, argument, from }) => kind === 'write' && argument !== null && from.some((origin) => run.from.includes(origin)) && sameFile(file, argument)) ?? null
}

/** What is started by its bare name after a repository was fetched is out of that. */
const CLONES = /^git\.Repo\.clone_from$/
const STARTS = /^(?:child_process|os|subprocess|commands|asyncio|shelljs)\./
const LOADS = /(?:^|\.)(?:require|_load|__import__|import_module|getBuiltinModule)$/
/** Shows a page or a document to a person. */
const OPENS = /^(?:webbrowser\.\w+|xdg-open)$/
const SYSTEM = /^(?:\/usr(?:\/local)?)?\/s?bin\/|^[A-Z]:\\Windows\\System32\\/i
const PROGRAM = /\.(?:exe|com|bat|cmd|scr|msi|bin|elf|out|sh|ps1|py|js|cjs|mjs|vbs)$/i
const SCRIPT = /\.(?:pyw?|sh|bat|cmd|ps1|vbs|[cm]?js)$/i
const INTERPRETER = /^(?:\S*[\\/])?(?:node|nodejs|deno|python[\d.]*(?:\.exe)?|pythonw(?:\.exe)?|py|ba?sh|zsh|dash|perl|ruby|java|wscript|cscript|mshta|cmd(?:\.exe)?|powershell(?:\.exe)?|pwsh|start|open|nohup|sudo|env)$/i

function startsData(run: Action, facts: Facts): boolean {
  if (OPENS.test(run.call) || run.path.length > 0 && run.path.every(({ kind, call, argument }) => kind === 'fetch' && call === 'git' && argument === null)) return false
  const file = startedFile(run)
  // A module that is chosen by what came in is one that is there already; so is a script of the package.
  if (LOADS.test(run.call) || file?.startsWith('<package>')) return writtenBefore(run, facts) !== null
  if (run.argument === null || run.argument === '') return true
  const known = run.kind === 'execute' && run.from.includes('fetched') && !run.argument.includes('…')
  // A text that stands in the package did not come over the network, whatever else may be run in its place.
  if (known && EVALUATES.test(run.call)) return false
  if (run.kind !== 'spawn' && !(known && STARTS.test(run.call))) return true
  const [program = ''] = wordsOf(run.argument)
  return program.startsWith('…') || (/[\\/]/.test(program) || PROGRAM.test(program)) && !SYSTEM.test(program) || writtenBefore(run, facts) !== null
}

/** The program that a command line starts, or the script that it has an interpreter run. */
export function startedFile({ argument }: Action): string | null {
  if (argument === null) return null
  const words = wordsOf(argument)
  // An interpreter whose name is not known.
  if (words[0] === '…' && words.length > 1) return words.find((word) => SCRIPT.test(word)) ?? '…'
  const file = words.find((word, index) => !INTERPRETER.test(word) && !(index > 0 && /^(?:-|\/[a-z]$)/i.test(word)))
  return file === words[0] || INTERPRETER.test(words[0] ?? '') ? file ?? null : null
}

const wordsOf = (line: string): string[] => [...line.slice(0, 500).matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')

/** Folders are often put together in two ways; a name of its own says enough. */
export function sameFile(a: string, b: string): boolean {
  const name = baseOf(a)
  return name.length > 3 && !name.includes('…') && name === baseOf(b) || a === b && a.replace(/[…\\/.]/g, '').length > 3
}

const baseOf = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
