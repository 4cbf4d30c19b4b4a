import { decode } from '../../decode/index.ts'
import { LONGEST, Raised, isBytes } from '../constant.ts'
import type { Constants, FoldLanguage } from '../constant.ts'
import type { Known } from './types.ts'

/** Decoders give bytes, except for those that undo what is text on both sides. */
const GIVES_TEXT = /unquote|unescape|rot_?13|rot13|unicode_escape/
const MODULES = /^(?:(?:base64|binascii|zlib|gzip|bz2|lzma|html|quopri)\.\w+|urllib\.(?:parse\.)?unquote(?:_plus|_to_bytes)?|codecs\.decode)$/

/** `base64.b64decode`, `zlib.inflateSync`, `codecs.decode(text, how)`; undefined for everything else and what cannot be decoded. */
export function decoder(ref: string, args: Constants, language: FoldLanguage): Known {
  if (!MODULES.test(ref)) return undefined
  const [input, how] = args
  if ((typeof input !== 'string' && !isBytes(input)) || input.length > LONGEST) return undefined
  const codec = ref === 'codecs.decode' ? typeof how === 'string' ? how : 'utf-8' : ref
  if (/^(?:utf|latin|ascii)/i.test(codec)) return isBytes(input) ? Buffer.from(input).toString('utf8') : input
  if (ref !== 'codecs.decode' && !/decode|decompress|unhexlify|a2b|unquote|unescape|inflate|unzip|gunzip/i.test(codec)) return undefined
  const found = decode(codec, input)
  if (!found) {
    if (language === 'python' && /^(?:zlib|gzip|binascii)\./.test(ref)) throw new Raised('error')
    return undefined
  }
  if (found.cut || found.bytes.length > LONGEST) return undefined
  return GIVES_TEXT.test(codec) ? found.text ?? undefined : found.bytes
}
