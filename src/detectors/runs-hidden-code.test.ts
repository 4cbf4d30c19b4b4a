import { describe, expect, it } from 'vitest'
import { findingsIn, packageOf, samplesOf, verdictOf } from '../../test/samples.ts'
import { hookDecodes } from './hook-decodes.ts'

describe('hook-decodes', () => {
  it.each(samplesOf('hook-decodes', 'bad').map(({ file, sample }) => [file, sample] as const))('makes %s malicious', (_file, sample) => {
    expect(findingsIn(packageOf(sample), hookDecodes)[0]).toMatchObject({ behaviour: 'obfuscation', severity: 'critical' })
    expect(verdictOf(packageOf(sample)).level).toBe('malicious')
  })

  it.each(samplesOf('hook-decodes', 'benign').map(({ file, sample }) => [file, sample] as const))('has nothing to say of %s', (_file, sample) => {
    expect(findingsIn(packageOf(sample), hookDecodes)).toEqual([])
  })
})
