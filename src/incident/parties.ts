import type { FormId } from './tickets/forms.ts'
import type { Party, PartyKind, TargetType } from './tickets/matter.ts'
import type { TargetFacts } from './matter-of.ts'

/** Networks that stand in front of others and say so: the host is behind them. By words of the network's name. */
const FRONTS: readonly { sign: RegExp; form: FormId | null }[] = [
  { sign: /\bcloudflare\b/i, form: 'cloudflare' }, { sign: /\b(?:fastly|akamai|cloudfront|bunny(?:cdn)?|imperva|incapsula|stackpath|cdn77|gcore)\b/i, form: null },
]

/** Whoever can end a target, as far as it is known, and what is not. Pure. */
export function partiesFor({ type, value }: { type: TargetType; value: string }, facts: TargetFacts | null): { parties: { party: Party; form: FormId | null }[]; missing: string[] } {
  const party = (kind: PartyKind, name: string, contact: string | null, form: FormId | null = null) => ({ form, party: { kind, name, contact, form: null, mayReachSuspect: kind !== 'package-registry' && kind !== 'cert' } })
  if (type === 'package') {
    const ecosystem = value.slice(0, value.indexOf(':'))
    return { parties: [party('package-registry', `the ${ecosystem} registry`, null, ecosystem === 'pypi' ? 'pypi' : ecosystem === 'npm' ? 'npm' : 'generic')], missing: [] }
  }
  if (type === 'webhook' || type === 'account' || type === 'repository') {
    const host = URL.canParse(value) ? new URL(value).hostname : value
    return { parties: [party(type === 'webhook' ? 'service' : 'code-host', host, null, 'generic')], missing: [`the abuse form of ${host}`] }
  }
  const registrar = facts?.registrar ?? null
  const network = facts?.network ?? null
  const front = network && FRONTS.find(({ sign }) => sign.test(network.name))
  return {
    parties: [
      ...(registrar && type !== 'ip' ? [party('registrar', registrar.name, registrar.abuse)] : []),
      ...(network ? [party(front ? 'cdn' : 'host', network.name, network.abuse, front?.form ?? null)] : []),
    ],
    missing: [
      ...(type !== 'ip' && registrar === null ? ['the registrar: RDAP did not tell it'] : []), ...(registrar && registrar.abuse === null ? [`the abuse mailbox of ${registrar.name}`] : []),
      ...(network === null ? ['the hosting network'] : []), ...(network && network.abuse === null && !front ? [`the abuse mailbox of ${network.name}`] : []),
    ],
  }
}
