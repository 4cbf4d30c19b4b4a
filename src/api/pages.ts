import type { FileView, Operator, PackageView, Status } from '../admission/operator.ts'
import type { EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'

/** Small pages that need no script: where a denial's link leads, and the first page a new user opens. */
export class Pages {
  readonly #operator: Operator

  constructor(operator: Operator) {
    this.#operator = operator
  }

  /** The start page: is it working, and what do I put into my client? */
  async home(origin: string): Promise<string> {
    return page('Sluice', status(await this.#operator.status(), origin))
  }

  /** Everything known of a package, the version that was asked for first. */
  async package(ecosystem: EcosystemId, name: string, version: string | null): Promise<{ status: number; html: string }> {
    const view = await this.#operator.package(ecosystem, name)
    const title = `${ecosystem}:${name}`
    if (!view) return { status: 404, html: page(title, `<h1>${text(title)}</h1><p class="quiet">Nothing of it has come through this gate yet.</p>`) }
    return { status: 200, html: page(title, packageBody(view, version)) }
  }
}

function status(state: Status, origin: string): string {
  const verdicts = Object.entries(state.verdicts).map(([level, count]) => `<span class="level ${text(level)}">${count} ${text(level)}</span>`).join(' ')
  const sections = Object.values(ecosystems).map((ecosystem) => {
    const source = state.sources[ecosystem.id]
    const settings = ecosystem.clientSettings(`${origin}/${ecosystem.id}/`, [])
      .map(({ client, lines }) => `<h3>${text(client)}</h3><pre>${lines.map(text).join('\n')}</pre>`).join('')
    return `<section><h2>${ecosystem.id}</h2>${source.url === null ? `<p class="hold">off: ${text(source.why)}</p>` : settings}</section>`
  }).join('')
  return `<h1>Sluice is open</h1>
<p>Policy <code>${text(state.policy.id)}</code> in <b>${state.policy.mode}</b> mode · ${state.ledgerLines} ledger lines · ${state.advisories} advisories</p>
<p>${verdicts || '<span class="quiet">Nothing judged yet. Point a client here and install something.</span>'}</p>${sections}
<p class="quiet"><a href="/api/v1/openapi.json">API description</a> · <a href="/metrics">metrics</a></p>`
}

function packageBody(view: PackageView, version: string | null): string {
  const files = view.files.filter((file) => file.ruling !== null)
  const wanted = version === null ? files : [...files.filter((file) => file.version === version), ...files.filter((file) => file.version !== version)]
  const orders = view.orders.map((order) =>
    `<li><b>${order.action}</b> ${text(order.version ?? 'every version')}: ${text(order.because)} <span class="quiet">${text(order.by)}, ${time(order.at)}</span></li>`).join('')
  const advisories = view.advisories.filter(({ withdrawn }) => !withdrawn).map((advisory) =>
    `<li class="${advisory.malicious ? 'quarantine' : ''}"><b>${text(advisory.id)}</b> ${text(advisory.summary)}</li>`).join('')
  const suspicions = view.suspicions.map(({ kind, says, holds }) => `<li class="${holds ? 'hold' : ''}"><b>${text(kind)}</b> ${text(says)}</li>`).join('')
  return `<h1>${view.ecosystem}:${text(view.name)}</h1>
${view.near === null ? '' : `<p class="hold">Did you mean <b>${text(view.near)}</b>?</p>`}${suspicions && `<h2>What the watch has against it</h2><ul>${suspicions}</ul>`}
${orders && `<h2>What people said</h2><ul>${orders}</ul>`}${advisories && `<h2>Advisories</h2><ul>${advisories}</ul>`}
${wanted.map(fileBody).join('') || '<p class="quiet">No file of it was judged yet.</p>'}`
}

function fileBody(file: FileView): string {
  const { ruling } = file
  const findings = file.findings.map((finding) => `<li><b>${text(finding.title)}</b> <span class="quiet">${text(finding.detector)}, ${finding.severity}</span>
${finding.evidence.map((evidence) => `<pre><span class="quiet">${text(evidence.file)}:${evidence.lines[0]}</span>  ${text(evidence.excerpt)}\n<i>${text(evidence.says)}</i></pre>`).join('')}</li>`).join('')
  return `<section><h2>${text(file.version)} <span class="quiet">${text(file.file)}</span></h2>
<p><span class="level ${ruling?.action ?? ''}">${ruling?.action ?? ''}</span> ${text(ruling?.because ?? '')}</p>
<p><span class="level ${file.level ?? ''}">${file.level ?? 'not judged'}</span> score ${file.score ?? '–'} · ${file.size.toLocaleString('en')} bytes · first seen ${time(file.firstSeenAt)}<br><code>${text(file.digest)}</code></p>
${findings && `<ul>${findings}</ul>`}${file.missing.length > 0 ? `<p>Not examined: ${file.missing.slice(0, 20).map(text).join('; ')}</p>` : ''}</section>`
}

const time = (at: Date): string => `<time datetime="${at.toISOString()}">${at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const text = (raw: string): string => raw.replace(/[&<>"']/g, (character) => ESCAPES[character] as string)

/** Nothing on these pages runs: package text is hostile, and the policy below lets no script in. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

const page = (title: string, body: string): string => `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${text(title)}</title><style>
:root{color-scheme:light dark;--ink:light-dark(#1c2630,#dfe6ec);--quiet:light-dark(#64727f,#8a99a6);--paper:light-dark(#fbfaf7,#12181e);--line:light-dark(#e3e0d8,#27313a)}
body{font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:54rem;margin:3rem auto;padding:0 1.5rem}
h1{font-weight:650;letter-spacing:-.02em}h2{font-size:1.15rem;margin-top:2.2rem}h3{font-size:.85rem;color:var(--quiet);margin:1rem 0 .2rem}
section{border-top:1px solid var(--line)}pre{font:13px/1.5 ui-monospace,monospace;background:light-dark(#f1eee6,#1a222a);padding:.6rem .8rem;border-radius:6px;overflow-x:auto;margin:.3rem 0}
code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}.quiet{color:var(--quiet);font-weight:400}
.level{font-size:.8rem;padding:.1rem .5rem;border-radius:1rem;border:1px solid currentColor}
.clean,.serve{color:light-dark(#1e7a4d,#5cc692)}.suspicious,.hold,.undetermined{color:light-dark(#9a6200,#e8b04c)}.malicious,.quarantine{color:light-dark(#b3261e,#ff8a80)}
a{color:inherit}</style>${body}</html>`
