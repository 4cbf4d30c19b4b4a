import { LONGEST_INPUT, textOf } from './bytes.ts'
import { peelText } from './guess.ts'
import { kindOf } from './magic.ts'
import type { Kind } from './magic.ts'
import { opened } from './open.ts'

export interface Layer {
  /** The encoding that was undone to get here: `base64`, `gzip`, `reversed base64`, `xor 170`. */
  how: string
  text: string | null
  bytes: Uint8Array
  /** What the bytes are by their first ones: a picture, a program, an archive. */
  kind: Kind | null
  /** Only the beginning of it was unpacked. */
  cut: boolean
}

const DEPTH = 6

/**
 * Peels an opaque literal without being told how it was made, outermost layer first; nothing for prose, hashes, UUIDs and
 * code. A picture or a font is one layer with its `kind` and goes no further.
 */
export function unwrap(input: string | Uint8Array): Layer[] {
  const layers: Layer[] = []
  if (input.length > LONGEST_INPUT) return layers
  let current: string | Uint8Array = input
  while (layers.length < DEPTH) {
    const layer = peel(current)
    if (!layer) break
    layers.push(layer)
    if (layer.bytes.length > LONGEST_INPUT) break
    current = layer.text ?? layer.bytes
  }
  return layers
}

function peel(current: string | Uint8Array): Layer | null {
  if (typeof current !== 'string') {
    const inner = opened(current)
    return inner && layerOf(inner.how, inner.bytes, inner.cut)
  }
  const peeled = peelText(current)
  if (!peeled) return null
  if ('bytes' in peeled) return layerOf(peeled.how, peeled.bytes, false)
  return peeled.text === current ? null : { how: peeled.how, text: peeled.text, bytes: Buffer.from(peeled.text, 'utf8'), kind: null, cut: false }
}

function layerOf(how: string, bytes: Uint8Array, cut: boolean): Layer {
  const kind = kindOf(bytes)
  const text = kind === 'pdf' ? null : textOf(bytes)
  return { how, text, bytes, kind: text === null ? kind : null, cut }
}
