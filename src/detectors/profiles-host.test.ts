import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf, samplesOf, verdictOf } from '../../test/samples.ts'
import { hookSends } from './hook-sends.ts'

describe('hook-sends', () => {
  it.each(samplesOf('hook-sends', 'bad').map(({ file, sample }) => [file, sample] as const))('makes %s malicious', (_file, sample) => {
    expect(findingsIn(packageOf(sample), hookSends)[0]).toMatchObject({ behaviour: 'exfiltration', severity: 'critical' })
    expect(verdictOf(packageOf(sample)).level).toBe('malicious')
  })

  it.each(samplesOf('hook-sends', 'benign').map(({ file, sample }) => [file, sample] as const))('has nothing to say of %s', (_file, sample) => {
    expect(findingsIn(packageOf(sample), hookSends)).toEqual([])
  })
})
