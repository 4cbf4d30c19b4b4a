import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findProjectFiles } from './find.ts'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-project-'))
})

afterEach(() => rm(root, { recursive: true, force: true }))

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
}

it('finds what is known and leaves what others wrote', async () => {
  await put({
    'package.json': '{}', 'package-lock.json': '{}', 'README.md': '', 'go/go.mod': '', 'py/requirements-dev.txt': '', 'py/requirements/base.txt': '',
    'node_modules/a/package.json': '{}', 'vendor/x/go.mod': '', '.venv/lib/pyproject.toml': '', '.git/package.json': '{}',
    'out/report.json': '{ "bomFormat": "CycloneDX" }', 'out/other.json': '{}', 'elsewhere.txt': '',
  })
  await symlink('package.json', join(root, 'yarn.lock'))
  await symlink('..', join(root, 'py/up'))
  const { files, left, unread } = findProjectFiles(root)
  expect(files.map(({ path }) => path)).toEqual(['go/go.mod', 'out/report.json', 'package-lock.json', 'package.json', 'py/requirements/base.txt', 'py/requirements-dev.txt'])
  expect([left, unread]).toEqual([[], [{ path: 'yarn.lock', says: 'a link: name the file it leads to' }]])
  expect(new TextDecoder().decode(files.find(({ path }) => path === 'package.json')?.bytes)).toBe('{}')
})

it('names what is too deep and too large', async () => {
  await put({ [`${'d/'.repeat(22)}go.mod`]: '', 'go.sum': '' })
  await truncate(join(root, 'go.sum'), 33 * 1024 * 1024)
  const { files, left, unread } = findProjectFiles(root)
  expect(files).toEqual([])
  expect([left, unread]).toEqual([[`${'d/'.repeat(21)} (more than 20 levels deep)`], [{ path: 'go.sum', says: '33 MiB: more than 32 MiB are not read' }]])
})

it('says when there is no such folder', () => {
  expect(() => findProjectFiles(join(root, 'missing'))).toThrow(expect.objectContaining({ code: 'not-found' }))
})

it('names folders with installed packages that it passes by', async () => {
  await put({
    'node_modules/a/package.json': '{}', 'web/node_modules/b/node_modules/c/package.json': '{}', '.venv/lib/python3.12/site-packages/six.py': '', '.venv/lib/other/site-packages/x.py': '',
    '.tox/py312/lib/python3.12/site-packages/six.py': '', 'vendor/x/go.mod': '',
  })
  expect(findProjectFiles(root).trees).toEqual(['.tox/py312/lib/python3.12/site-packages', '.venv/lib/python3.12/site-packages', 'node_modules', 'web/node_modules'])
})
