import { isBefore, isKin, isNetwork, isSending, isStrange } from '../deed.ts'
import type { Deed } from '../deed.ts'
import type { Scene } from '../scene.ts'
import { INTERPRETERS, SHELLS } from './programs.ts'

/** So many of a kind are looked at for what goes with them: chains are pairs. */
export const FEW = 60

/** What the package itself did, or had a tool do. */
export const own = ({ deeds }: Scene, ...kinds: readonly Deed['act']['kind'][]): Deed[] => deeds.filter(({ act, whose }) => whose === 'package' && kinds.includes(act.kind))

/** Bytes that went, or were meant to go, to somebody else. */
export function strangers(scene: Scene): readonly Deed[] {
  const known = STRANGERS.get(scene)
  if (known) return known
  const found = scene.deeds.filter((deed) => deed.whose === 'package' && isNetwork(deed) && isStrange(deed) && deed.place !== 'cloud')
  STRANGERS.set(scene, found)
  return found
}

/** Most rules ask. */
const STRANGERS = new WeakMap<Scene, readonly Deed[]>()

/** The first that speaks to a stranger after it and belongs to it. Asking for a name counts only where nothing else follows. */
function sentAfter(all: readonly Deed[], deed: Deed): Deed | null {
  const after = all.filter((one) => isBefore(deed, one) && isKin(deed, one))
  return after.find((one) => one.act.kind === 'request' || one.act.kind === 'send') ?? after.find(isSending) ?? after[0] ?? null
}

/** The last of some before a deed, of the same kin. */
export const lastBefore = (deeds: readonly Deed[], deed: Deed): Deed | null => deeds.findLast((one) => isBefore(one, deed) && isKin(one, deed)) ?? null

/** Each once by what it touched. */
export function distinct(deeds: readonly Deed[], key: (deed: Deed) => string = ({ act }) => act.target): Deed[] {
  const seen = new Map<string, Deed>()
  for (const deed of deeds) {
    const known = seen.get(key(deed))
    // A line of the package says more than none.
    if (!known || known.act.by === null && deed.act.by !== null) seen.set(key(deed), deed)
  }
  return [...seen.values()]
}

/** What an exec was told, as one line. */
export const lineOf = ({ act }: Deed): string => (act.argv ?? [act.target]).join(' ').slice(0, 4000)

/** The program, without its folder; what `env`, `sudo`, `nohup` and their like start is the program. */
export function programOf({ act }: Deed): string {
  const words = act.argv && act.argv.length > 0 ? act.argv : [act.target]
  const [first = ''] = words
  const own = first.slice(first.lastIndexOf('/') + 1)
  return (own === 'busybox' ? words[1] ?? own : own).toLowerCase().replace(/\.exe$/, '')
}

/** Grave by moment: the worst of them comes first. */
const MOMENTS = { install: 0, import: 1, execute: 2 } as const
export const earliest = (deeds: readonly Deed[]): Deed | undefined => deeds.toSorted((a, b) => MOMENTS[a.phase] - MOMENTS[b.phase] || Number(a.act.by === null) - Number(b.act.by === null) || a.order - b.order)[0]

/** The first of some, of which only so many are tried, after which a stranger is spoken to. */
export function firstSent(scene: Scene, deeds: readonly Deed[], counts: (sent: Deed) => boolean = () => true, to: readonly Deed[] = strangers(scene)): { deed: Deed; sent: Deed } | null {
  for (const deed of deeds.slice(0, FEW)) {
    const sent = sentAfter(to, deed)
    if (sent && counts(sent)) return { deed, sent }
  }
  return null
}

/**
 * What an interpreter may have been told to run: all up to its first argument that is neither an option nor, for all that is known here,
 * what an option takes. What comes behind is the script's own business.
 */
function scriptsOf(argv: readonly string[], program: string): string[] {
  const isOption = (word = ''): boolean => word.startsWith('-') || word.startsWith('+')
  const isScript = (word: string, before = ''): boolean => !isOption(word) && (!isOption(before) || TAKES_NOTHING.test(before))
  const at = SCRIPT_FIRST.test(program) ? argv.findIndex((word, index) => index > 0 && isScript(word, index === 1 ? '' : argv[index - 1])) : -1
  return argv.slice(1, at < 0 ? 64 : at + 1).map((word) => word.replace(/^--(?:require|import|loader)=/, ''))
}
/** Others have commands of their own before it (`deno run`). */
const SCRIPT_FIRST = /^(?:node|nodejs|python[\d.]*|sh|bash|dash|zsh|ksh|ash)$/
/** Of these programs. Behind code on the command line (`-c`, `-e`) comes what that code may run. */
const TAKES_NOTHING = /^(?:-[uBsSEvxqiln]+|--|--no-[\w-]+|--(?:expose[-_]gc|enable-source-maps|experimental-(?:strip-types|vm-modules)|trace-(?:warnings|deprecation|uncaught)|[\w-]+=.*))$/

/** The file itself is started, or handed to an interpreter. */
export function starts(run: Deed, path: string): boolean {
  if (path.length < 3) return false
  const argv = run.act.argv ?? []
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (run.act.target === path || argv[0] === path) return true
  if (!INTERPRETERS.has(programOf(run)) && !SHELLS.has(programOf(run))) return false
  return scriptsOf(argv, programOf(run)).some((word) => word === path || word === name || word === `./${name}`)
}
