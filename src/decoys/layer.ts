/** What came out of an encoding. */
export interface Inner {
  by: string
  bytes: Uint8Array
  /** It begins where something began: only then may it be a stream without a head of its own. */
  begins: boolean
}
