/** Markup that is safe to be put into a page. Only `html` makes it. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = Markup | string | number | null | false | readonly Part[]

/**
 * Markup with everything inside `${}` escaped that is no markup itself; lists are joined, null and false are nothing. For text
 * between tags and for values of attributes in double quotes; never inside of scripts, styles or names.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, string, index) => `${text}${rendered(parts[index - 1] ?? null)}${string}`))
}

function rendered(part: Part): string {
  if (part === null || part === false) return ''
  if (part instanceof Markup) return part.text
  return typeof part === 'object' ? part.map(rendered).join('') : escaped(String(part))
}

/** What no page may show as it is: controls, and what changes the direction of text around it. */
// eslint-disable-next-line no-control-regex -- control characters are what is taken out
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return text.replace(HIDDEN, '\ufffd').replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')
}

/** `1,204`. */
export const number = (value: number): string => value.toLocaleString('en')

/** `4 deliveries`. */
export const many = (value: number, one: string, more = `${one}s`): string => `${number(value)} ${value === 1 ? one : more}`

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `5 Mar 2024`, UTC. */
export const day = (at: Date): string => `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`

/** `5 Mar 2024, 01:09 UTC`. */
export const instant = (at: Date): string => `${day(at)}, ${at.toISOString().slice(11, 16)} UTC`

/** A time for people and for programs. */
export const time = (at: Date, says = instant(at)): Markup => html`<time datetime="${at.toISOString()}">${says}</time>`
