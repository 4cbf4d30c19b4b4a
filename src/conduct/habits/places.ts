import { placeOf } from '../../analysis/places.ts'
import type { PlaceKind } from '../../analysis/places.ts'
import { GIVEN } from '../../sandbox/plan/given.ts'
import type { Act } from '../../tracing/act.ts'
import type { Deed } from '../deed.ts'

/** Code and caches of packages and programs: names in there mean nothing by themselves. */
const CODE = /\/(?:node_modules|site-packages|dist-packages|_cacache|pkg\/mod|go-build[^/]*|__pycache__|\.cache\/(?:pip|go-build|uv|node-gyp|yarn|pnpm)|\.npm\/_(?:cacache|logs|prebuilds))(?:\/|$)/
const SYSTEM = /^\/(?:usr|lib|lib64|bin|sbin|opt|nix|snap)\//
/** What the C library, interpreters and build tools read of every machine. */
const ORDINARY = /^\/etc\/(?:passwd|group|hosts|host\.conf|resolv\.conf|nsswitch\.conf|gai\.conf|services|protocols|localtime|ld\.so\.(?:cache|preload)|ssl\/|ca-certificates|pki\/|os-release|mime\.types|alternatives\/)/
const DEVICES = /^\/dev\/(?:null|zero|u?random|tty|pts\/|fd\/|std(?:in|out|err)|ptmx)/
/** Settings of a project that libraries read wherever they are loaded. */
const SETTINGS = /^\/(?:home\/[^/]+|root)\/.+\/\.(?:npmrc|yarnrc(?:\.yml)?|pypirc)$|\/[\w.-]{0,40}\.env(?:\.\w{1,20})?$|\/\.gitconfig$|\/\.config\/git\/|\/\.terraform\.d\//
/** Python obeys these only where it looks for modules. */
const START = /^(?:\/etc\/ld\.so\.preload|.*\/(?:(?:site|dist)-packages|python3(?:\.\d+)?)\/(?:sitecustomize\.py|usercustomize\.py|[^/]+\.pth))$/

const CALLERS = new RegExp(`^/home/[^/]+/.+/${GIVEN.folder}(?:/|$)`)

/** Functions are called with it: what becomes of it then is what they were called for. */
export const isCallersFile = ({ act, phase }: Pick<Deed, 'act' | 'phase'>): boolean => phase === 'execute' && CALLERS.test(act.target)

/** What kind of place a file act touches, as paths of a machine are, not as code spells them; null: nothing special. */
export function placeTouched({ kind, target }: Pick<Act, 'kind' | 'target'>): PlaceKind | null {
  if (DEVICES.test(target)) return null
  if (kind === 'read') {
    if (CODE.test(target) || SYSTEM.test(target) || ORDINARY.test(target) || SETTINGS.test(target)) return null
    return placeOf(target)
  }
  if (START.test(target)) return 'autostart'
  if (CODE.test(target)) return 'package-code'
  return SYSTEM.test(target) ? 'system' : placeOf(target)
}
