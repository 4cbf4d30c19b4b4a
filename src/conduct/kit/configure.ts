import type { Deed } from '../deed.ts'
import { baseOf } from '../habits/tools.ts'
import type { Scene } from '../scene.ts'
import { own } from './flow.ts'

/** Scripts that the GNU build system starts to learn what machine it builds for; they write others, and remove these. */
const SCRIPT = /^(?:configure|config\.(?:guess|sub|status))$/

/** What such a script makes for itself, by its name. */
export const isTemporary = (path: string): boolean => /\/(?:config\.(?:status|lt|log)|libtool|conf(?:test|\d+)[^/]*)$/.test(path)

/** Whether a deed was done by such a script or what it started. What it sends, reads and leaves behind is judged as anybody's. */
export function configuring(scene: Scene): (deed: Deed) => boolean {
  const at = ({ pass, during }: Deed, pid: number): string => `${pass} ${during} ${pid}`
  const scripts = new Set(own(scene, 'exec').filter(({ act }) => (act.argv ?? [act.target]).slice(0, 3).some((word) => SCRIPT.test(baseOf(word)))).map((deed) => at(deed, deed.act.pid)))
  return (deed) => scripts.size > 0 && deed.line.some((pid) => scripts.has(at(deed, pid)))
}
