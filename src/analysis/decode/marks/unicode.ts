import type { Mark } from './mark.ts'

const FOREIGN = /[^\0-\x7f]/
/** A character of any of the runs below: most text in any script has none. */
const INVISIBLE = /[\u115f\u1160\u200b-\u200d\u202a-\u202e\u2060-\u2069\u3164\ufeff\uffa0]|[\ufe00-\ufe0f]|\udb40/

export function* unicode(text: string, language: string | null): Generator<Mark> {
  if (!FOREIGN.test(text)) return
  if (INVISIBLE.test(text)) {
    yield* hidden(text)
    yield* bidi(text)
  }
  if (language !== null) yield* homoglyphs(text, language)
}

const SELECTORS = /(?:[\ufe00-\ufe0f]|\udb40[\udd00-\uddef]){4,4096}/g
const ZERO_WIDTH = /[\u200b-\u200d\u2060-\u2064\ufeff\u115f\u1160\u3164\uffa0]{8,4096}/g
const TAGS = /(?:\udb40[\udc01-\udc7f]){3,4096}/g
/** The flags of England, Scotland and Wales are a black flag and up to six tags. */
const FLAG = '\ud83c\udff4'
const FILLERS = /[\u115f\u1160\u3164\uffa0]/g

/** Runs of characters that show nothing. One after an emoji or between letters is ordinary writing. */
function* hidden(text: string): Generator<Mark> {
  const mark = (from: number, to: number, says: string): Mark => ({ kind: 'hidden-unicode', from, to, says })
  for (const { 0: run, index } of text.matchAll(SELECTORS)) {
    yield mark(index, index + run.length, `${Array.from(run).length} variation selectors in a row carry bytes that no editor shows`)
  }
  for (const { 0: run, index } of text.matchAll(ZERO_WIDTH)) yield mark(index, index + run.length, `${run.length} characters in a row that show nothing`)
  for (const { 0: run, index } of text.matchAll(TAGS)) {
    if (run.length > 14 || text.slice(index - 2, index) !== FLAG) yield mark(index, index + run.length, `${run.length / 2} tag characters spell a text that shows nothing`)
  }
  for (const { 0: run, index } of text.matchAll(FILLERS)) {
    const around = `${text[index - 1] ?? ''}${text[index + 1] ?? ''}`
    if (/^[ ,;(){}[\].=]{2}$/.test(around) && /[^ ]/.test(around)) yield mark(index, index + run.length, 'a name that shows nothing')
  }
}

const BIDI = /[\u202a-\u202e\u2066-\u2069]/g
/** A class of a pattern that looks for such characters. */
const IN_CLASS = /\[[^\]]{0,80}\\[ux][\da-fux{}\\-]{2,80}[^\]\0-\x7f]{0,40}$/i
const LONGEST_LINE = 2000
/** Code is ASCII: what stands in the middle of other characters is one of a table's. */
const AROUND_CONTROL = 40
const isTable = (around: string): boolean => (around.match(/[^\0-\x7f]/g) ?? []).length > around.length / 3

/**
 * Controls that make a line read otherwise than it runs (Trojan Source, CVE-2021-42574): left open at the end of the line,
 * or on a line without a letter of a script that is written from right to left.
 */
function* bidi(text: string): Generator<Mark> {
  let seen = 0
  for (const { index } of text.matchAll(BIDI)) {
    if (index < seen) continue
    const before = text.slice(Math.max(seen, index - LONGEST_LINE), index)
    const after = text.slice(index, index + LONGEST_LINE)
    const rest = after.split('\n', 1)[0] ?? ''
    const line = before.slice(before.lastIndexOf('\n') + 1) + rest
    seen = index + rest.length
    if (IN_CLASS.test(before.slice(-200)) || isTable(before.slice(-AROUND_CONTROL) + after.slice(0, AROUND_CONTROL))) continue
    if (unbalanced(line) || !/[\u0590-\u08ff\ufb1d-\ufefc]/.test(line)) {
      yield { kind: 'bidi', from: index, to: index + 1, says: 'controls of writing direction make the line read otherwise than it runs' }
    }
  }
}

function unbalanced(line: string): boolean {
  let [embedded, isolated] = [0, 0]
  for (const [control] of line.matchAll(BIDI)) {
    if (control === '\u202c') embedded--
    else if (control === '\u2069') isolated--
    else if (control <= '\u202e') embedded++
    else isolated++
  }
  return embedded > 0 || isolated > 0
}

/** Letters of Cyrillic, Greek and Armenian that look like those of ASCII. */
const LOOKALIKES = /^[\w$аеорсухіјѕһԁԛԝьАВЕКМНОРСТУХЅІЈԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧονυհոսօ]+$/
const CANDIDATES = /[\u0370-\u058f]{1,60}|(?:\ud835[\udc00-\udfff]){1,60}|[\uff21-\uff3a\uff41-\uff5a]{1,60}/g
const NAME = 60
/** Where other foreign letters are so near, they belong to a text or a table. */
const AROUND = 4

/** Names that read like others: `сonsole` with a Cyrillic letter, or letters that Python takes for plain ones. */
function* homoglyphs(text: string, language: string): Generator<Mark> {
  let seen = 0
  for (const { 0: run, index } of text.matchAll(CANDIDATES)) {
    if (index < seen) continue
    const before = /[\w$]*$/.exec(text.slice(Math.max(seen, index - NAME), index))?.[0] ?? ''
    const after = /^[\w$\u0370-\u058f\u{1d400}-\u{1d7ff}\uff21-\uff5a]*/u.exec(text.slice(index + run.length, index + run.length + NAME))?.[0] ?? ''
    const name = before + run + after
    const [from, to] = [index - before.length, index + run.length + after.length]
    seen = to
    if (!inCode(text, from, to) || /^\d/.test(name) || text[from - 1] === '\\' || FOREIGN.test(text.slice(Math.max(0, from - AROUND), from) + text.slice(to, to + AROUND))) continue
    if (/[\u0370-\u058f]/.test(name) && /[A-Za-z]/.test(name) && LOOKALIKES.test(name)) {
      yield { kind: 'homoglyph-identifiers', from, to, says: `${name} is not what it looks like: some of its letters are from another alphabet` }
    } else if (language === 'python' && name.normalize('NFKC') !== name && /^\w{2,}$/.test(name.normalize('NFKC'))) {
      yield { kind: 'homoglyph-identifiers', from, to, says: `Python reads this as ${name.normalize('NFKC')}` }
    }
  }
}

/** Next to what stands next to names in code, and in no quotes of its own. */
function inCode(text: string, from: number, to: number): boolean {
  const [before, after] = [text.slice(Math.max(0, from - 12), from), text.slice(to, to + 3)]
  return /^\s?(?:[([.=;+\-*/<>!&|?]|:=)/.test(after) && !/^\.\s/.test(after) || /(?:^|[\s;])(?:function|def|class|const|let|var|import|from|func|new|await)\s+$|\w\.$/.test(before)
}
