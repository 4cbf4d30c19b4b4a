/**
 * The evidence of a finding in groups: what belongs to one chain, in order up to its sink, and remarks that stand alone. A
 * finding may hold several chains.
 */
export function chains<E extends { role?: string | undefined }>(evidence: readonly E[]): E[][] {
  const groups: E[][] = []
  let open: E[] = []
  const alone = (): void => {
    groups.push(...open.map((one) => [one]))
    open = []
  }
  for (const one of evidence) {
    if (one.role === undefined) alone()
    open.push(one)
    if (one.role === 'sink') {
      groups.push(open)
      open = []
    } else if (one.role === undefined) alone()
  }
  alone()
  return groups
}
