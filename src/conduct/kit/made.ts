import { MOST_CHANGES } from '../../sandbox/record.ts'
import type { Deed } from '../deed.ts'
import type { Scene } from '../scene.ts'
import { FEW, own } from './flow.ts'

/**
 * Whether a deed puts a module into a Python environment (PEP 405) that was made in this run, and so is nobody's yet. Its folder has to
 * be new, or to be gone again with all that was in it: who puts an environment's mark where something was before makes nothing new of
 * that. Where nobody looked at the disk, nothing is known to be new.
 */
export function environmentsMade(scene: Scene): (deed: Deed) => boolean {
  const marks = own(scene, 'write').filter(({ act: { target } }) => target.endsWith(MARK) && !LOOKED_AT.test(target))
  const folders = [...new Set(marks.map(({ act, pass }) => `${pass} ${act.target.slice(0, -MARK.length)}`))].slice(0, FEW)
  const whole = new Set(scene.phases.map(({ pass }) => pass).filter((pass) => scene.phases.every((phase) => phase.pass !== pass || phase.disk.length < MOST_CHANGES)))
  const roots = folders.filter((folder) => {
    const own = scene.disk.filter(({ pass, path }) => `${pass} ${path}` === folder)
    if (own.length > 0) return own[0]?.what === 'created' && own[0].kind === 'folder'
    return scene.phases.some(({ pass }) => whole.has(pass) && folder.startsWith(`${pass} `)) && !scene.disk.some(({ pass, path }) => `${pass} ${path}`.startsWith(`${folder}/`))
  })
  return ({ act, pass }) => roots.some((root) => {
    const path = `${pass} ${act.target}`
    return path.startsWith(`${root}/`) && MODULES.test(path.slice(root.length))
  })
}

const MARK = '/pyvenv.cfg'
const MODULES = /^\/(?:lib(?:64)?\/(?:python|pypy)[\d.]*|Lib)\//
/** Where interpreters look for modules whatever stands there. */
const LOOKED_AT = /^\/(?:(?:home\/[^/]+|root)\/(?:\.local\/)?|usr\/(?:local\/)?)?pyvenv\.cfg$/
