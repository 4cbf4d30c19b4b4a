import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { Repository } from './git.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-git-'))
const git = (date: string, ...args: string[]): void => {
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, GIT_CONFIG_GLOBAL: '/dev/null' }
  execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@a.example', ...args], { env })
}
const large = Buffer.alloc(300_000, 'line\n')
const save = (date: string, files: Record<string, string | Buffer>): void => {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  git(date, 'add', '.')
  git(date, 'commit', '-q', '-m', 'a')
}

git('2024-01-01T00:00:00Z', 'init', '-q')
save('2024-01-01T00:00:00Z', { 'first 1': 'old', empty: '' })
save('2024-02-02T00:00:00Z', { 'first 1': 'new', second: large })
const repository = new Repository(folder)
afterAll(() => {
  repository.close()
  rmSync(folder, { recursive: true })
})

it('reads files of a commit, many at once, empty, large and lacking ones', async () => {
  const listed = repository.list('HEAD')
  expect(listed.map(({ path }) => path)).toEqual(['empty', 'first 1', 'second'])
  const oids = [...listed.map(({ oid }) => oid), 'f'.repeat(40), listed[1]?.oid ?? '']
  const read = await Promise.all(oids.map((oid) => repository.read(oid)))
  expect(read.map((bytes) => bytes?.toString('latin1') ?? null)).toEqual(['', 'new', large.toString('latin1'), null, 'new'])
})

it('knows when a path first appeared', () => {
  expect(repository.added('HEAD')).toEqual(new Map([
    ['second', new Date('2024-02-02T00:00:00Z')], ['first 1', new Date('2024-01-01T00:00:00Z')], ['empty', new Date('2024-01-01T00:00:00Z')],
  ]))
})
