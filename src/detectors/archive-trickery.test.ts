import { expect, it } from 'vitest'
import { findingsIn, packageOf, verdictOf } from '../../test/samples.ts'
import type { ArchiveOddity, Level } from '../core/types.ts'
import { archiveTrickery } from './archive-trickery.ts'

const odd = (kind: ArchiveOddity['kind'], says = 'odd') => packageOf({ says: '', ecosystem: 'npm', files: {}, oddities: [{ kind, path: 'a', says }] })

it.each<[ArchiveOddity['kind'], string, Level]>([
  ['traversal', 'climbs out with ..', 'malicious'], ['absolute-path', 'an absolute path', 'malicious'],
  ['duplicate-entry', 'twice', 'suspicious'], ['header-mismatch', 'two names', 'suspicious'], ['record-mismatch', 'not listed', 'suspicious'],
  ['link', 'a symbolic link to /etc, outside the package', 'suspicious'], ['link', 'a symbolic link to b, inside the package', 'clean'],
  ['trailing-data', '12 bytes', 'clean'], ['case-collision', 'only in case', 'clean'], ['unsupported', 'lzma', 'clean'],
])('%s (%s) is %s', (kind, says, expected) => expect(verdictOf(odd(kind, says)).level).toBe(expected))

it('is silent on what is only unread', () => {
  expect(findingsIn(odd('too-many-files'), archiveTrickery)).toEqual([])
})
