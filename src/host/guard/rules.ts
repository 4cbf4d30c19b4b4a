import type { Act } from '../../tracing/act.ts'
import type { Severity } from '../../core/types.ts'
import { isLasting, isNeeded, isSecret } from './places.ts'
import { Crowd } from './alarm.ts'
import type { Alarm, Judge } from './alarm.ts'
import type { Followed } from '../watch/followed.ts'

const METADATA = /^(?:169\.254\.16[79]\.\d+|169\.254\.170\.2|100\.100\.100\.200|\[fd00:ec2::254\]):/
const MOST_TOLD = 5_000

/**
 * What no install has a reason to do, whoever does it. Each thing is told once for a package, and again when it is graver: a loop over a
 * folder is no crowd of alarms, and no crowd hides what comes after it.
 */
export class Rules implements Judge {
  readonly #told = new Set<string>()
  readonly #crowd = new Crowd(MOST_TOLD)

  see(act: Act, by: Followed): readonly Alarm[] {
    const found = this.#rule(act, by)
    if (found === null) return []
    const key = `${found.rule} ${found.severity} ${by.package?.name ?? by.program} ${act.target}`
    if (this.#told.has(key) || !this.#crowd.admits(found.severity)) return []
    this.#told.add(key)
    return [{ ...found, act, by }]
  }

  #rule(act: Act, by: Followed): { rule: string; severity: Severity; says: string } | null {
    const honey = act.honey?.[0]
    if (honey) return { rule: 'decoy-sent', severity: 'critical', says: `hands on the planted ${honey.token} (${act.kind} ${act.target})` }
    switch (act.kind) {
      case 'read': {
        const kind = isSecret(act.target)
        if (kind === null || isNeeded(act.target, by)) return null
        return { rule: 'reads-secrets', severity: act.done ? 'high' : 'medium', says: `${act.done ? 'reads' : 'looks for'} ${act.target} (${WORDS[kind] ?? kind})` }
      }
      case 'write': case 'rename': case 'link': {
        const path = act.kind === 'rename' ? act.other ?? act.target : act.target
        const kind = act.done ? isLasting(path) : null
        return kind === null ? null : { rule: 'stays', severity: 'high', says: `${act.kind === 'link' ? 'links' : 'writes'} ${path} (${WORDS[kind] ?? kind})` }
      }
      case 'connect': case 'send':
        return METADATA.test(act.target) ? { rule: 'metadata-service', severity: 'critical', says: `asks the cloud's metadata service at ${act.target}` } : null
      case 'inject': return { rule: 'reaches-into-processes', severity: 'high', says: `reaches into process ${act.target}` }
      case 'memory': return act.target.includes('memfd:') || /\/fd\//.test(act.target) ? { rule: 'runs-from-memory', severity: 'high', says: `runs a program that is in no file (${act.target})` } : null
      default: return null
    }
  }
}

const WORDS: Readonly<Record<string, string>> = {
  credentials: 'credentials', 'ssh-keys': 'SSH keys', wallet: 'a wallet', browser: 'a browser\'s data', messenger: 'a messenger\'s data', history: 'a history of commands', cloud: 'the cloud\'s credentials',
  'shell-startup': 'runs with every shell', autostart: 'runs by itself', assistant: 'instructions for an assistant', ci: 'runs in CI', 'app-code': 'the code of an application',
}
