import type { Severity } from '../../core/types.ts'
import { distinct, earliest, lineOf, own } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { About } from '../about.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

const FILES = /^\/(?:home\/[^/]+|root)\/(?:\.npmrc|\.yarnrc(?:\.yml)?|\.pypirc|\.netrc|\.gitconfig|\.config\/(?:pip\/pip\.conf|git\/config|go\/env)|\.pip\/pip\.conf|\.ssh\/config|\.aws\/config|\.docker\/config\.json|\.cargo\/config(?:\.toml)?)$|^\/etc\/(?:hosts|resolv\.conf|sudoers(?:\.d\/.*)?|pip\.conf|npmrc|passwd|shadow)$/
const COMMANDS = /\b(?:npm|pnpm|yarn)\b.*\bconfig\s+set\b|\bpip[\d.]*\b.*\bconfig\s+set\b|\bgit\s+config\s+(?:\S+\s+)*?--(?:global|system)\b|\bgo\s+env\s+-w\b/

/** Where packages come from, who may log in and what names mean was changed for the user. */
export const didChangeSettings: Rule = {
  id: 'did-change-settings',
  version: 3,
  why: ['Whoever changes where packages come from decides what is installed next, with nobody looking.'],
  judge(scene) {
    const all = distinct([...own(scene, 'write', 'rename', 'delete').filter(({ act, tool }) => FILES.test(act.target) && tool === null), ...own(scene, 'exec').filter((deed) => COMMANDS.test(lineOf(deed)))])
    const first = earliest(all)
    if (!first) return []
    const severity: Severity = first.phase !== 'execute' ? 'high' : all.some((deed) => !isOwn(deed, scene.about) && DECIDES.test(lineOf(deed))) ? 'medium' : 'low'
    return found({ detector: this.id, behaviour: 'persistence', severity, title: `${when(first)} ${first.act.done ? 'changed' : 'tried to change'} settings of the user` },
      chain(scene.about, all.slice(0, 6).map((deed) => [deed, 'changes settings of the user', 'sink'] as const)))
  },
}

/** Where packages come from, what names mean and who may log in: nobody calls a function for that. Git's settings and the like are what functions are called for. */
const DECIDES = /^\/etc\/|^\/\S*\/(?:\.npmrc|\.yarnrc(?:\.yml)?|pip\.conf|\.config\/go\/env|\.ssh\/config|\.cargo\/config(?:\.toml)?)$|\b(?:registry|index-url|proxy|goproxy|gosumdb|cafile|strict-ssl|trusted-host|insteadof|hookspath|sshcommand)\b/i

/** A client's own settings, in the folder that is called as it is, changed when it is used. */
const isOwn = ({ act }: Deed, { ref: { name } }: About): boolean => act.kind !== 'exec' && new RegExp(`^/(?:home/[^/]+|root)/\\.(?:config/|(?!config/))${RegExp.escape(name)}/`).test(act.target)
