import { describe, expect, it } from 'vitest'
import { heldTag, tagIn, withoutCodings } from './etag.ts'

describe('tags of a document', () => {
  it('differ by coding, and are one again when clients name them', () => {
    const tags = (['identity', 'gzip', 'zstd'] as const).map((coding) => tagIn('"abc"', coding))
    expect(tags).toEqual(['"abc"', '"abc-gzip"', '"abc-zstd"'])
    expect(withoutCodings(tags.join(', '))).toBe('"abc", "abc", "abc"')
    expect(withoutCodings('W/"abc-gzip"')).toBe('W/"abc"')
    expect(withoutCodings('"sha256:0", *')).toBe('"sha256:0", *')
  })

  it.each([
    ['"abc-gzip"', 'gzip', '"abc-gzip"'], ['"abc"', 'gzip', '"abc"'], ['"x", W/"abc-zstd"', 'gzip', '"abc-zstd"'],
    ['"abc", "abc-gzip"', 'gzip', '"abc-gzip"'], ['*', 'gzip', '"abc-gzip"'], [undefined, 'identity', '"abc"'],
  ] as const)('who holds %s and takes %s is told %s', (header, encoding, tag) => {
    expect(heldTag(header, '"abc"', encoding)).toBe(tag)
  })
})
