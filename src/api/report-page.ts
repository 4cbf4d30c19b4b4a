import type { IncomingMessage } from 'node:http'
import { isCode, SluiceError } from '../core/errors.ts'
import type { ReportDoor } from '../incident/reports/door.ts'
import { html } from '../report/html.ts'
import type { Markup } from '../report/html.ts'
import { STYLE } from '../report/style.ts'
import { IncidentBodies } from './incident-schemas.ts'
import { PAGE_HEADERS } from './pages.ts'

export interface Shown {
  status: number
  headers: Record<string, string>
  body: string
}

/** As much as a form may send. */
const LARGEST = 64 * 1024
/** The page sends its form to itself, and nowhere else. */
const HEADERS = { ...PAGE_HEADERS, 'content-security-policy': PAGE_HEADERS['content-security-policy'].replace("form-action 'none'", "form-action 'self'") }

/** The page on which people report packages. It needs no script. */
export async function reportPage(request: IncomingMessage, door: ReportDoor, caller: string | null): Promise<Shown> {
  if (door.open === 'off') return shown(403, html`<h1>Reports are not taken here</h1><p>Write to the people who run this gate.</p>`)
  if (request.method !== 'POST') return shown(200, form({}, null))
  const fields = await read(request)
  if (fields === null) return shown(413, html`<h1>That is too much</h1><p>A report has a few sentences. Put the rest into a file, and say where it is.</p>`)
  const said = IncidentBodies.report.safeParse({ ...fields, ...(fields['link'] ? {} : { link: undefined }), ...(fields['contact'] ? {} : { contact: undefined }) })
  if (!said.success) return shown(400, form(fields, `${said.error.issues[0]?.path.join('.') ?? 'the form'}: ${said.error.issues[0]?.message ?? ''}`))
  try {
    const taken = await door.take(said.data, { caller, address: door.addressOf(request), isMachine: false, now: Date.now() })
    if ('wait' in taken) return shown(429, html`<h1>Too many reports for now</h1><p>Come back in ${Math.ceil(taken.wait / 60)} minutes, or write to the people who run this gate.</p>`, { 'retry-after': String(taken.wait) })
    return shown(201, html`<p class="eyebrow">${taken.reference}</p><h1>Thank you</h1><p>${taken.says}</p><p><a href="/report">Report another</a></p>`)
  } catch (thrown) {
    if (!isCode(thrown, 'usage')) throw thrown
    return shown(400, form(fields, `${thrown.message}${thrown instanceof SluiceError && thrown.hint ? `: ${thrown.hint}` : ''}`))
  }
}

/** null: more than a form has. Fields that are there twice count once. */
async function read(request: IncomingMessage): Promise<Record<string, string> | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > LARGEST) return null
    chunks.push(chunk as Buffer)
  }
  const given = new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
  return Object.fromEntries(['kind', 'package', 'summary', 'link', 'contact'].flatMap((name) => (given.has(name) ? [[name, given.get(name) ?? '']] : [])))
}

function form(given: Readonly<Record<string, string>>, problem: string | null): Markup {
  const value = (name: string): string => given[name] ?? ''
  const option = (kind: string, says: string): Markup => html`<option value="${kind}"${value('kind') === kind ? html` selected` : null}>${says}</option>`
  return html`<h1>Report a package</h1>
<p>Say which package, what is wrong with it, and where in its code. Somebody looks at every report.</p>
${problem === null ? null : html`<p role="alert" class="problem">${problem}</p>`}
<form method="post" action="/report">
<label>What it is<select name="kind">${option('malware', 'malware')}${option('spam', 'spam')}${option('dependency-confusion', 'it takes the name of a private package')}${option('other', 'something else')}</select></label>
<label>Package<input name="package" required maxlength="600" placeholder="npm:name@1.2.3, pypi:name==1.2.3, go:module@v1.2.3" value="${value('package')}" autocomplete="off" spellcheck="false"></label>
<label>What is wrong<textarea name="summary" required minlength="10" maxlength="10000" rows="6">${value('summary')}</textarea></label>
<label>Link to the file and line<input name="link" type="url" maxlength="2100" value="${value('link')}"><small>Malware needs one. Open the file where the registry shows it, and copy the address with the line.</small></label>
<label>How to reach you <span class="dim">(if you like)</span><input name="contact" maxlength="300" value="${value('contact')}"><small>It goes into no letter and no export.</small></label>
<button>Report</button>
</form>`
}

const FORM = html`<style>
main{max-width:38rem} form{display:grid;gap:1.3rem;margin-top:2rem} label{display:grid;gap:.35rem;font-weight:600} label .dim,small{font-weight:400;color:var(--soft)}
input,select,textarea{font:inherit;font-weight:400;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.55rem .7rem;width:100%} :focus-visible{outline:2px solid var(--link);outline-offset:1px}
button{justify-self:start;font:inherit;font-weight:640;color:#fff;background:#1f5fae;border:0;border-radius:6px;padding:.6rem 1.4rem;cursor:pointer} .problem{border-left:3px solid var(--person);padding-left:.8rem}
</style>`

const shown = (status: number, body: Markup, headers: Record<string, string> = {}): Shown => ({
  status, headers: { ...HEADERS, ...headers },
  body: `<!doctype html>${html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Report a package</title><style>${STYLE}</style>${FORM}</head><body><main>${body}</main></body></html>`.text}`,
})
