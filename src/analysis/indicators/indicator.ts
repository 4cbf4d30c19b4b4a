export type IndicatorType = 'url' | 'domain' | 'ipv4' | 'ipv6' | 'email' | 'wallet' | 'webhook' | 'bot-token' | 'hash' | 'onion'

/** Something in a package that points outside it, or that others can search for. */
export interface Indicator {
  type: IndicatorType
  /** In one spelling, fanged; secrets masked. */
  value: string
  /** Offset into the text it was found in. */
  at: number
  says?: string
}

/** How the text came about that is searched: plain literals hold many names with dots, commands and decoded texts few. */
export type TextKind = 'literal' | 'folded' | 'decoded' | 'command' | 'manifest'
