import { isBefore, isKin } from '../deed.ts'
import type { Deed } from '../deed.ts'
import { isAnybodys } from '../habits/hosts.ts'
import { baseOf } from '../habits/tools.ts'
import type { Scene } from '../scene.ts'
import { own, strangers } from './flow.ts'

/** A folder that a build has for itself below the temporary one, under a name that does not hide. */
const ROOT = /^\/(?:var\/)?tmp\/[^/.][^/]*\//
const SOURCE = /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|rs|go|f|f90|asm|pyx|m4|am|ac|cmake)$|\/(?:configure\.in|Makefile(?:\.in)?|CMakeLists\.txt|meson\.build)$/
/** Fewer are an example, or a pretext. */
const LEAST = 5
/** Whoever asks more often fetches more than sources. */
const MOST = 500
const COMPILERS: ReadonlySet<string> = new Set(['cc', 'rustc', 'go', 'cargo', 'fortran'])
/** What the GNU build system puts beside sources, and starts (Autoconf manual, "Configuring a package"). */
const HELPERS = /^(?:configure|config\.(?:guess|sub|status|rpath)|autogen(?:\.sh)?|bootstrap(?:\.sh)?|missing|depcomp|compile|install-sh|ltmain\.sh|libtool|mkinstalldirs|test-driver|ylwrap|ar-lib)$/
const COPIERS = /^(?:cp|mv|install|ginstall|ln|strip|objcopy)$/

/**
 * Whether what was written and then run is part of a source tree that was laid out and built where it lies, which is how packages bring
 * a program that may have to be compiled: sources beside it, a compiler at work among them, a script or what was compiled. What a
 * stranger was asked for before, or a place where anybody can put things, may be the stranger's, and is none.
 */
export function sourceTrees(scene: Scene): (written: Deed, ran: Deed) => boolean {
  const compiled = new Set(scene.deeds.filter(({ act, tool, whose }) => act.kind === 'exec' && act.done && whose === 'package' && tool !== null && COMPILERS.has(tool)).flatMap(({ pass, process }) => rootOf(pass, `${process?.cwd ?? ''}/`) ?? []))
  if (compiled.size === 0) return () => false
  const sources = new Map<string, Set<string>>()
  for (const { act, pass } of own(scene, 'write').filter(({ act }) => SOURCE.test(act.target))) {
    const root = rootOf(pass, act.target)
    if (root !== null && compiled.has(root)) sources.set(root, (sources.get(root) ?? new Set()).add(act.target))
  }
  const asked = [...strangers(scene), ...scene.excused.filter(({ host, trust }) => trust !== 'own' && trust !== 'release' && host !== null && isAnybodys(host))].filter(({ act }) => act.kind !== 'resolve')
  return (written, ran) => {
    const path = written.act.kind === 'rename' ? written.act.other ?? '' : written.act.target
    const root = rootOf(written.pass, path)
    return root !== null && (sources.get(root)?.size ?? 0) >= LEAST && !path.includes('/.') && (isScript(written, path) || COPIERS.test(baseOf(written.process?.program ?? '')))
      && asked.length <= MOST && !asked.some((one) => isBefore(one, ran) && isKin(one, ran))
  }
}

function rootOf(pass: string, path: string): string | null {
  const root = ROOT.exec(path)?.[0]
  return root === undefined ? null : `${pass} ${root}`
}

/** By its first bytes; where these were not seen, by its name. A program that came ready-made is none. */
const isScript = ({ act: { sample } }: Deed, path: string): boolean =>
  (sample !== undefined && sample.byteLength > 1 ? sample[0] === 0x23 && sample[1] === 0x21 : HELPERS.test(baseOf(path)))
