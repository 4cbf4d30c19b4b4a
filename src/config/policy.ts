import { createHash } from 'node:crypto'
import { sentence } from '../core/errors.ts'
import type { SandboxPolicy } from '../core/cascade.ts'
import type { Policy, PrivateName, Rule } from '../core/policy.ts'
import type { EcosystemId } from '../core/types.ts'
import { canonicalPattern, ECOSYSTEMS } from './packages.ts'
import type { Canonical } from './packages.ts'
import type { Complaint } from './problems.ts'
import type { Document } from './schema.ts'

type RuleDocument = Document['policy']['deny'][number] & { lifts?: Rule['lifts'] }

export interface PolicyContext {
  /** Whether packages are run at all. */
  runs: boolean
  canonical: Canonical
  now: Date
  complain(complaint: Complaint): void
  warn(path: readonly PropertyKey[], message: string): void
}

/** The policy of a valid document. `id` is a hash of what it says, so that equal policies have equal ids. */
export function policyOf(document: Document['policy'], context: PolicyContext): Policy {
  const { runs } = context
  const content: Omit<Policy, 'id'> = {
    mode: document.mode,
    minimumAge: document.minimum_age,
    suspicious: document.suspicious,
    undetermined: document.undetermined,
    suspected: document.suspected,
    removedUpstream: document.removed_upstream,
    quarantinedUpstream: document.quarantined_upstream,
    reports: { youngerThan: document.reports.younger_than, observers: document.reports.observers, trusted: document.reports.trusted },
    allow: rules('allow', document.allow, context),
    deny: rules('deny', document.deny, context),
    private: ECOSYSTEMS.flatMap((ecosystem) => privateNames(ecosystem, document.private[ecosystem], context)),
    ...(runs ? { sandbox: sandboxPolicyOf(document.sandbox) } : {}),
    advisories: { holdFrom: document.advisories.hold_from === 'none' ? null : document.advisories.hold_from },
  }
  return { id: createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12), ...content }
}

const sandboxPolicyOf = ({ new_hooks: newHooks, first_hooks: firstHooks, ...rest }: Document['policy']['sandbox']): SandboxPolicy => ({ ...rest, newHooks, firstHooks })

function rules(list: 'allow' | 'deny', documents: readonly RuleDocument[], context: PolicyContext): Rule[] {
  return documents.map((rule, index) => {
    const path = ['policy', list, index]
    const { ecosystem, name, version } = rule.package
    const expires = rule.expires ?? null
    if (expires && expires <= context.now) {
      context.warn([...path, 'expires'], `the ${list} rule for ${ecosystem}:${name} expired at ${expires.toISOString()} and has no effect`)
    }
    return {
      ecosystem,
      name: canonical(ecosystem, name, [...path, 'package'], context),
      versions: [...(version === null ? [] : [version]), ...rule.versions],
      lifts: rule.lifts ?? [],
      because: rule.because.replace(/\s+/g, ' '),
      expires,
    }
  })
}

function privateNames(ecosystem: EcosystemId, entries: Document['policy']['private']['npm'], context: PolicyContext): PrivateName[] {
  return entries.flatMap((entry, index) => entry.names.map((name, position) => ({
    ecosystem,
    pattern: canonical(ecosystem, ecosystem === 'go' ? name.replace(/\/+$/, '') : name, ['policy', 'private', ecosystem, index, 'names', position], context),
    ...(ecosystem === 'go' ? { paths: true as const } : {}),
    registry: entry.registry ?? null,
  })))
}

function canonical(ecosystem: EcosystemId, name: string, path: readonly PropertyKey[], context: PolicyContext): string {
  try {
    return canonicalPattern(context.canonical, ecosystem, name)
  } catch (thrown) {
    context.complain({ path, message: `${name.slice(0, 100)} is no ${ecosystem} name: ${sentence(thrown)}`, remedy: 'write the name as the registry does' })
    return name
  }
}
