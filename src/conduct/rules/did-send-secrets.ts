import type { Behaviour, Severity } from '../../core/types.ts'
import type { HoneyHit } from '../../tracing/act.ts'
import { isNetwork } from '../deed.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'
import { FEW, distinct, earliest, lastBefore, own } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, decoys, when } from '../kit/telling.ts'

const KINDS: readonly (readonly [RegExp, Behaviour])[] = [
  [/wallet|seed|mnemonic|keystore|solana|ethereum|bitcoin/i, 'wallet-theft'], [/browser|cookie|login|chrome|firefox/i, 'browser-theft'], [/discord|telegram|slack|messenger/i, 'messenger-theft'],
]

/** Whose service a token is for: an SDK takes it there when it is called. */
const BELONGS: readonly (readonly [RegExp, RegExp])[] = [
  [/^aws/i, /\.amazonaws\.com$/], [/^(?:github|gh|git)/i, /^(?:api\.)?github\.com$/], [/^(?:google|gcp|gcloud)/i, /\.googleapis\.com$/], [/^openai/i, /^api\.openai\.com$/], [/^anthropic/i, /^api\.anthropic\.com$/],
  [/^slack/i, /(?:^|\.)slack\.com$/], [/^(?:azure)/i, /\.(?:azure|microsoftonline|windows)\.(?:com|net)$/], [/^(?:gitlab)/i, /^gitlab\.com$/], [/^(?:hf|huggingface)/i, /^huggingface\.co$/], [/^docker/i, /(?:^|\.)docker\.(?:com|io)$/],
]

const belongs = ({ host }: Deed, { token }: HoneyHit): boolean => BELONGS.some(([of, hosts]) => of.test(token) && hosts.test(host ?? ''))

/** A planted secret was found on its way out, whatever it was wrapped in: nothing is left to be guessed. */
export const didSendSecrets: Rule = {
  id: 'did-send-secrets',
  version: 2,
  why: ['A secret that was planted for nobody’s use was seen leaving: whoever gets it can act as its owner.', 'It was looked for in every encoding, so that it does not matter how it was hidden.'],
  judge(scene) {
    const all = scene.deeds.filter((deed) => isNetwork(deed) && (deed.act.honey?.length ?? 0) > 0 && deed.trust !== 'local')
    const first = earliest(all.toSorted((a, b) => Number(isLent(a)) - Number(isLent(b))))
    if (!first) return []
    const hits = all.flatMap(({ act }) => act.honey ?? [])
    const severity: Severity = !all.every(isLent) ? 'critical' : first.phase === 'execute' ? 'low' : 'high'
    const token = first.act.honey?.[0]?.token ?? ''
    const behaviour = KINDS.find(([kind]) => kind.test(token))?.[1] ?? 'credential-theft'
    const reads = [...own(scene, 'read').filter(({ place, act }) => place !== null || act.honey !== undefined), ...own(scene, 'environment').filter(({ act }) => act.target === '*' || SECRET.test(act.target))].toSorted((a, b) => a.order - b.order)
    const sinks = distinct([first, ...all.filter((one) => one !== first)], ({ act, host }) => `${host} ${act.by?.file} ${act.by?.line}`).slice(0, FEW)
    const source = lastBefore(reads, first)
    return found({
      detector: this.id, behaviour, severity, title: `${when(first)} sent ${decoys(hits.map((hit) => ({ ...hit, encodings: [] })))} to ${first.host}`,
    }, chain(scene.about, [...(source ? [[source, 'took it', 'source'] as const] : []), ...sinks.map((deed) => [deed, `sent ${decoys(deed.act.honey ?? [])} to ${deed.host}`, 'sink'] as const)]))
  },
}

const SECRET = /TOKEN|SECRET|PASS|KEY|AUTH/i
const isLent = (deed: Deed): boolean => (deed.act.honey ?? []).every((hit) => belongs(deed, hit))
