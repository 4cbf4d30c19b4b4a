import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseModule } from 'meriyah'
import { stripTypeScriptTypes } from 'node:module'
import { describe, expect, it } from 'vitest'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

interface Source {
  path: string
  imports: { from: string; types: boolean }[]
  /** Plain names that are called or constructed (`fetch`, `eval`), and plain members that are read (`process.env`). */
  uses: Set<string>
}

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name.endsWith('.samples') ? [] : walk(path)
    return entry.name.endsWith('.ts') ? [path] : []
  })
}

/** By a parser, never by pattern: imports static, re-exported and dynamic with a literal; types apart from values. */
function read(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8')
  const imports: Source['imports'] = []
  const uses = new Set<string>()
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit)
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return
    const { type, source, callee, object, property } = node as Record<string, { type?: string; name?: string; value?: unknown } | undefined> & { type?: string }
    if (type && /^(?:Import|Export)/.test(type) && typeof source?.value === 'string') imports.push({ from: source.value, types: false })
    if ((type === 'CallExpression' || type === 'NewExpression') && callee?.type === 'Identifier') uses.add(callee.name as string)
    if (type === 'MemberExpression' && object?.type === 'Identifier' && property?.type === 'Identifier') uses.add(`${object.name}.${property.name}`)
    Object.values(node).forEach(visit)
  }
  visit(parseModule(stripTypeScriptTypes(text), { next: true, module: true }))
  for (const [, from] of text.matchAll(/^(?:import|export) type [^;'"]*? from '([^']+)'/gm)) imports.push({ from: from as string, types: true })
  return { path, imports, uses }
}

const using = (what: readonly string[], where: (path: string) => boolean): string[] =>
  product.filter(({ path, uses }) => where(path) && what.some((name) => uses.has(name))).map(({ path }) => path)

const target = (source: Source, from: string): string | null =>
  from.startsWith('.') ? relative(root, resolve(root, dirname(source.path), from)) : null

const all = walk('src').map(read)
const product = all.filter(({ path }) => !/\.(?:test|conformance)\.ts$|\/testing\.ts$/.test(path))
const edges = product.flatMap((source) => source.imports.map((edge) => ({ source, ...edge, to: target(source, edge.from) })))

const offenders = (broken: (edge: (typeof edges)[number]) => boolean): string[] => edges.filter(broken).map(({ source, from }) => `${source.path} → ${from}`)

describe('the house', () => {
  it('was really looked at', () => {
    expect(product.length).toBeGreaterThan(60)
    expect(edges.filter(({ to }) => to !== null).length).toBeGreaterThan(150)
    expect(edges.every(({ to }) => to === null || all.some(({ path }) => path === to))).toBe(true)
  })

  it('has no import cycle', () => {
    const next = new Map(product.map(({ path }) => [path, edges.filter(({ source, to, types }) => source.path === path && to !== null && !types).map(({ to }) => to as string)]))
    const state = new Map<string, 'open' | 'done'>()
    const cycles: string[] = []
    const visit = (path: string, trail: string[]): void => {
      if (state.get(path) === 'done') return
      if (state.get(path) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
        return
      }
      state.set(path, 'open')
      for (const to of next.get(path) ?? []) visit(to, [...trail, path])
      state.set(path, 'done')
    }
    for (const path of next.keys()) visit(path, [])
    expect(cycles).toEqual([])
  })

  it('keeps core alone', () => {
    expect(offenders(({ source, to, from }) => source.path.startsWith('src/core/') && !(to?.startsWith('src/core/')) && !(from === 'node:crypto'))).toEqual([])
  })

  it('keeps ecosystems apart from each other, from detectors, ports and the network', () => {
    expect(offenders(({ source, to, from }) => {
      const home = /^src\/ecosystems\/([^/]+)\//.exec(source.path)?.[1]
      if (!home) return false
      if (to === null) return /^(?:undici|pino|hono)|^node:(?:http|https|net|tls|dns|fs|child_process|worker_threads)/.test(from)
      return !(to.startsWith(`src/ecosystems/${home}/`) || to === 'src/ecosystems/ecosystem.ts' || to === 'src/ecosystems/editor-files.ts' || to.startsWith('src/core/'))
    })).toEqual([])
  })

  it('keeps detectors pure and apart', () => {
    const detectors = product.filter(({ path }) => path.startsWith('src/detectors/') && !path.endsWith('/index.ts'))
    expect(detectors.length).toBeGreaterThan(4)
    expect(offenders(({ source, to, from }) => {
      if (!source.path.startsWith('src/detectors/') || source.path.endsWith('/index.ts')) return false
      if (to === null) return true
      return !/^src\/(?:core|analysis)\//.test(to) && to !== 'src/detectors/detector.ts' && !to.startsWith('src/detectors/kit/') || from.includes('/ports/')
    })).toEqual([])
    expect(using(['Date.now', 'Math.random', 'Date'], (path) => path.startsWith('src/detectors/'))).toEqual([])
  })

  it('lets nothing that reads packages run them or reach out', () => {
    expect(offenders(({ source, from }) => /^src\/(?:analysis|unpack)\//.test(source.path)
      && /^(?:undici|node:(?:child_process|http|https|http2|net|tls|dgram|dns|vm|worker_threads|cluster))$/.test(from))).toEqual([])
    expect(using(['eval', 'Function'], () => true)).toEqual([])
  })

  it('lets only main choose adapters', () => {
    expect(offenders(({ source, to }) => (to?.startsWith('src/adapters/') ?? false) && !source.path.startsWith('src/adapters/') && source.path !== 'src/main.ts')).toEqual([])
  })

  it('reads the environment in one place', () => {
    expect(using(['process.env'], (path) => path !== 'src/config/environment.ts')).toEqual([])
  })

  it('has one way out', () => {
    expect(using(['fetch'], (path) => !/^src\/(?:adapters\/|cli\/remote\.ts$)/.test(path))).toEqual([])
    expect(offenders(({ source, from }) => from === 'undici' && !source.path.startsWith('src/adapters/'))).toEqual([])
  })

  it('lets gateway, api and cli reach packages only through admission', () => {
    expect(offenders(({ source, to }) => /^src\/(?:gateway|api|cli)\//.test(source.path) && (to === 'src/ports/blobs.ts' || to === 'src/core/decide.ts'))).toEqual([])
  })

  it('ships nothing of tests and benches', () => {
    expect(offenders(({ to }) => /^(?:test|bench|console)\//.test(to ?? ''))).toEqual([])
  })
})
