import { base64 } from '../bases.ts'
import { unescaped } from '../escapes.ts'
import { MEDIA, kindOf } from '../magic.ts'
import type { Mark } from './mark.ts'
import { classOf, entropyOf, longRuns } from './runs.ts'

const isGap = classOf(/[ \t]/)
const isBase64 = classOf(/[\w+/=\r\n-]/)
const isBase85 = classOf(/[!-~]/)
const isJsfuck = classOf(/[[\]()!+]/)

/** No editor is as wide as this. */
const OFF_SCREEN = 150

/** Code that was pushed off the screen. */
export function* farRight(text: string): Generator<Mark> {
  for (const [from, to] of longRuns(text, OFF_SCREEN, isGap)) {
    const [before, after] = [text[from - 1], text[to]]
    if (before === undefined || after === undefined || /[\r\n]/.test(before + after)) continue
    // A string of blanks is that: padding.
    if (before === after && /["'`]/.test(before)) continue
    yield { kind: 'far-right', from, to: Math.min(text.length, to + 40), says: `${to - from} blanks push what follows off the screen` }
  }
}

/** All of JavaScript can be written with six characters; nobody does by chance. */
export function* jsfuck(text: string): Generator<Mark> {
  for (const [from, to] of longRuns(text, 200, isJsfuck)) {
    const sample = text.slice(from, from + 400)
    if (['[', '(', '!', '+'].every((sign) => sample.includes(sign))) {
      yield { kind: 'jsfuck', from, to, says: `${to - from} characters of code written with []()!+ only` }
    }
  }
}

const BLOB = 512
/** Bits a character: random base64 has 6, hexadecimal 4, prose and identifiers less than 5. */
const RANDOM = 5.2
const RANDOM_HEX = 3.7

/** Long opaque literals that are not pictures, fonts, certificates or source maps. */
export function* blobs(text: string, language: string | null): Generator<Mark> {
  for (const [from, to] of longRuns(text, BLOB, isBase64)) {
    const blob = text.slice(from, Math.min(to, from + 8192))
    if (isBlob(blob) && !HONEST.test(text.slice(Math.max(0, from - 60), from)) && !isMedia(blob)) yield opaque(from, to)
  }
  if (language !== 'python') return
  // Python's payloads come in base85 as well, and nobody writes it without blanks.
  for (const [from, to] of longRuns(text, BLOB, isBase85)) {
    const blob = text.slice(from, Math.min(to, from + 8192))
    if (!isBlob(blob) && /[!#$%&*;<>?@^`{|}~]/.test(blob) && !blob.includes('\\x') && entropyOf(Buffer.from(blob, 'latin1')) > 6) yield opaque(from, to)
  }
}

const HONEST = /-----BEGIN [A-Z ]{1,40}-----\s*$|data:(?:image|font|audio|video)\/[\w.+-]+;base64,$|data:application\/(?:json|wasm|font|x-font)[^,]{0,40},$/

const opaque = (from: number, to: number): Mark => ({ kind: 'high-entropy-blob', from, to, says: `${to - from} characters that read like noise` })

function isBlob(blob: string): boolean {
  const lines = blob.trim().split(/\s+/)
  if (lines.length > 1 && (lines[0] as string).length < 60) return false
  const solid = lines.join('')
  const entropy = entropyOf(Buffer.from(solid, 'latin1'))
  return /^[0-9a-f]+$/i.test(solid) ? entropy > RANDOM_HEX : entropy > RANDOM && /\d/.test(solid) && /[A-Z]/.test(solid) && /[a-z]/.test(solid)
}

function isMedia(blob: string): boolean {
  const kind = kindOf(base64(blob.slice(0, 64)) ?? new Uint8Array())
  return (kind !== null && MEDIA.has(kind)) || blob.startsWith('MII')
}

const ESCAPES = /(?:\\x[0-9a-fA-F]{2}|\\u00[0-9a-fA-F]{2}|\\u\{[0-9a-fA-F]{2}\}|\\[01]?[0-7]{2}){4,4096}/g
/** So many characters in one run, or in all runs of a file, did not get there by hand. */
const MANY = 24
const MANY_TOGETHER = 40
const MANY_BYTES = 256

/** Plain characters written as escapes, and long binary strings. Tables of foreign letters and control codes are neither. */
export function* escapes(text: string): Generator<Mark> {
  if (!text.includes('\\x') && !text.includes('\\u') && !/\\[01]?[0-7]{2}/.test(text)) return
  // Generators of message formats write their own descriptions so.
  if (/\bserialized_pb\b|AddSerializedFile\(/.test(text)) return
  const short: Mark[] = []
  let hidden = 0
  for (const found of text.matchAll(ESCAPES)) {
    const plain = unescaped(found[0].slice(0, 32_768))
    const [from, to] = [found.index, found.index + found[0].length]
    const readable = plain.replace(/[^ -~]+/g, '').length
    const says = `${plain.length} characters are written as escapes that need none`
    if (readable >= plain.length * 0.8) {
      hidden += plain.length
      if (plain.length >= MANY) yield { kind: 'many-escapes', from, to, says }
      else if (short.length === 0) short.push({ kind: 'many-escapes', from, to, says })
    } else if (plain.length >= MANY_BYTES && found[0].startsWith('\\x') && entropyOf(Buffer.from(plain, 'latin1')) > RANDOM && !ascends(plain)) {
      yield { kind: 'high-entropy-blob', from, to, says: `${plain.length} bytes that read like noise` }
    }
  }
  const first = short[0]
  if (first && hidden >= MANY_TOGETHER) yield { ...first, says: `${hidden} characters are written as escapes that need none, in many small strings` }
}

/** Tables of an encoding or a permutation list every byte once and in order, more or less. */
function ascends(bytes: string): boolean {
  let up = 0
  for (let at = 1; at < bytes.length; at++) if (bytes.charCodeAt(at) > bytes.charCodeAt(at - 1)) up++
  return up > bytes.length * 0.8
}
