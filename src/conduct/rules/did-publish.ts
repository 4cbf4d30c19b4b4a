import type { Severity } from '../../core/types.ts'
import { withoutCallersUrls } from '../habits/hosts.ts'
import { printable } from '../kit/decoded.ts'
import { distinct, lineOf, own } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

const PUBLISHES = /\b(?:npm|pnpm|yarn|bun)(?:-cli\.js|\.js|\.cjs)?\s+(?:\S+\s+)*?publish\b|\btwine\b.*\bupload\b|\bpoetry\b\s+publish\b|\buv\b\s+publish\b|\bcargo\s+publish\b|\bgem\s+push\b|\bgit\s+(?:\S+\s+)*?push\b|\bgh\s+(?:repo\s+create|workflow\s+run|secret)\b/
const ASKS = /\b(?:npm|pnpm|yarn)(?:-cli\.js|\.js|\.cjs)?\s+(?:\S+\s+)*?(?:whoami|token\s+(?:list|create)|owner|access|profile)\b|\bgh\s+auth\b/
const WHO = /\/-\/(?:whoami|npm\/v1\/(?:tokens|user)|user\/|org\/)|[?&]text=maintainer:/
const CODE_HOST = /^(?:api\.)?(?:github|gitlab|bitbucket)\.(?:com|org)$/

/** Code of the package spoke to a registry or code host as its user: to publish, or to learn what may be published. */
export const didPublish: Rule = {
  id: 'did-publish',
  version: 4,
  why: ['A package that publishes packages with the keys it finds spreads by itself, and its victims look like its authors.'],
  judge(scene) {
    const all = distinct([...own(scene, 'request').filter((deed) => publishes(deed) || asks(deed)), ...own(scene, 'exec').filter((deed) => !/^(?:sh|bash|dash)$/.test((deed.act.argv?.[0] ?? '').replace(/.*\//, '')) && (PUBLISHES.test(lineOf(deed)) || ASKS.test(lineOf(deed))))], (deed) => `${deed.act.method} ${lineOf(deed)}`)
    const first = all.toSorted((a, b) => Number(isPublishing(b)) - Number(isPublishing(a)) || Number(a.act.by === null) - Number(b.act.by === null))[0]
    if (!first) return []
    const severity: Severity = first.phase !== 'execute' ? isPublishing(first) ? 'critical' : 'high' : spreads(all, scene.excused) ? 'high' : all.some(leavesHome) ? 'medium' : 'low'
    return found({ detector: this.id, behaviour: 'self-publish', severity, title: `${when(first)} ${isPublishing(first) ? 'set out to publish' : 'asked who its user is and may be'}${first.host ? ` at ${first.host}` : ''}` },
      chain(scene.about, [first, ...all.filter((one) => one !== first)].slice(0, 6).map((deed) => [deed, isPublishing(deed) ? 'publishes as the user' : 'asks as the user', 'sink'] as const)))
  },
}

/** Commits go to an address that the command names, where a function that pushes needs none: the project has its own. */
const leavesHome = (deed: Deed): boolean => deed.act.kind === 'exec' && /^git\b.*\bpush\b/.test(lineOf(deed)) && /:\/\/|[\w-]@[\w.-]+:|\bconfig\b|\s-c\b/.test(withoutCallersUrls(lineOf(deed)))

/**
 * Pushing, publishing and asking who one is are what functions are called for. Nobody calls one that looks for all that a user may
 * publish, or publishes several packages: that is how worms spread.
 */
function spreads(all: readonly Deed[], asked: readonly Deed[]): boolean {
  const uploads = new Set(all.filter((deed) => deed.act.kind === 'request' && deed.act.method === 'PUT' && isPublishing(deed) && !CODE_HOST.test(deed.host ?? '')).map(({ act }) => act.target.split('?')[0]))
  return uploads.size >= SEVERAL || all.some(isPublishing) && [...all, ...asked].some(({ act }) => LOOKS_FOR_MORE.test(act.target))
}
const SEVERAL = 2
const LOOKS_FOR_MORE = /[?&]text=(?:maintainer|author):/

/** How an upload begins, wherever it goes: a document of a package with its distribution tags (npm), a form with core metadata (PyPI’s legacy upload). */
const isUpload = ({ kind, method, sample }: Deed['act']): boolean => kind === 'request' && sample !== undefined
  && (method === 'PUT' ? NPM_DOCUMENT : PYPI_FORM).test(printable(sample, 4096)) && (method === 'PUT' || method === 'POST')
const NPM_DOCUMENT = /^\{\s?"_id"\s?:.*"dist-tags"/
const PYPI_FORM = /name="?:action"?\s+file_upload|name="?metadata_version"?/

const publishes = ({ act, trust, host }: Deed): boolean => (trust === 'own' && (act.method === 'PUT' || act.method === 'POST' && /\/legacy\/?|upload/.test(act.target)))
  || trust !== 'local' && isUpload(act)
  || CODE_HOST.test(host ?? '') && (act.method === 'PUT' || act.method === 'POST' || act.method === 'PATCH') && (/\/(?:user\/repos|repos\/|gists|orgs\/)/.test(act.target) || /\/graphql/.test(act.target) && changes(act))
/** In GraphQL a question is posted as well; only what names a mutation changes anything. What was not seen, or does not stand there in plain letters, may. */
const changes = ({ sample, bytes = 0 }: Deed['act']): boolean => sample === undefined || bytes > sample.length || /mutation|\\u00|[^\t\n\r -~]/i.test(Buffer.from(sample).toString('latin1'))
const asks = ({ act, trust, host }: Deed): boolean => WHO.test(act.target) && trust === 'own' || CODE_HOST.test(host ?? '') && /\/(?:user|user\/(?:repos|orgs)|orgs\/[^/]+\/(?:actions\/)?secrets.*)(?:\?.*)?$/.test(act.target)
const isPublishing = (deed: Deed): boolean => (deed.act.kind === 'request' ? publishes(deed) : PUBLISHES.test(lineOf(deed)))
