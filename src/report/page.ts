import { html } from './html.ts'
import type { Markup } from './html.ts'
import { STYLE } from './style.ts'

export interface Page {
  /** Of the window, and of what is printed. */
  title: string
  body: Markup
  /** Said at the end. */
  foot: Markup
}

/** A whole document that loads nothing and runs nothing: it may be mailed, archived and opened anywhere. */
export function page({ title, body, foot }: Page): string {
  return `<!doctype html>
${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
<footer>${foot}</footer>
</body>
</html>`.text}
`
}

/** A part of a page with a heading. */
export const section = (id: string, heading: string, lead: string | Markup | null, body: Markup): Markup => html`
<section aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${lead === null ? null : html`<p class="lead">${lead}</p>`}
${body}
</section>`

export interface Column {
  head: string
  /** Figures stand to the right, under each other. */
  figures?: boolean
  /** Takes the room that others leave. */
  wide?: boolean
}

/** A table; `caption` is for those who do not see what stands around it. Wide ones scroll by themselves. */
export const table = (caption: string, columns: readonly Column[], rows: readonly (readonly (Markup | string | number)[])[]): Markup => html`
<div class="scroll${columns.length > 5 ? ' wide' : ''}" tabindex="0" role="region" aria-label="${caption}">
<table>
<caption class="unseen">${caption}</caption>
<thead><tr>${columns.map((column) => (column.head === '' ? html`<td${styleOf(column)}></td>` : html`<th scope="col"${styleOf(column)}>${column.head}</th>`))}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell, index) => html`<td${styleOf(columns[index])}>${cell}</td>`)}</tr>`)}</tbody>
</table>
</div>`

const RIGHT = html` class="figure"`
const WIDE = html` class="room"`
const styleOf = (column: Column | undefined): Markup | null => (column?.figures ? RIGHT : column?.wide ? WIDE : null)
