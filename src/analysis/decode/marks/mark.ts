export type MarkKind =
  | 'marshal' | 'aes' | 'fernet' | 'pyarmor' | 'pyminifier' | 'jsfuck' | 'packer' | 'string-array' | 'jjencode' | 'aaencode'
  | 'hidden-unicode' | 'bidi' | 'homoglyph-identifiers' | 'far-right' | 'high-entropy-blob' | 'many-escapes'

/** A way of hiding code that is recognised where it stands, whether or not it can be undone. */
export interface Mark {
  kind: MarkKind
  /** Offsets into the text. */
  from: number
  to: number
  says: string
}
