import type { Severity } from '../../core/types.ts'
import { isByCode } from '../kit/drivers.ts'
import { distinct, earliest, lineOf, programOf } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

/** What only those ask who want to know whether they are watched. */
const STRONG: readonly RegExp[] = [/^\/proc\/(?:self|\d+)\/status$/, /^\/proc\/1\/(?:comm|cmdline|environ|sched)$/, /^\/sys\/(?:class|devices\/virtual)\/dmi/, /^\/sys\/hypervisor/, /^\/proc\/scsi/, /vboxguest|vmware|qemu/i]
const PROGRAMS = /^(?:systemd-detect-virt|dmidecode|virt-what|lshw|imvirt|hostnamectl)$/
/** What many libraries ask in order to open a browser in the right way. */
const WEAK: readonly RegExp[] = [/^\/\.dockerenv$/, /^\/run\/\.containerenv$/, /^\/proc\/(?:self|1|\d+)\/(?:cgroup|mountinfo)$/, /^\/proc\/(?:cpuinfo|uptime|version)$/]
const TOOLS = /\b(?:ps|pgrep|tasklist)\b.*\b(?:strace|gdb|wireshark|tcpdump|frida|ida|procmon|fiddler)\b/i

/** It looked for signs of being watched. */
export const didDetectSandbox: Rule = {
  id: 'did-detect-sandbox',
  version: 3,
  why: ['Who behaves for those who watch has something else in mind for those who do not.'],
  judge(scene) {
    const all = distinct(scene.deeds.filter((deed) => deed.whose === 'package' && weight(deed) > 0))
    const first = earliest(all.toSorted((a, b) => weight(b) - weight(a)))
    const sum = all.reduce((total, deed) => total + weight(deed), 0)
    if (!first || sum < 2) return []
    // What a library says of the machine when it is asked to is its trade.
    const severity: Severity = first.phase === 'execute' ? 'low' : sum >= 6 ? 'high' : sum >= 4 ? 'medium' : 'low'
    return found({ detector: this.id, behaviour: 'evasion', severity, title: `${when(first)} looked for signs of being watched` },
      chain(scene.about, all.toSorted((a, b) => weight(b) - weight(a)).slice(0, 7).map((deed) => [deed, 'tells whether this is a real machine', 'source'] as const)))
  },
}

/** Interpreters read of themselves when they start; only a line of code counts there. */
function weight(deed: Deed): number {
  const { act } = deed
  if (act.kind === 'exec') return PROGRAMS.test(programOf(deed)) ? 2 : TOOLS.test(lineOf(deed)) ? 3 : 0
  if (act.kind === 'refused') return act.target.startsWith('ptrace') ? 3 : 0
  if (act.kind !== 'read' || !isByCode(act)) return 0
  return STRONG.some((path) => path.test(act.target)) ? 2 : WEAK.some((path) => path.test(act.target)) ? 1 : 0
}

