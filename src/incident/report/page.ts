import { micromark } from 'micromark'
import { gfmTable, gfmTableHtml } from 'micromark-extension-gfm-table'
import { SluiceError } from '../../core/errors.ts'
import { html, Markup } from '../../report/html.ts'
import { worldMap } from '../../report/map.ts'
import { page } from '../../report/page.ts'
import { clocksPicture, timelinePicture } from './charts.ts'
import { PICTURES } from './markdown.ts'
import type { PublicReport } from './public.ts'

const SPACES = new Markup('<style>main > h2 { margin-top: 2.6rem; } main > svg { margin: .6rem 0; }</style>')
const LARGEST = 2_000_000

/**
 * A page of its own, made of the text as a person left it and the pictures that the figures make. What is markup in the text stays text; links
 * lead to http, https and mail alone (micromark's default). Throws `usage` for a text of more than two million characters.
 */
export function incidentPage(text: string, report: PublicReport): string {
  if (text.length > LARGEST) throw new SluiceError('usage', 'a report has at most two million characters')
  const pictures: Readonly<Record<string, Markup>> = { [PICTURES.timeline]: timelinePicture(report), [PICTURES.clocks]: clocksPicture(report), [PICTURES.map]: mapPicture(report) }
  const parts = text.split(/^(\[picture: \w+\])\s*$/m)
  const body = parts.map((part) => pictures[part] ?? new Markup(micromark(part, { extensions: [gfmTable()], htmlExtensions: [gfmTableHtml()] })))
  const title = /^#\s+(.+)$/m.exec(text)?.[1]?.replace(/\\(?=[^\w\s])/g, '') ?? report.title
  return page({ title, body: html`${SPACES}${body}`, foot: html`<p>TLP:${report.tlp.toUpperCase()}. Times are UTC.</p>` })
}

function mapPicture({ downloads }: PublicReport): Markup {
  if (!downloads || downloads.countries.length === 0) return html``
  const heats = downloads.countries.map(({ value, classes }) => ({ code: value, strong: classes.person + classes.ci + classes.unknown, weak: classes.mirror + classes.scanner }))
  return worldMap(heats, { says: 'Countries by how many downloads may have been installs', strong: 'that may have been installs', weak: 'by mirrors and scanners' })
}
